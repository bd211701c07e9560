internal import LinearAlgebra

/// Positions of ticks on a linear axis, by the extended form of Wilkinson's algorithm: J. Talbot, S. Lin and P. Hanrahan,
/// An Extension of Wilkinson's Algorithm for Positioning Tick Labels on Axes (2010), doi:10.1109/TVCG.2010.130. Of all
/// sequences with nice steps it takes that with the highest sum of simplicity, coverage of the data and density.
/// Legibility, the fourth term of the paper, is left to the caller, who measures the labels and asks for fewer.
enum LinearTicks {
  /// The ticks for data from `low` to `high`, `count` of them or about as many. The first and the last may be
  /// a little beyond the data.
  static func ticks(low: Double, high: Double, count: Int) -> [Decimal] {
    guard low.isFinite, high.isFinite, count >= 2, high - low > 1e-13 * max(abs(low), abs(high)) else {
      return []
    }
    // Work on numbers near 1, so that nothing overflows.
    let power = Decimal.magnitude(of: max(abs(low), abs(high)))
    let scale = Decimal(mantissa: 1, exponent: power).value
    var search = Search(low: low / scale, high: high / scale, count: Double(count))
    guard search.low < search.high else { return [] }
    search.run()
    return search.best.map { Decimal(mantissa: $0, exponent: search.exponent + power) }
  }

  /// Nice steps, best first, in tenths.
  private static let niceSteps = [10, 50, 20, 25, 40, 30]
  private static let weights = (simplicity: 0.25, coverage: 0.2, density: 0.5, legibility: 0.05)

  /// The search over the paper's parameters: every `skip`-th multiple of a nice step times a power of ten, `ticks` of them.
  private struct Search {
    let low: Double, high: Double, count: Double
    var best: [Int] = []
    var exponent = 0
    private var bestScore = -2.0

    init(low: Double, high: Double, count: Double) {
      self.low = low
      self.high = high
      self.count = count
    }

    mutating func run() {
      // Scores fall as skips and ticks grow, so that each loop ends where the best possible score is below the best found;
      // the bounds only state that.
      for skip in 1...100 {
        for (rank, step) in niceSteps.enumerated() {
          let simplicity = 1 - Double(rank) / Double(niceSteps.count - 1) - Double(skip) + 1
          if score(simplicity, 1, 1) < bestScore { return }
          for ticks in 2...1000 {
            let density = Double(ticks) >= count ? 2 - Double(ticks - 1) / (count - 1) : 1
            if score(simplicity, 1, density) < bestScore { break }
            tryPowers(skip: skip, step: step, ticks: ticks, simplicity: simplicity, density: density)
          }
        }
      }
    }

    private mutating func tryPowers(skip: Int, step: Int, ticks: Int, simplicity: Double, density: Double) {
      let nice = Double(step) / 10, span = high - low
      let first = Int(CLibrary.decimalLogarithm(span / Double(ticks + 1) / Double(skip) / nice).rounded(.up))
      for power in first...first + 30 {
        let unit = nice * CLibrary.decimalPower(Double(power))
        let covered = unit * Double(skip) * Double(ticks - 1)
        let excess = max(0, covered - span) / 2
        if score(simplicity, 1 - excess * excess / (0.01 * span * span), density) < bestScore { return }
        let smallest = Int((high / (unit * Double(skip))).rounded(.down)) * skip - (ticks - 1) * skip
        let largest = Int((low / (unit * Double(skip))).rounded(.up)) * skip
        if smallest > largest { continue }
        for start in smallest...largest {
          let numbers = (0..<ticks).map { start + $0 * skip }
          let lowest = Double(start) * unit
          let total = score(
            simplicity + (numbers.contains(0) ? 0 : -1), coverage(lowest, lowest + covered),
            self.density(ticks, lowest, lowest + covered))
          if total > bestScore {
            bestScore = total
            best = numbers.map { $0 * step }
            exponent = power - 1
          }
        }
      }
    }

    private func score(_ simplicity: Double, _ coverage: Double, _ density: Double) -> Double {
      weights.simplicity * simplicity + weights.coverage * coverage + weights.density * density
        + weights.legibility
    }

    private func coverage(_ lowest: Double, _ highest: Double) -> Double {
      let span = 0.1 * (high - low)
      return 1 - 0.5 * ((high - highest) * (high - highest) + (low - lowest) * (low - lowest)) / (span * span)
    }

    private func density(_ ticks: Int, _ lowest: Double, _ highest: Double) -> Double {
      let actual = Double(ticks - 1) / (highest - lowest)
      let wanted = (count - 1) / (max(highest, high) - min(lowest, low))
      return 2 - max(actual / wanted, wanted / actual)
    }
  }
}

/// Positions of ticks on a logarithmic axis.
enum LogarithmicTicks {
  /// At most `count` ticks for data from `low` to `high`, both above 0: 1, 2 and 5 times the powers of ten where there is
  /// room, else powers of ten, else every second, third, … of them; steps of a linear axis where data span so little
  /// that fewer than three such numbers are among them.
  static func ticks(low: Double, high: Double, count: Int) -> [Decimal] {
    guard low > 0, low < high, high.isFinite, count >= 2 else { return [] }
    let powers = Decimal.magnitude(of: low)...Decimal.magnitude(of: high)
    let fine = powers.flatMap { power in [1, 2, 5].map { Decimal(mantissa: $0, exponent: power) } }
      .filter { (low * (1 - 1e-9)...high * (1 + 1e-9)).contains($0.value) }
    if fine.count < 3 {
      return LinearTicks.ticks(low: low, high: high, count: count).filter { $0.mantissa > 0 }
    }
    if fine.count <= count { return fine }
    let decades = fine.filter { $0.mantissa == 1 }
    if decades.count < 2 { return Array(fine.prefix(count)) }
    let step = (decades.count + count - 1) / count
    let even = decades.filter { $0.exponent % step == 0 }
    return even.count > 1 ? even : stride(from: 0, to: decades.count, by: step).map { decades[$0] }
  }
}
