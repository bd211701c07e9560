import ArgumentParser
import TabularRegression

struct Plot: RankedCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw the charts of a report in the terminal.",
    usage: "linreg plot <model> <file> ... [<options>]",
    discussion: """
      Without --panel the four that R's plot(lm) draws: residuals, quantiles, spread,
      influence. The others are neighbours, predictions, coefficients, inflation,
      partial, levels, training.

      Characters are braille dots where the terminal has UTF-8, and ASCII elsewhere;
      colour and size are the terminal's, 80 columns where there is none.

      Example: linreg plot homes.model homes.csv --panel residuals
      """)

  @OptionGroup var options: DiagnosticOptions

  @Option(
    help: "The charts to draw, \(betweenCommas).", completion: .list(Report.panelNames), transform: names)
  var panel: [String]?

  @Option(parsing: .unconditional, help: "Columns to draw in (default: the terminal's).")
  var width: Int?

  @Flag(help: "Draw with ASCII characters alone.")
  var ascii = false

  @OptionGroup var ranks: RankOptions

  func validate() throws {
    if let width, !(30...1000 ~= width) {
      throw ValidationError("--width is \(width); it is from 30 to 1000.")
    }
    for name in panel ?? [] where !Report.panelNames.contains(name) {
      throw ValidationError(
        "--panel \(printable(name)): the panels are \(Report.panelNames.joined(separator: ", ")).")
    }
  }

  func run() throws {
    guard let report = try options.report(on: ranks.communicator()) else { return }
    let panels = try panel.map { names in
      let panels = report.panels
      return try names.flatMap { name in
        let found = panels.filter { $0.name == name && !$0.charts.isEmpty }
        if found.isEmpty {
          throw TabularError.unusable(
            file: options.model, message: "there is no panel \(name): \(report.reasonForNone(name))")
        }
        return found
      }
    }
    let page = CharacterPage(width: width, isASCII: ascii)
    Terminal.print(page.text(of: panels ?? report.classicalPanels))
  }
}
