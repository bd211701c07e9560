import ArgumentParser
import TabularRegression

struct Summary: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print a saved model again.",
    usage: "linreg summary <model> [<options>]",
    discussion: """
      Example: linreg summary homes.model
      """)

  @Argument(help: "A model file, from -m of fit or train; \"-\" is standard input.", completion: .file())
  var model: String

  @OptionGroup var format: FormatOptions
  @OptionGroup var statistics: StatisticsOptions

  func validate() throws { try statistics.check(format) }

  func run() throws {
    show(try FittedModel.perTarget(contentsOf: model), format, statistics)
  }
}
