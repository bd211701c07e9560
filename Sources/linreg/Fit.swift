import ArgumentParser
import LinearRegression
import TabularRegression

struct Fit: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fit a model exactly, by least squares.",
    usage: """
      linreg fit <formula> <file> ... [<options>]
      linreg fit --target <target> <file> ... [<options>]
      """,
    discussion: """
      A formula is in R's language: 'y ~ a + b', 'y ~ .' for all other columns,
      '- a' to leave one out, '- 1' for no intercept, 'y ~ 1', a:b, a*b, (a + b)^2 for
      products, I(a^2) for arithmetic, poly(x, k) for x, x², … xᵏ, log, log2,
      log10, log1p, exp, sqrt, abs, scale, center, cbind(y1, y2) for several
      targets, `names in backticks` where they hold other characters.

      Columns of words are categories; C(z) makes a column of numbers one, and
      C(z, reference = "b") chooses the level that others are compared with.

      Example: linreg fit 'price ~ area*C(zip)' homes.csv --missing drop -m homes.json
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var output: ModelOutputOptions
  @OptionGroup var options: MethodOptions
  @OptionGroup var rows: MissingOptions
  @OptionGroup var text: TextOptions
  @OptionGroup var threads: ThreadOptions

  @Option(help: "The column that weighs the rows.")
  var weights: String?

  @Flag(help: "Fit without an intercept; with --target.")
  var noIntercept = false

  @Flag(help: "Tell on standard error what is about to be done.")
  var explain = false

  func validate() throws {
    if noIntercept && data.target == nil {
      throw ValidationError("--no-intercept goes with --target; a formula says \"- 1\".")
    }
  }

  func run() throws {
    let formula = try data.formula()
    try output.check(besides: data.files)
    if output.modelFile != nil { try formula?.requireOneTarget() }
    let models = try threads.run {
      let file = try TableFile(data.files, options: text.options(categories: formula?.categories ?? []))
      let formula =
        try formula
        ?? data.formula(
          of: file.columnNames, in: file.source, besides: weights, intercept: !noIntercept)
      let needsRows = options.needsRowsInMemory || formula.targetCount > 1
      return try needsRows ? fit(formula, Table(all: file)) : [fit(formula, file)]
    }
    if models.count > 1 { return show(models) }
    try deliver(models[0], output)
  }

  private func fit(_ formula: Formula, _ table: Table) throws -> [FittedModel] {
    let method = try options.method(intercept: formula.hasIntercept, note: Terminal.note) {
      try RidgeChoice(
        formula, table, weights: weights, missing: rows.missing, folds: options.folds, seed: options.seed)
    }
    return try FittedModel.perTarget(
      formula, table, weights: weights, missing: rows.missing, method: method, plan: tell)
  }

  private func fit(_ formula: Formula, _ file: TableFile) throws -> FittedModel {
    var progress = ReadingProgress()
    defer { progress.end() }
    return try FittedModel(
      formula, reading: file, weights: weights, missing: rows.missing,
      method: options.plainMethod(intercept: formula.hasIntercept), plan: tell
    ) { progress.show($0) }
  }

  private func tell(_ plan: FitPlan) {
    if explain { Terminal.note(plan.description) }
  }

  /// Prints the models of several targets.
  private func show(_ models: [FittedModel]) {
    if output.format.json {
      let texts = models.map { String($0.json.dropLast()) }
      return Terminal.print("{\"targets\": [\n\(texts.joined(separator: ",\n"))\n]}")
    }
    let texts = models.map { "Response \($0.target):\n\n\($0.summary)" }
    Terminal.print(texts.joined(separator: "\n\n\n"))
  }
}

/// Writes the model where that was asked for, then prints it.
func deliver(_ model: FittedModel, _ output: ModelOutputOptions) throws {
  if let path = output.modelFile { try model.write(to: path) }
  show(model, output.format)
}

/// Prints a model.
func show(_ model: FittedModel, _ format: FormatOptions) {
  Terminal.print(format.json ? model.json : model.summary)
}
