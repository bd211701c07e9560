import ArgumentParser
import LinearRegression
import TabularRegression

struct Merge: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Join shares of an exact fit or of a covariance, or parts of one.",
    usage: "linreg merge <share> ... -o <share>",
    discussion: """
      Shares have the same formula. Merged in the order of their rows they give the
      same bits, however they are grouped; in another order the results agree to
      rounding. Shares of a covariance, from vcov -o, are merged so too; those of
      --vcov hac only in the order of their rows, for it says which errors follow
      each other. Parts, from --part of accumulate or vcov, know their blocks: they
      are merged in any order, each once, and become a share when none is missing.
      So are surveys.

      Example: linreg merge winter.share summer.share -o year.share
      """)

  @Argument(
    help: "Shares, from accumulate, vcov or merge; or surveys. \"-\" is standard input.",
    completion: .file())
  var shares: [String]

  @OptionGroup var output: ShareOutputOptions

  func validate() throws {
    try checkOnce(shares, "shares")
  }

  func run() throws {
    for share in shares { try Files.checkWritable(output.shareFile, besides: share) }
    switch try SavedParts(contentsOf: shares[0]) {
    case .survey(var merged):
      for path in shares.dropFirst() { try merged.merge(SavedSurvey(contentsOf: path), named: path) }
      try deliver(merged, to: output.shareFile, output.format)
    case .covariance(var merged):
      for path in shares.dropFirst() {
        try merged.merge(CovarianceShare(contentsOf: path), named: path == "-" ? "standard input" : path)
      }
      if shares.count > 1 { merged.orderText.map(Terminal.noteUnlessError) }
      try deliver(merged.finished, to: output.shareFile, output.format)
    case .share(var merged):
      for path in shares.dropFirst() { try merged.merge(SavedShare(contentsOf: path), named: path) }
      try output.deliver(try merged.finished(named: output.shareFile))
    }
  }
}

/// Where a share goes.
struct ShareOutputOptions: ParsableArguments {
  @Option(
    name: .customShort("o"), help: ArgumentHelp("Write the share to this file.", valueName: "share"),
    completion: .file())
  var shareFile: String

  @OptionGroup var format: FormatOptions

  func validate() throws {
    if shareFile == "-" || shareFile == "" {
      throw ValidationError("-o needs the name of a file; a share is not written to standard output.")
    }
  }

  /// Writes the share, or the part of one, and says what it holds.
  func deliver(_ share: SavedShare) throws {
    try share.write(to: shareFile)
    let rows = share.observations, columns = share.columnCount
    if format.json {
      let missing = share.missingText.map { ", \"missing\": \(quotedForJSON($0))" } ?? ""
      let count = columns.map { ", \"columns\": \($0)" } ?? ""
      Terminal.print("{\"observations\": \(rows)\(count)\(missing)}")
    } else {
      let lacks = share.missingText.map { "; it lacks \($0)" } ?? ""
      let count = columns.map { ", \($0) columns" } ?? ""
      Terminal.note("\(shareFile): \(rows) \(rows == 1 ? "row" : "rows")\(count)\(lacks)")
    }
  }
}
