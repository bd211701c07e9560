import ArgumentParser
import LinearRegression
import TabularRegression

struct Fit: RankedCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fit a model exactly, by least squares.",
    usage: """
      linreg fit <formula> <file> ... [<options>]
      linreg fit --target <target> <file> ... [<options>]
      """,
    discussion: """
      A formula is in R's language: 'y ~ a + b' takes these columns, 'y ~ .' all
      others, 'y ~ . - a' all but a; C(z) is a category, a*b both with their product,
      "- 1" leaves the intercept out. "linreg help formula" tells all of it, and
      "linreg help files" which files are read.

      Files larger than some 16 MB are read in blocks, several times with --precision
      extended; --solver (but qr) and --ridge auto take all rows into memory.

      A model file of several targets has a model for each; predict, evaluate and
      summary tell of all.

      --by store fits each store's rows by themselves, and prints a table: a row for
      each coefficient, with a note where a group cannot be fitted.

      Columns behind a bar, 'y ~ a | firm + year', have an effect for each of their
      levels, of which there may be millions.

      Example: linreg fit 'price ~ area*C(zip)' homes.csv -m homes.model
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var output: ModelOutputOptions
  @OptionGroup var options: MethodOptions
  @OptionGroup var covariance: CovarianceOptions
  @OptionGroup var rows: MissingOptions
  @OptionGroup var text: TextOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var memory: MemoryOptions
  @OptionGroup var ranks: RankOptions
  @OptionGroup var keep: KeepOptions

  @OptionGroup var weighing: WeightOptions

  @Flag(help: "Fit without an intercept; with --target.")
  var noIntercept = false

  @Option(
    help: ArgumentHelp(
      "Write a page of charts of the fit to this file too, as the command report does; the files are read once more.",
      valueName: "page"), completion: .file())
  var report: String?

  @OptionGroup var groups: GroupOptions

  @Option(
    help: ArgumentHelp(
      "Write the effects of the columns behind a bar to this file too, .csv or .tsv: effect,level,estimate.",
      valueName: "csv"), completion: .file())
  var effects: String?

  @Flag(help: "Keep rows that are the only one of a level behind a bar; they are left out by default.")
  var keepSingletons = false

  @Flag(help: "Tell on standard error what is about to be done.")
  var explain = false

  @OptionGroup var statistics: StatisticsOptions

  func run() throws {
    if groups.isAsked { return try groups.run(self) }
    let formula = try data.formula(), communicator = try ranks.communicator()
    if report != nil, let formula, formula.targetNames.count > 1 {
      throw ValidationError(
        "--report is of one target; write the models with -m, and use the command report.")
    }
    let kept = try keep.parts(communicator)
    try communicator.onFirst { () throws(TabularError) in
      try output.check(besides: data.files)
      if let effects { for input in data.files { try Files.checkWritable(effects, besides: input) } }
      if let report { for input in data.files { try Files.checkWritable(report, besides: input) } }
    }
    let models = try memory.run(threads) { () -> [FittedModel]? in
      let categories = (formula?.categories ?? []).union(clustersReadAsWords(formula))
      let reading = text.options(categories: categories).keepingDigits(options.precision)
      let open = { (part: Part?) throws(TabularError) in
        try TableFile(data.files, options: reading, part: part)
      }
      let file = try communicator.part(data.files, open)
      try covariance.checkColumns(of: file)
      noteRowNames(file)
      let formula =
        try formula
        ?? data.formula(
          of: file.columnNames, in: file.source, besides: weighing.column, intercept: !noIntercept)
      var progress = ReadingProgress()
      defer { progress.end() }
      if needsRowsAgain { try file.prepareToRepeat() }
      let models: [FittedModel]?
      if communicator.size > 1 {
        models = try fit(formula, communicator, kept, file, open, &progress)
      } else if !options.needsRowsInMemory {
        models = try fit(formula, file, &progress)
      } else {
        models = try fit(formula, Table(all: file) { progress.show($0) }, &progress)
      }
      // Those of a fit with effects are formed with it.
      return formula.effects.isEmpty ? try withCovariance(models, file, communicator, &progress) : models
    }
    if let effects, let models { try models[0].writeEffects(csv: effects) }
    if let models { try deliver(models, output, statistics) }
    if let report { try write(report, models?[0], communicator) }
  }

  /// Whether the rows are gone through once more for standard errors; those of probability weights are robust.
  private var needsRowsAgain: Bool { covariance.needsRows || weighing.kind == .probability }

  /// Columns of clusters that the formula does not take as numbers.
  private func clustersReadAsWords(_ formula: Formula?) -> [String] {
    let features = formula.map { $0.variables ?? covariance.cluster } ?? []
    let left = formula == nil ? Set(data.exclude.joined()) : Set(covariance.cluster).subtracting(features)
    return covariance.cluster.filter(left.contains)
  }

  /// The models with the standard errors that are asked for, from a reading of the rows once more.
  private func withCovariance(
    _ models: [FittedModel]?, _ file: TableFile, _ communicator: any Communicator,
    _ progress: inout ReadingProgress
  ) throws -> [FittedModel]? {
    if !needsRowsAgain { return models }
    let models = try FittedModel.broadcast(models, on: communicator)
    let chosen = covariance.estimator(observations: models[0].observations)
    guard let estimator = chosen ?? (weighing.kind == .probability ? .hc1 : nil) else { return models }
    return try FittedModel.withCovariance(estimator, of: models, reading: file, on: communicator) {
      progress.show($0)
    }
  }

  /// Writes the page of charts; the model is rank 0's.
  private func write(_ path: String, _ model: FittedModel?, _ communicator: any Communicator) throws {
    let page = try threads.run { () -> Report? in
      guard let model else { return nil }
      return try Report(
        model, reading: data.files, text.options(categories: model.categories), on: SingleProcess())
    }
    try communicator.onFirst { () throws(TabularError) in try page?.write(to: path) }
  }

  /// The fit of ranks; nil on those but the first.
  private func fit(
    _ formula: Formula, _ communicator: any Communicator, _ kept: KeptParts?, _ part: TableFile,
    _ open: (Part?) throws(TabularError) -> TableFile, _ progress: inout ReadingProgress
  ) throws -> [FittedModel]? {
    if options.needsRowsInMemory {
      return communicator.rank == 0
        ? try fit(formula, Table(all: open(nil)) { progress.show($0) }, &progress) : nil
    }
    let models = try FittedModel.perTarget(
      formula, on: communicator, part: part, whole: { () throws(TabularError) in try open(nil) },
      weights: weighing.column, missing: rows.missing, method: method(formula),
      kept: kept, keepsSingletons: keepSingletons, covariance: { covariance.estimator(observations: $0) },
      plan: { plan in
        progress.end()
        tell(plan)
      }, solving: { progress.showSolving(columns: $0) }, progress: { progress.show($0) })
    if explain { try tellMessages(communicator) }
    return models
  }

  /// How much each rank has sent.
  private func tellMessages(_ communicator: any Communicator) throws {
    let sent = try communicator.gather(Array("\(communicator.bytesSent)".utf8))
    for (rank, bytes) in (sent ?? []).enumerated() {
      Terminal.note("rank \(rank)     sent \(String(decoding: bytes, as: UTF8.self)) bytes")
    }
  }

  private func fit(
    _ formula: Formula, _ table: Table, _ progress: inout ReadingProgress
  ) throws -> [FittedModel] {
    progress.end()
    let penalties = try options.penalties(of: formula.targetNames, note: Terminal.note) {
      try RidgeChoice.perTarget(
        formula, table, weights: weighing.column, missing: rows.missing, folds: options.folds,
        seed: options.seed)
    }
    return try FittedModel.perTarget(
      formula, table, weights: weighing.column, missing: rows.missing,
      method: method(formula), penalties: penalties, keepsSingletons: keepSingletons,
      covariance: { covariance.estimator(observations: $0) }
    ) { plan in
      tell(plan)
      progress.showSolving(columns: plan.features)
    }
  }

  private func fit(
    _ formula: Formula, _ file: TableFile, _ progress: inout ReadingProgress
  ) throws -> [FittedModel] {
    try FittedModel.perTarget(
      formula, reading: file, weights: weighing.column, missing: rows.missing,
      method: method(formula), keepsSingletons: keepSingletons,
      covariance: { covariance.estimator(observations: $0) },
      plan: { plan in
        progress.end()
        tell(plan)
      }, solving: { progress.showSolving(columns: $0) }, progress: { progress.show($0) })
  }

  private func method(_ formula: Formula) -> LeastSquares {
    var method = options.plainMethod(intercept: formula.hasIntercept)
    method.weightKind = weighing.kind
    return method
  }

  private func tell(_ plan: FitPlan) {
    if explain { Terminal.note(plan.description) }
  }
}

/// Writes the models of all targets where that was asked for, then prints them.
func deliver(
  _ models: [FittedModel], _ output: ModelOutputOptions, _ statistics: StatisticsOptions? = nil
) throws {
  if let path = output.modelFile { try FittedModel.write(models, to: path) }
  show(models, output.format, statistics)
}

/// Prints the models of all targets.
func show(_ models: [FittedModel], _ format: FormatOptions, _ statistics: StatisticsOptions? = nil) {
  show(
    models.map { ($0.target, format.json ? $0.json : statistics?.text($0) ?? $0.summary) }, format)
}

/// Prints what is told of each target of a formula: of several under their names.
func show(_ texts: [(target: String, text: String)], _ format: FormatOptions) {
  if texts.count == 1 { return Terminal.print(texts[0].text) }
  if format.json {
    let texts = texts.map { $0.text.hasSuffix("\n") ? String($0.text.dropLast()) : $0.text }
    return Terminal.print("{\"targets\": [\n\(texts.joined(separator: ",\n"))\n]}")
  }
  Terminal.print(texts.map { "Response \($0.target):\n\n\($0.text)" }.joined(separator: "\n\n\n"))
}
