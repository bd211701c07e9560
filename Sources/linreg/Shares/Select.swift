public import ArgumentParser
import LinearRegression
public import TabularRegression

struct Select: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Choose the terms of a formula from a share, step by step, without the data.",
    usage: "linreg select <share> [<options>]",
    discussion: """
      Each step drops or adds the term that makes the criterion least, as R's step
      does, until none makes it less. The columns of a category or a polynomial come
      and go together; a term stays while a product of it is there. The criterion is
      n log(RSS / n) + k · (number of coefficients), k being 2 for AIC and log n for
      BIC.

      Standard errors, t and p are those of the chosen model by itself: they take no
      account of the choice, and look better than they are.

      Example: linreg select year.share --by BIC --keep area -m small.model
      """)

  @Argument(help: "A share, from accumulate or merge; \"-\" is standard input.", completion: .file())
  var share: String

  @OptionGroup var output: ModelOutputOptions

  @Option(help: ArgumentHelp("What models are judged by.", valueName: "criterion"))
  var by = TermSelection.Criterion.aic

  @Option(
    help:
      "Where selection starts, and what a step may do: add terms to the intercept, drop terms of all, or drop and add."
  )
  var direction = TermSelection.Direction.both

  @Option(
    help: ArgumentHelp(
      "Terms that every model has, as the steps print them, \(betweenCommas); may be given again.",
      valueName: "terms"),
    transform: names)
  var keep: [[String]] = []

  @Flag(help: "Choose from parts of a share as if the blocks that are missing did not exist.")
  var incomplete = false

  func validate() throws {
    if keep.joined().contains("") {
      throw ValidationError("--keep takes names separated by single commas; one of them is empty.")
    }
  }

  func run() throws {
    try output.check(besides: [share])
    let name = displayed(share), saved = try SavedShare(contentsOf: share)
    let selection = try saved.share(allowsMissing: incomplete, named: name).select(
      by: by, direction: direction, keeping: Array(keep.joined()), named: name)
    if let missing = saved.missingText { Terminal.note("\(name): this is the choice without \(missing)") }
    if let path = output.modelFile { try FittedModel.write([selection.model], to: path) }
    Terminal.print(output.format.json ? selection.json : selection.summary)
  }
}

extension TermSelection.Criterion: ExpressibleByArgument {
  /// A criterion in capitals or not.
  public init?(argument: String) { self.init(rawValue: argument.uppercased()) }
}
extension TermSelection.Direction: ExpressibleByArgument {}
