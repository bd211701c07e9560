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

      The columns of a model of several targets end in their names: prediction_y1.

      A confidence interval is for the mean of all rows like this one,
      a prediction interval for one more of them. --weights names the column with
      the weights of these rows: the variance of one is that of a row of weight 1
      over its weight.

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

  private var outputFormat: TableFormat { TableFormat(endingOf: output) ?? .csv }

  private var columns: PredictionColumns {
    PredictionColumns(
      passed: Array(passed.joined()), interval: interval, level: level ?? 0.95, isGuarded: isGuarded,
      weights: weights, policies: unusual.policies)
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
    var taken = Set(columns.own)
    if taken.count < columns.own.count { throw ValidationError("The model has two targets of one name.") }
    for name in columns.passed where !taken.insert(name).inserted {
      throw ValidationError("--pass \(name): there would be two columns of that name.")
    }
  }

  func run() throws {
    let communicator = try ranks.communicator()
    try communicator.onFirst { () throws(TabularError) in
      if output != "-" { try TableWriter.check(output, outputFormat, besides: [model, file]) }
    }
    try threads.run {
      let models = try communicator.agree(try FittedModel.perTarget(contentsOf: model, beforeRowsOf: file))
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
        Terminal.note("the model has no leverages: \(models[0].whyNoCovariance)")
      }
      if interval == .prediction && weights == nil, let name = models[0].weights {
        Terminal.note(
          "the intervals are for rows of weight 1, though the fit weighed rows by \"\(printable(name))\"; --weights COLUMN weighs them"
        )
      }
      say(
        format.json
          ? try communicator.rank == 0
            ? printJSON(models, file, columns) : PredictedRows.Notes(targets: models.count)
          : try write(models, file, columns, outputFormat, communicator),
        models)
    }
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

  /// Writes the rows as they are predicted.
  private func write(
    _ models: [FittedModel], _ file: TableFile, _ columns: PredictionColumns, _ format: TableFormat,
    _ communicator: any Communicator
  ) throws -> PredictedRows.Notes {
    switch format {
    case .csv: try write(models, file, columns, CSVEncoder(), communicator)
    case .tsv: try write(models, file, columns, CSVEncoder(delimiter: "\t"), communicator)
    case .npy: try write(models, file, columns, NPYEncoder<Double>(), communicator)
    }
  }

  private func write(
    _ models: [FittedModel], _ file: TableFile, _ columns: PredictionColumns, _ encoder: some TableEncoder,
    _ communicator: any Communicator
  ) throws -> PredictedRows.Notes {
    var writer: TableWriter?, notes = PredictedRows.Notes(targets: models.count)
    let read = models[0].columnsRead(for: columns)
    try communicator.forEachBlock(of: file, columns: read) { (block) throws(TabularError) in
      let rows = try FittedModel.predictedRows(models, block, columns)
      return PredictedText(bytes: try encoder.rows(rows.table), rows: block.rowCount, notes: rows.notes)
    } take: { (block) throws(TabularError) in
      if writer == nil { writer = try TableWriter(output, columns.passed + columns.own, encoder) }
      try writer!.append(block.bytes, rows: block.rows)
      notes.merge(block.notes)
    }
    try writer?.finish()
    return notes
  }

  private func printJSON(
    _ models: [FittedModel], _ file: TableFile, _ columns: PredictionColumns
  ) throws -> PredictedRows.Notes {
    var notes = PredictedRows.Notes(targets: models.count), rows = JoinedRows()
    try file.forEachBlock(columns: models[0].columnsRead(for: columns)) { (block) throws(TabularError) in
      try FittedModel.predictedRows(models, block, columns)
    } take: { (block) in
      rows.append(block.table)
      notes.merge(block.notes)
    }
    let passed = try rows.columns.prefix(columns.passed.count).map {
      "\(quotedForJSON($0.name)): \(try $0.json())"
    }
    let own = try rows.columns.dropFirst(columns.passed.count).map {
      "\($0.name == "prediction" ? "\"predictions\"" : quotedForJSON($0.name)): \(try $0.json())"
    }
    let all = own + (passed.isEmpty ? [] : ["\"columns\": {\(passed.joined(separator: ", "))}"])
    Terminal.print("{\(all.joined(separator: ", "))}")
    return notes
  }
}

extension RowTally {
  /// "3 rows are outside the range of the fit's rows: area (2), rooms (1); the first is new.csv:17, column area"
  fileprivate func text(_ first: RowTally.First) -> String {
    "\(rowCount) \(rowCount == 1 ? "row is" : "rows are") outside the range of the fit's rows: \(kinds); the first is \(first.file):\(first.line), column \(first.kind)"
  }
}
