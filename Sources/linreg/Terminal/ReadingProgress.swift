import LinearAlgebra
import TabularRegression

/// How many rows were read, and what follows, on a terminal, once that has taken a while.
struct ReadingProgress {
  private let isTerminal = Terminal.showsProgress
  private let started = ContinuousClock.now
  private var lastShown = ContinuousClock.now
  private var isShown = false

  /// Shows a number of rows, ten times a second at most.
  mutating func show(_ rows: Int) {
    let now = ContinuousClock.now
    guard isTerminal, now - lastShown > .milliseconds(100), now - started > .milliseconds(500) else { return }
    (lastShown, isShown) = (now, true)
    let rate = Double(rows) / ((now - started) / .seconds(1))
    let line = "\(rows) rows read  \(formatted(rate / 1e6, significantDigits: 3)) million rows/s"
    Terminal.showLine(String(line.prefix(Terminal.width - 1)))
  }

  /// Says that rows are read no more, and so many columns are solved for, where that takes a while.
  mutating func showSolving(columns: Int) {
    guard isTerminal, columns >= 1000 else { return }
    isShown = true
    Terminal.showLine(String("solving for \(columns) columns".prefix(Terminal.width - 1)))
  }

  /// Takes the line away.
  mutating func end() {
    if isShown { Terminal.showLine("") }
    isShown = false
  }
}
