import ArgumentParser
import LinearRegression
import TabularRegression

struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Predict the rows of a file with a model; prints CSV.",
    usage: "linreg predict <model> <file> [<options>]",
    discussion: """
      Columns are found by name: in any order, others beside them.
      Missing fields are treated as in the fit; a row that is dropped has an empty
      prediction (null in JSON). --unseen says what becomes of a level that the
      fit did not see.

      A confidence interval is for the mean of all rows like this one,
      a prediction interval for one more of them.

      Example: linreg predict homes.json new.csv --interval prediction > prices.csv
      """)

  @Argument(help: "A model file, from -m of fit or train.")
  var model: String

  @Argument(help: "A CSV file with the model's features; \"-\" is standard input.")
  var file: String

  @Option(help: "Print an interval around each prediction.")
  var interval: PredictionInterval?

  @Option(parsing: .unconditional, help: "With which probability it covers (default: 0.95).")
  var level: Double?

  @Option(
    help:
      "What becomes of a level that the fit did not see: an error, the reference, or a missing prediction.")
  var unseen = UnseenPolicy.error

  @OptionGroup var text: TextOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if model == "-" && file == "-" {
      throw ValidationError("Only one of the two files can be standard input.")
    }
    if let level {
      if interval == nil { throw ValidationError("--level goes with --interval.") }
      if !(level > 0 && level < 1) { throw ValidationError("--level is \(level); it is between 0 and 1.") }
    }
  }

  func run() throws {
    let columns = try threads.run {
      let model = try FittedModel(contentsOf: model)
      let table = try Table(all: TableFile([file], options: text.options(categories: model.categories)))
      guard let interval else { return [("prediction", try model.predictions(from: table, unseen: unseen))] }
      let intervals = try model.predictions(
        from: table, interval: interval, level: level ?? 0.95, unseen: unseen)
      return [
        ("prediction", intervals.map(\.prediction)), ("lower", intervals.map(\.lower)),
        ("upper", intervals.map(\.upper)),
      ]
    }
    Terminal.print(format.json ? json(columns) : csv(columns))
  }

  private func csv(_ columns: [(name: String, values: [Double])]) -> String {
    let rows = columns[0].values.indices.map { row in
      columns.map { $0.values[row].isNaN ? "" : $0.values[row].description }.joined(separator: ",")
    }
    // The last line ends like the others: it may be empty.
    return ([columns.map(\.name).joined(separator: ",")] + rows).map { $0 + "\n" }.joined()
  }

  private func json(_ columns: [(name: String, values: [Double])]) -> String {
    let members = columns.map { name, values in
      "\"\(name == "prediction" ? "predictions" : name)\": [\(values.map { $0.isNaN ? "null" : $0.description }.joined(separator: ", "))]"
    }
    return "{\(members.joined(separator: ", "))}"
  }
}
