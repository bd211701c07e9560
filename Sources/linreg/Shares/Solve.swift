import ArgumentParser
import LinearRegression
import TabularRegression

struct Solve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fit a model exactly from a share, without the data.",
    usage: "linreg solve <share> [<options>]",
    discussion: """
      Example: linreg solve year.share --drop age --ridge 10
      """)

  @Argument(help: "A share, from accumulate or merge; \"-\" is standard input.", completion: .file())
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

  @Flag(help: "Solve parts of a share as if the blocks that are missing did not exist.")
  var incomplete = false

  @OptionGroup var statistics: StatisticsOptions

  func validate() throws {
    try statistics.check(output.format)
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
    let name = displayed(share), saved = try SavedShare(contentsOf: share)
    let models = try saved.share(allowsMissing: incomplete, named: name).solvePerTarget(
      LeastSquares(redundancy: redundant, ridgePenalty: ridge), intercept: noIntercept ? false : nil,
      dropping: Array(drop.joined()), target: target, named: name)
    if let missing = saved.missingText { Terminal.note("\(name): this is the fit without \(missing)") }
    try deliver(models, output, statistics)
  }
}
