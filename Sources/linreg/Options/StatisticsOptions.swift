import ArgumentParser
import TabularRegression

/// Which statistics a model is printed with.
struct StatisticsOptions: ParsableArguments {
  @Option(
    help:
      "What the text has: the usual table and statistics, or all: confidence intervals, variance inflation factors, log-likelihood, AIC and BIC too. JSON always has them."
  )
  var statistics = Extent.usual

  @Option(parsing: .unconditional, help: "With which probability confidence intervals cover (default: 0.95).")
  var level: Double?

  /// What --statistics takes.
  enum Extent: String, CaseIterable, ExpressibleByArgument {
    case usual, all
  }

  func validate() throws {
    if let level, !(level > 0 && level < 1) {
      throw ValidationError("--level is \(level); it is between 0 and 1.")
    }
  }

  /// Throws where options do not go together, or are of text and JSON is asked for.
  func check(_ format: FormatOptions) throws {
    if level == nil { return }
    if format.json { throw ValidationError("--level is of the text; JSON has intervals of 0.95.") }
    if statistics != .all { throw ValidationError("--level goes with --statistics all.") }
  }

  /// The text of a model.
  func text(_ model: FittedModel) -> String {
    model.summary(intervals: statistics == .all ? level ?? 0.95 : nil)
  }
}
