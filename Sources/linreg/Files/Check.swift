import ArgumentParser
import TabularRegression

struct Check: RankedCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell what a file holds, and what would go wrong with it.",
    usage: "linreg check <file> [<options>]",
    discussion: """
      Kinds, ranges and missing values by column; rows with too many or too few
      fields are counted, other damage is told with its line; constant and equal
      columns, whole numbers that look like categories.

      Exit code 1 where something would stop a fit, 0 otherwise.

      Example: linreg check homes.csv --target price
      """)

  @Argument(help: "A CSV or NPY file; \"-\" is standard input.", completion: .file())
  var file: String

  @Option(
    help:
      "The column to predict: others are compared with it, and named where they are the target in disguise.")
  var target: String?

  @Option(help: "The file's format, whatever its name (default: as it ends, or CSV).")
  var from: TableFormat?

  @OptionGroup var text: TextOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var ranks: RankOptions

  private var fileFormat: TableFormat { from ?? TableFormat(endingOf: file) ?? .csv }

  func run() throws {
    let communicator = try ranks.communicator()
    if communicator.size > 1, file == "-" {
      throw TabularError.unusable(
        file: "standard input", message: "it is read by one process; give a file to several")
    }
    let check = try threads.run {
      try TableCheck(file, fileFormat, target: target, options: text.options(), on: communicator)
    }
    if communicator.rank != 0 { return }
    Terminal.print(format.json ? check.json : check.text)
    if check.stopsFit {
      Ranks.finish()
      Terminal.exit(.dataAtFault)
    }
  }
}
