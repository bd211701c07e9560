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
      A formula is in R's language:

      y ~ a + b         these columns
      y ~ . - a         all other columns but a
      - 1, + 0          no intercept; 'y ~ 1' for nothing else
      a:b, a*b          the product; both and their product
      (a + b + c)^2     all three and the products of two; ** is ^
      I(a^2), log(a)    arithmetic; log, log2, log10, log1p, exp, sqrt, abs,
                        scale, center
      poly(x, k)        x, x², … xᵏ: raw powers
      C(z)              a column of numbers as a category, as words are without it
      C(z, reference = "b")
                        the level that others are compared with
      `living area`     a name with other characters
      log(y) ~ .        the target may be an expression
      cbind(y1, y2) ~ . several targets

      Files are CSV, TSV or NPY, as their names end; texts may be compressed by
      gzip. Larger files than some 16 MB are read in blocks; --solver (but qr),
      --precision extended, --ridge auto and several targets take all rows into
      memory.

      Example: linreg fit 'price ~ area*C(zip)' homes.csv -m homes.model
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var output: ModelOutputOptions
  @OptionGroup var options: MethodOptions
  @OptionGroup var rows: MissingOptions
  @OptionGroup var text: TextOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var memory: MemoryOptions

  @Option(help: "The column that weighs the rows, as R's lm does.")
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
    let models = try memory.run(threads) {
      let reading = text.options(categories: formula?.categories ?? [])
      let file = try TableFile(data.files, options: reading.keepingDigits(options.precision))
      noteRowNames(file)
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
      method: options.plainMethod(intercept: formula.hasIntercept), plan: tell,
      solving: { progress.showSolving(columns: $0) }, progress: { progress.show($0) })
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
