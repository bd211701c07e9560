import ArgumentParser
import TabularRegression

extension ModelComparison.Format: ExpressibleByArgument {}

struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Put models side by side; test those that are nested.",
    usage: "linreg compare <model> <model> ... [<options>]",
    discussion: """
      A column for each model: its coefficients with standard errors in parentheses,
      R², AIC and BIC, and below them what the standard errors are (classical, HC3,
      clustered by which columns, HAC), the effects behind a bar, and the weights.

      Where of any two neighbours one has all columns of the other, and the rows are
      the same, F tests what it has more, as R's anova: a table of residual sums of
      squares, with the mean square of the largest model. Where that is not so, a line
      says why.

      The order is that of the columns. From small to large or from large to small
      F is the same; neighbours have to be nested, so put each beside the next
      larger one.

      Models have no rows with them: whether they are nested is judged by what their
      formulas say. poly(x, 2) is known to have the columns of x + I(x^2), and a
      category to have the same ones however it is coded; of others, such as splines,
      the text has to be the same.

      Example: linreg compare small.model large.model --format markdown
      """)

  @Argument(help: "Model files, from -m of fit; in the order of the columns.", completion: .file())
  var models: [String]

  @Option(help: "How the tables are written.")
  var format = ModelComparison.Format.text

  @Flag(help: "One, two or three stars for p below 0.05, 0.01 and 0.001, and a line that says so.")
  var stars = false

  @Option(help: "The target to compare, of models of several.")
  var target: String?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if models.count < 2 { throw ValidationError("Give two models or more.") }
    if models.count(where: { $0 == "-" }) > 1 {
      throw ValidationError("Only one of the models can be standard input.")
    }
    var known: Set<String> = []
    for model in models where !known.insert(Files.identity(model)).inserted {
      throw ValidationError("\(model) is named twice; compare models that differ.")
    }
  }

  func run() throws {
    var members: [ModelComparison.Member] = []
    for path in models {
      let name = displayed(path)
      let model = try FittedModel.chosen(target, of: try FittedModel.perTarget(contentsOf: path), named: name)
      members.append(.init(name: name, model: model))
    }
    let comparison = ModelComparison(members)
    Terminal.print(json ? comparison.json : comparison.text(format, stars: stars))
    if let reason = comparison.reason { Terminal.note(reason) }
  }
}
