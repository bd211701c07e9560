import ArgumentParser
import TabularRegression

struct ReportCommand: RankedCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a page of charts that tell how well a model fits its rows.",
    usage: "linreg report <model> <file> ... -o <page> [<options>]",
    discussion: """
      One HTML file, without scripts, that needs nothing else: coefficients with
      intervals; residuals against fitted values; normal quantiles; scale and
      location; neighbouring rows; leverage and influence, with the rows that stand
      out by file and line; observed against predicted; variance inflation; partial
      residuals of each column; means of each level; what check says of the data;
      the epochs of a trained model. Under each heading stands what is seen, and
      the test behind it.

      The rows are read once, in constant memory, however many there are: of more
      than 500 the charts have counts in bins and not points. Give the rows that
      the model was fitted on; of others, or of some, influence is left out.

      --json prints what is seen, and the rows that stand out, in place of the page.

      Example: linreg report homes.model homes.csv -o homes.html
      """)

  @OptionGroup var options: DiagnosticOptions

  @Option(
    name: .shortAndLong,
    help: "Write the page to this file, whole or not at all; \"-\" is standard output.", completion: .file())
  var output: String?

  @OptionGroup var format: FormatOptions
  @OptionGroup var ranks: RankOptions

  func validate() throws {
    if output == nil, !format.json {
      throw ValidationError("Give the page a file with -o, such as -o report.html.")
    }
    if output != nil, format.json { throw ValidationError("--json prints on standard output; leave -o out.") }
    if let output { try OutputPath.check(output) }
  }

  func run() throws {
    let communicator = try ranks.communicator()
    try communicator.onFirst { () throws(TabularError) in
      guard let output else { return }
      for input in options.files + [options.model] { try Files.checkWritable(output, besides: input) }
    }
    guard let report = try options.report(on: communicator) else { return }
    if let output { try report.write(to: output) } else { Terminal.print(report.json) }
  }
}
