import ArgumentParser

/// Which columns of which file to learn from.
struct DataOptions: ParsableArguments {
  @Argument(help: "A CSV file whose first line names the columns; \"-\" is standard input.")
  var file: String

  @Option(help: "The column to predict.")
  var target: String

  @Option(
    help: "The columns to predict it from, separated by commas (default: all others); may be given again.",
    transform: { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) })
  var features: [[String]] = []

  /// The names given with `--features`; nil where there are none.
  var featureNames: [String]? { features.isEmpty ? nil : Array(features.joined()) }

  func validate() throws {
    if features.joined().contains("") {
      throw ValidationError("--features has an empty name; write names separated by single commas.")
    }
  }
}

/// What becomes of a fitted model.
struct ModelOutputOptions: ParsableArguments {
  @Option(name: .customShort("m"), help: ArgumentHelp("Write the model to this file.", valueName: "model"))
  var modelFile: String?

  @OptionGroup var format: FormatOptions
}

/// How a result is printed.
struct FormatOptions: ParsableArguments {
  @Flag(help: "Print JSON instead of a table.")
  var json = false
}
