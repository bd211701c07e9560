import ArgumentParser
import TabularRegression

/// Which columns of which file to learn from.
struct DataOptions: ParsableArguments {
  @Argument(help: "A CSV file whose first line names the columns; \"-\" is standard input.")
  var file: String

  @Option(help: "The column to predict.")
  var target: String

  @Option(
    help: "The columns to predict it from, separated by commas (default: all others); may be given again.",
    transform: names)
  var features: [[String]] = []

  @Option(
    help: "Columns to leave out of the default, separated by commas; may be given again.", transform: names)
  var exclude: [[String]] = []

  /// The features of a table that were asked for; nil for all columns beside the target.
  func features(of table: Table) throws -> [String]? {
    if !features.isEmpty { return Array(features.joined()) }
    if exclude.isEmpty { return nil }
    for name in exclude.joined() where !table.columnNames.contains(name) {
      throw TabularError.noColumn(name, file: table.source, available: table.columnNames)
    }
    let excluded = Set(exclude.joined())
    return table.columnNames.filter { $0 != target && !excluded.contains($0) }
  }

  func validate() throws {
    if (features + exclude).joined().contains("") {
      throw ValidationError(
        "--features and --exclude take names separated by single commas; one of them is empty.")
    }
    if !features.isEmpty && !exclude.isEmpty {
      throw ValidationError("--features and --exclude cannot be given together.")
    }
  }
}

/// Names between commas, without spaces around them, as the names of a header are.
@Sendable private func names(_ text: String) -> [String] {
  text.split(separator: ",", omittingEmptySubsequences: false).map { name in
    var name = name.drop { $0 == " " }
    while name.last == " " { name.removeLast() }
    return String(name)
  }
}

/// What becomes of a fitted model.
struct ModelOutputOptions: ParsableArguments {
  @Option(name: .customShort("m"), help: ArgumentHelp("Write the model to this file.", valueName: "model"))
  var modelFile: String?

  @OptionGroup var format: FormatOptions

  /// Throws where the model could not be written, before the work is done.
  func check(besides input: String) throws {
    if let modelFile { try Files.checkWritable(modelFile, besides: input) }
  }

  func validate() throws {
    if modelFile == "-" || modelFile == "" {
      throw ValidationError("-m needs the name of a file; --json prints the model on standard output.")
    }
  }
}

/// How a result is printed.
struct FormatOptions: ParsableArguments {
  @Flag(help: "Print JSON.")
  var json = false
}
