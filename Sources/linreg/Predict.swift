import ArgumentParser
import TabularRegression

struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Predict the rows of a file with a model; prints CSV.",
    usage: "linreg predict <model> <file> [<options>]",
    discussion: """
      Columns are found by name: in any order, others beside them.

      Example: linreg predict homes.json new.csv > prices.csv
      """)

  @Argument(help: "A model file, from -m of fit or train.")
  var model: String

  @Argument(help: "A CSV file with the model's features; \"-\" is standard input.")
  var file: String

  @OptionGroup var format: FormatOptions

  func validate() throws {
    if model == "-" && file == "-" {
      throw ValidationError("Only one of the two files can be standard input.")
    }
  }

  func run() throws {
    let predictions = try FittedModel(contentsOf: model).predictions(from: Table(csv: file))
    if format.json {
      Terminal.print("{\"predictions\": [\(predictions.map(\.description).joined(separator: ", "))]}")
    } else {
      Terminal.print((["prediction"] + predictions.map(\.description)).joined(separator: "\n"))
    }
  }
}
