import ArgumentParser
import LinearRegression
import TabularRegression

struct Predict: RankedCommand {
  static let configuration = CommandConfiguration(
    abstract: "Predict the rows of a file with a model; prints CSV.",
    usage: "linreg predict <model> <file> [<options>]",
    discussion: """
      Columns are found by name: in any order, others beside them.
      Missing fields are treated as in the fit; a row that is dropped has an empty
      prediction (null in JSON). So has a row that is not estimable: where the fit
      left columns out, such as total = a + b, and the row does not have their
      dependencies, the rows of the fit do not determine its prediction.

      Rows are predicted as they are read, in constant memory; those of a pipe are
      answered as they arrive, on one thread. With --json they are printed at the
      end, and NPY from a pipe is read whole.

      The columns of a model of several targets end in their names: prediction_y1,
      and with --response, on the scale of y, response_log(y).

      A confidence interval is for the mean of all rows like this one,
      a prediction interval for one more of them. --weights names the column with
      the weights of these rows: the variance of one is that of a row of weight 1
      over its weight. The weights of a fit with frequencies say nothing of it.

      --response predicts the mean of y where the target is log(y): exp of the
      prediction times the mean of exp of the residuals of the fit, which the model
      has (Duan's smearing estimate; the residuals are weighed as the rows were). So
      for log to any base, log1p and sqrt, a negative root being 0. The ends of
      intervals are what the inverse makes of those of log(y): a confidence interval
      is of the median of y.

      --guard prints the row's leverage, which is p / n on average over the rows of
      the fit, and names the columns in which the row is outside their range, and
      those that the fit left out and that are not what they depend on.

      Example: linreg predict homes.model new.csv --pass id --guard > prices.csv
      """)

  @Argument(help: "A model file, from -m of fit or train.", completion: .file())
  var model: String

  @Argument(
    help: "A CSV or NPY file with the model's features; \"-\" is standard input.", completion: .file())
  var file: String

  @Option(
    name: .shortAndLong, help: "Write the predictions to this file, .csv, .tsv or .npy: whole or not at all.",
    completion: .file())
  var output = "-"

  @Option(
    name: .customLong("pass"),
    help: "Columns of the file to print before the prediction, \(betweenCommas); may be given again.",
    transform: names)
  var passed: [[String]] = []

  @Option(help: "Print an interval around each prediction.")
  var interval: PredictionInterval?

  @Option(parsing: .unconditional, help: "With which probability it covers (default: 0.95).")
  var level: Double?

  @Flag(help: "Predict y where the target is log(y), log2, log10, log1p or sqrt of it.")
  var response = false

  @Flag(name: .customLong("guard"), help: "Tell which rows are unlike those of the fit.")
  var isGuarded = false

  @Option(
    help: ArgumentHelp(
      "The column that weighs the rows, for prediction intervals (default: each has weight 1).",
      valueName: "column"))
  var weights: String?

  @OptionGroup var unusual: PolicyOptions
  @OptionGroup var text: TextOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var ranks: RankOptions

  private var outputFormat: TableFormat { RowOutput.format(output) }

  private var columns: PredictionColumns {
    PredictionColumns(
      passed: Array(passed.joined()), interval: interval, level: level ?? 0.95, isGuarded: isGuarded,
      isResponse: response, weights: weights, policies: unusual.policies)
  }

  func validate() throws {
    if model == "-" && file == "-" {
      throw ValidationError("Only one of the two files can be standard input.")
    }
    if let level {
      if interval == nil { throw ValidationError("--level goes with --interval.") }
      if !(level > 0 && level < 1) { throw ValidationError("--level is \(level); it is between 0 and 1.") }
    }
    if weights != nil && interval != .prediction {
      throw ValidationError("--weights goes with --interval prediction.")
    }
    if format.json && output != "-" {
      throw ValidationError("--json prints on standard output; leave -o out.")
    }
    try OutputPath.check(output)
    if isGuarded && outputFormat == .npy {
      throw ValidationError("--guard names columns, and .npy holds only numbers; write .csv.")
    }
    try checkNames(columns)
  }

  /// Throws where two columns would have one name.
  private func checkNames(_ columns: PredictionColumns) throws {
    if Set(columns.own).count < columns.own.count {
      throw ValidationError("The model has two targets of one name.")
    }
    try RowOutput.checkNames(passed: columns.passed, own: columns.own)
  }

  func run() throws {
    let communicator = try ranks.communicator()
    try communicator.onFirst { () throws(TabularError) in
      if output != "-" { try TableWriter.check(output, outputFormat, besides: [model, file]) }
    }
    try threads.run {
      let models = try communicator.agree(try FittedModel.perTarget(contentsOf: model, beforeRowsOf: file))
      try communicator.onFirst { () throws(TabularError) in try checkIntervals(models) }
      var columns = columns
      columns.targets = models.map(\.target)
      try checkNames(columns)
      var reading = text.options(categories: models[0].categories)
      // A matrix holds numbers, and text what stands in the file.
      if outputFormat != .npy { reading.verbatim = .some(models[0].columnsOnlyPassed(for: columns)) }
      let options = reading
      let path = self.file
      let file = try communicator.part([path]) { (part) throws(TabularError) in
        // For --json rank 0 reads all rows.
        try TableFile(
          [path], options: options, asTheyArrive: !format.json, part: format.json ? nil : part)
      }
      if isGuarded && models.allSatisfy({ $0.covariance == nil || $0.effects != nil }) {
        Terminal.noteUnlessError("the model has no leverages: \(models[0].whyNoCovariance)")
      }
      if interval == .prediction, weights == nil, models[0].weightKind == .analytic,
        let name = models[0].weights
      {
        Terminal.noteUnlessError(
          "the intervals are for rows of weight 1, though the fit weighed rows by \"\(printable(name))\"; --weights COLUMN weighs them"
        )
      }
      say(try write(models, file, columns, communicator), models)
    }
  }

  /// Throws where there are no intervals around the predictions of a model.
  private func checkIntervals(_ models: [FittedModel]) throws(TabularError) {
    guard let interval, let reason = models.lazy.compactMap({ $0.whyNoIntervals(interval) }).first else {
      return
    }
    throw .unusable(file: displayed(model), message: TabularError.noIntervals(reason: reason).description)
  }

  private func say(_ notes: PredictedRows.Notes, _ models: [FittedModel]) {
    Terminal.note(
      ofEach: zip(models, notes.unestimable).map {
        ($0.target, unusual.text($1, missing: ("has no prediction", "have no prediction")))
      })
    if notes.withoutWeight > 0 {
      let isOne = notes.withoutWeight == 1
      Terminal.note("\(notes.withoutWeight) \(isOne ? "row has" : "rows have") weight 0, and so no interval")
    }
    if let first = notes.outside.first { Terminal.note(notes.outside.text(first)) }
  }

  /// Writes the rows as they are predicted, or prints all at the end.
  private func write(
    _ models: [FittedModel], _ file: TableFile, _ columns: PredictionColumns,
    _ communicator: any Communicator
  ) throws -> PredictedRows.Notes {
    var notes = PredictedRows.Notes(targets: models.count)
    let rows = RowOutput(
      path: output, passed: columns.passed, own: columns.own, columnsRead: models[0].columnsRead(for: columns)
    )
    @Sendable func predicted(_ block: Table) throws(TabularError) -> (
      table: Table, notes: PredictedRows.Notes
    ) {
      let rows = try FittedModel.predictedRows(models, block, columns)
      return (rows.table, rows.notes)
    }
    if !format.json {
      try rows.write(file, on: communicator, predicted) { notes.merge($0) }
    } else if communicator.rank == 0 {
      try rows.printJSON(file, key: { $0 == "prediction" ? "predictions" : $0 }, predicted) {
        notes.merge($0)
      }
    }
    return notes
  }
}

extension RowTally {
  /// "3 rows are outside the range of the fit's rows: area (2), rooms (1); the first is new.csv:17, column area"
  fileprivate func text(_ first: RowTally.First) -> String {
    "\(rowCount) \(rowCount == 1 ? "row is" : "rows are") outside the range of the fit's rows: \(kinds); the first is \(first.file):\(first.line), column \(first.kind)"
  }
}
