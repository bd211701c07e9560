import ArgumentParser
import LinearRegression
import TabularRegression

/// Which columns of which files to learn from.
struct DataOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "A formula, unless --target is given, and CSV files whose first line names the columns, read as one; \"-\" is standard input.",
      valueName: "formula> <file"), completion: .file())
  var inputs: [String] = []

  @Option(help: "The column to predict: short for the formula 'target ~ .'")
  var target: String?

  @Option(
    help: "The columns to predict it from, \(betweenCommas) (default: all others); may be given again.",
    transform: names)
  var features: [[String]] = []

  @Option(
    help: "Columns to leave out of the default, \(betweenCommas); may be given again.", transform: names)
  var exclude: [[String]] = []

  /// The files: all but the formula.
  var files: [String] { target == nil ? Array(inputs.dropFirst()) : inputs }

  /// The formula; nil where --target is given.
  func formula() throws -> Formula? { target == nil ? try Formula(inputs[0]) : nil }

  /// The formula of --target for some columns: with --features or --exclude, or all columns beside the target.
  func formula(
    of columns: [String], in source: String, besides weights: String?, intercept: Bool = true
  ) throws -> Formula {
    let excluded = Set(exclude.joined())
    for name in exclude.joined() where !columns.contains(name) {
      throw TabularError.noColumn(name, file: source, available: columns)
    }
    let named = columns.first == Table.rowNames ? columns.dropFirst() : columns[...]
    let others = named.filter { $0 != target && $0 != weights && !excluded.contains($0) }
    return Formula(
      target: target ?? "", features: features.isEmpty ? Array(others) : Array(features.joined()),
      intercept: intercept)
  }

  func validate() throws {
    if target != nil {
      if inputs.isEmpty { throw ValidationError("Missing expected argument '<file>'") }
      if inputs[0].contains("~") {
        throw ValidationError("A formula and --target cannot be given together.")
      }
    } else {
      if inputs.isEmpty { throw ValidationError("Missing expected arguments '<formula>' and '<file>'") }
      try checkOrder(inputs[0], inputs.dropFirst())
      if !inputs[0].contains("~"), inputs.count == 1 || Files.exists(inputs[0]) {
        throw ValidationError(
          "What is to be predicted? Give a formula such as 'y ~ .' before the file, or --target.")
      }
      if inputs.count == 1 { throw ValidationError("Missing expected argument '<file>'") }
      if !(features + exclude).isEmpty {
        throw ValidationError("--features and --exclude go with --target; a formula names its own.")
      }
    }
    try checkOnce(files)
    if (features + exclude).joined().contains("") {
      throw ValidationError(
        "--features and --exclude take names separated by single commas; one of them is empty.")
    }
    if !features.isEmpty && !exclude.isEmpty {
      throw ValidationError("--features and --exclude cannot be given together.")
    }
  }
}

/// Says once that the names of rows, which the first column may hold, are not among the features.
func noteRowNames(_ file: TableFile) {
  if file.columnNames.first != Table.rowNames { return }
  Terminal.noteUnlessError(
    "\(file.source): the first column holds the names of rows; \".\" is without it, and \(Table.rowNames) stands for it"
  )
}

/// What messages call a file.
func displayed(_ path: String) -> String { path == "-" ? "standard input" : path }

/// Throws where a file is named twice, in one spelling or two.
///
/// - Parameter what: what the files are, for messages.
func checkOnce(_ files: [String], _ what: String = "files") throws {
  if files.count(where: { $0 == "-" }) > 1 {
    throw ValidationError("Only one of the \(what) can be standard input.")
  }
  var first: [String: String] = [:]
  for file in files {
    if let earlier = first.updateValue(file, forKey: Files.identity(file)) {
      throw ValidationError(
        earlier == file
          ? "\(file) is named twice; its rows would count twice."
          : "\(earlier) and \(file) are the same file; its rows would count twice.")
    }
  }
}

/// Throws where files stand before the formula.
func checkOrder(_ formula: String, _ files: some Sequence<String>) throws {
  if !formula.contains("~"), files.contains(where: { $0.contains("~") }) {
    throw ValidationError("The formula comes first, the files behind it.")
  }
}

/// A seed, with its range in the message where it is none.
@Sendable func seedNumber(_ text: String) throws -> UInt64 {
  guard let seed = UInt64(text) else {
    throw ValidationError("it is a whole number from 0 to \(UInt64.max)")
  }
  return seed
}

/// How missing fields are treated.
struct MissingOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What to do with a missing field in a column that is used: refuse it, drop the row, or fill a number with the mean or this number; never a target, weight or category (default: refuse).",
      valueName: "policy"),
    completion: .list(["refuse", "drop", "mean"]), transform: policy)
  var missing = MissingPolicy.refuse

  @Sendable private static func policy(_ text: String) throws -> MissingPolicy {
    guard let policy = MissingPolicy(text) else {
      throw ValidationError("it is refuse, drop, mean or a number")
    }
    return policy
  }
}

/// How rows are read.
struct ThreadOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "Threads that go through the rows (default: one per core); results are the same.")
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads is \(threads); it is 1 or more.") }
  }

  /// Does the work on so many threads.
  func run<Result>(_ work: () throws -> Result) throws -> Result {
    try Parallelism.$threads.withValue(
      min(threads ?? Parallelism.threads, Terminal.mostThreads), operation: work)
  }
}

/// How much memory a fit may take.
struct MemoryOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The most memory that the matrices of a fit may take, whose order is the number of columns, such as 500M or 4G; a fit that would take more is refused before it begins (default: what the machine has free).",
      valueName: "size"),
    transform: bytes)
  var memory: Int?

  /// Does the work within so much memory, on so many threads.
  func run<Result>(_ threads: ThreadOptions, _ work: () throws -> Result) throws -> Result {
    try FitMemory.$limit.withValue(memory) { try threads.run(work) }
  }

  /// The bytes of a size: a number, and K, M, G or T for thousands, millions and so on.
  @Sendable private static func bytes(_ text: String) throws -> Int {
    var digits = text.uppercased()[...], unit = 1.0
    if digits.last == "B" { digits.removeLast() }
    if let last = digits.last, let power = "KMGT".firstIndex(of: last) {
      digits.removeLast()
      for _ in 0...("KMGT".distance(from: "KMGT".startIndex, to: power)) { unit *= 1000 }
    }
    guard let number = Double(digits), number > 0, number * unit < 0x1p62 else {
      throw ValidationError("it is a number of bytes, or one with K, M, G or T, such as 500M")
    }
    return Int(number * unit)
  }
}

/// Where a fitted model goes.
struct ModelOutputOptions: ParsableArguments {
  @Option(
    name: .customShort("m"), help: ArgumentHelp("Write the model to this file.", valueName: "model"),
    completion: .file())
  var modelFile: String?

  @OptionGroup var format: FormatOptions

  /// Throws where the model could not be written, before the work is done.
  func check(besides inputs: [String]) throws(TabularError) {
    guard let modelFile else { return }
    for input in inputs { try Files.checkWritable(modelFile, besides: input) }
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

/// Where rows are written.
enum OutputPath {
  /// Throws where a name promises what is not written.
  static func check(_ path: String, option: String = "-o") throws {
    if path.isEmpty { throw ValidationError("\(option) needs the name of a file.") }
    if path.lowercased().hasSuffix(".gz") {
      throw ValidationError(
        "\(path): compressed files are read, not written; leave .gz out, and use gzip on the result.")
    }
  }
}
