import ArgumentParser
import LinearRegression
import TabularRegression

struct Accumulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reduce the rows of files to a share of an exact fit.",
    usage: "linreg accumulate <formula> <file> ... -o <share> [<options>]",
    discussion: """
      A share is some kilobytes however many rows it stands for. Shares of the
      same formula, from other files or machines, are joined by merge and
      solved by solve. They have the same levels of categories, but for one that
      stands alone in the formula: its levels are those of all, and each adds a row
      of means to the share. A share of several targets, cbind(y1, y2), is solved
      for all, or by solve --target for one.

      Example: linreg accumulate 'price ~ .' january.csv february.csv -o winter.share
      """)

  @Argument(help: "What to predict from what, such as 'y ~ a + b' or 'y ~ .'.")
  var formula: String

  @Argument(help: "CSV files with the same columns; \"-\" is standard input.")
  var files: [String]

  @OptionGroup var output: ShareOutputOptions
  @OptionGroup var rows: MissingOptions
  @OptionGroup var text: TextOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var memory: MemoryOptions

  @Option(help: "The column that weighs the rows, as R's lm does.")
  var weights: String?

  func validate() throws {
    try checkOrder(formula, files)
    try checkOnce(files)
  }

  func run() throws {
    let formula = try Formula(formula)
    for file in files { try Files.checkWritable(output.shareFile, besides: file) }
    let share = try memory.run(threads) {
      let file = try TableFile(files, options: text.options(categories: formula.categories))
      noteRowNames(file)
      var progress = ReadingProgress()
      defer { progress.end() }
      return try Share(formula, reading: file, weights: weights, missing: rows.missing) {
        progress.show($0)
      }
    }
    try output.deliver(share)
  }
}

struct Merge: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Join shares of an exact fit.",
    usage: "linreg merge <share> ... -o <share>",
    discussion: """
      Shares have the same formula. Merged in the order of their rows they give the
      same bits, however they are grouped; in another order the results agree to
      rounding.

      Example: linreg merge winter.share summer.share -o year.share
      """)

  @Argument(help: "Shares, from accumulate or merge; \"-\" is standard input.")
  var shares: [String]

  @OptionGroup var output: ShareOutputOptions

  func validate() throws {
    try checkOnce(shares, "shares")
  }

  func run() throws {
    for share in shares { try Files.checkWritable(output.shareFile, besides: share) }
    var merged = try Share(contentsOf: shares[0])
    for path in shares.dropFirst() { try merged.merge(Share(contentsOf: path), named: path) }
    try output.deliver(merged)
  }
}

struct Solve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fit a model exactly from a share, without the data.",
    usage: "linreg solve <share> [<options>]",
    discussion: """
      Example: linreg solve year.share --drop age --ridge 10
      """)

  @Argument(help: "A share, from accumulate or merge; \"-\" is standard input.")
  var share: String

  @OptionGroup var output: ModelOutputOptions

  @Option(
    help:
      "Numbers and categories to leave out with all their products, or single columns as the fit prints them, \(betweenCommas); may be given again.",
    transform: names)
  var drop: [[String]] = []

  @Option(
    help:
      "Another column to predict; the former target is then left out, and all that is formed from the new one."
  )
  var target: String?

  @Option(
    help:
      "What to do with columns that others determine: leave them out, keep all in the solution of least norm, or stop."
  )
  var redundant = LeastSquares.RedundancyPolicy.drop

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Penalty of ridge regression, on columns divided by their standard deviation.", valueName: "lambda"))
  var ridge = 0.0

  @Flag(help: "Fit without an intercept, whatever the formula says.")
  var noIntercept = false

  func validate() throws {
    if !(ridge >= 0 && ridge.isFinite) {
      throw ValidationError("--ridge is \(ridge); it is a number, 0 or more.")
    }
    if drop.joined().contains("") {
      throw ValidationError("--drop takes names separated by single commas; one of them is empty.")
    }
    if ridge > 0 && redundant != .drop {
      throw ValidationError("--ridge has a solver of its own, without --redundant.")
    }
  }

  func run() throws {
    try output.check(besides: [share])
    let models = try Share(contentsOf: share).solvePerTarget(
      LeastSquares(redundancy: redundant, ridgePenalty: ridge), intercept: noIntercept ? false : nil,
      dropping: Array(drop.joined()), target: target, named: share == "-" ? "standard input" : share)
    try deliver(models, output)
  }
}

/// Where a share goes.
struct ShareOutputOptions: ParsableArguments {
  @Option(name: .customShort("o"), help: ArgumentHelp("Write the share to this file.", valueName: "share"))
  var shareFile: String

  @OptionGroup var format: FormatOptions

  func validate() throws {
    if shareFile == "-" || shareFile == "" {
      throw ValidationError("-o needs the name of a file; a share is not written to standard output.")
    }
  }

  /// Writes the share and says what it holds.
  func deliver(_ share: Share) throws {
    try share.write(to: shareFile)
    let rows = share.observations, columns = share.features.count + share.targetCount
    if format.json {
      Terminal.print("{\"observations\": \(rows), \"columns\": \(columns)}")
    } else {
      Terminal.note(
        "\(shareFile): \(rows) \(rows == 1 ? "row" : "rows"), \(columns) columns")
    }
  }
}
