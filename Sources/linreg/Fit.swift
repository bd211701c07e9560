import ArgumentParser
import TabularRegression

struct Fit: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fit a model exactly, by least squares.",
    usage: "linreg fit --target <target> <file> [<options>]",
    discussion: """
      Example: linreg fit --target price homes.csv -m homes.json
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var output: ModelOutputOptions

  @Flag(help: "Fit without an intercept.")
  var noIntercept = false

  func run() throws {
    try output.check(besides: data.file)
    let table = try Table(csv: data.file)
    let model = try FittedModel(
      table, target: data.target, features: data.features(of: table), intercept: !noIntercept)
    try deliver(model, output)
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
