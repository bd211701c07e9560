import LinearAlgebra
import LinearRegression
import TabularRegression

/// What a run shows on standard error while it goes on: a bar on a terminal, a line per epoch elsewhere.
struct TrainProgress {
  private let training: TableTraining
  private let isQuiet: Bool
  private let isTerminal: Bool
  private let started = ContinuousClock.now
  private let rowsBefore: Int
  private var lastShown = ContinuousClock.now
  private var lastLook = ContinuousClock.now

  /// Rows until the next look at the clock.
  private(set) var chunk: Int

  init(_ training: TableTraining, isQuiet: Bool, atMost rows: Int = .max) {
    self.training = training
    self.isQuiet = isQuiet
    isTerminal = Terminal.showsProgress
    rowsBefore = training.rowsUsed
    chunk = min(64 * training.batchSize, rows)
    limit = rows
  }

  private let limit: Int

  /// Shows an epoch that has ended, or how far the current one is.
  mutating func show(_ report: EpochReport?) {
    adjustChunk()
    if isQuiet { return }
    if isTerminal {
      let now = ContinuousClock.now
      if now - lastShown < .milliseconds(100) && report == nil { return }
      lastShown = now
      Terminal.showLine(bar)
    } else if let report {
      Terminal.note(line(report))
    }
  }

  /// Looks about twenty times a second: often enough for a bar and a checkpoint, seldom enough to cost nothing.
  private mutating func adjustChunk() {
    let now = ContinuousClock.now, passed = now - lastLook
    lastLook = now
    if passed < .milliseconds(25) { chunk = min(limit, min(chunk, training.rowCount) * 2) }
    if passed > .milliseconds(100) { chunk = max(training.batchSize, chunk / 2) }
  }

  /// Says something without harm to the bar.
  func note(_ text: String) {
    clear()
    Terminal.note(text)
  }

  /// Takes the bar away.
  func clear() { if isTerminal && !isQuiet { Terminal.showLine("") } }

  private var digits: Int { String(training.method.epochs).count }

  /// "epoch  7/100  loss 1463.21  distance to exact 0.0123"
  private func line(_ report: EpochReport) -> String {
    let number = aligned(String(report.epoch), .right, width: digits)
    var text =
      "epoch \(number)/\(training.method.epochs)  loss \(aligned(formatted(report.loss, significantDigits: 6), .left, width: 8))"
    if let loss = report.validationLoss {
      text += "  validation \(aligned(formatted(loss, significantDigits: 6), .left, width: 8))"
    }
    if let gap = report.gapToExact {
      text += "  distance to exact \(distance(gap, digits: 3))"
    } else if let norm = report.gradientNorm {
      text += "  gradient \(formatted(norm, significantDigits: 3))"
    }
    return text
  }

  /// "epoch 7/100  [##------------]  2.1 M rows/s  0:12 left  loss 1463.21  distance 0.0123": the bar is the run's. As
  /// much as fits.
  private var bar: String {
    let epochs = training.method.epochs, rows = training.rowsUsed, total = epochs * training.rowCount
    let filled = Int(14 * Double(rows) / Double(max(1, total)))
    let epoch = aligned(String(min(training.epochs.count + 1, epochs)), .right, width: digits)
    var parts = [
      "[\(String(repeating: "#", count: filled))\(String(repeating: "-", count: 14 - filled))]"
    ]
    let elapsed = (ContinuousClock.now - started) / .seconds(1)
    let rate = elapsed > 0 ? Double(rows - rowsBefore) / elapsed : 0
    parts.append("\(readable(rate)) rows/s")
    if rate > 0 {
      // An automatic run stops by itself.
      let left = clock(Double(total - rows) / rate)
      parts.append("\(training.method.isAutomatic ? "at most " : "")\(left) left")
    }
    if let last = training.epochs.last {
      parts.append("loss \(formatted(last.loss, significantDigits: 6))")
      if let gap = last.gapToExact { parts.append("distance \(distance(gap, digits: 2))") }
    }
    let width = Terminal.width - 1
    return parts.reduce(String("epoch \(epoch)/\(epochs)".prefix(width))) {
      $0.count + $1.count + 2 <= width ? "\($0)  \($1)" : $0
    }
  }

  /// What is below is rounding, and differs from processor to processor.
  private func distance(_ gap: Double, digits: Int) -> String {
    gap < 1e-12 ? "<1e-12" : formatted(gap, significantDigits: digits)
  }

  private func readable(_ rate: Double) -> String {
    switch rate {
    case 1e6...: "\(formatted(rate / 1e6, decimals: 1)) M"
    case 1e3...: "\(formatted(rate / 1e3, decimals: 1)) k"
    default: formatted(rate, decimals: 0)
    }
  }

  private func clock(_ seconds: Double) -> String {
    let whole = Int(min(seconds, 359_999).rounded(.up)), rest = whole % 60
    let minutes = whole / 60 % 60
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return whole < 3600 ? "\(minutes):\(two(rest))" : "\(whole / 3600):\(two(minutes)):\(two(rest))"
  }
}
