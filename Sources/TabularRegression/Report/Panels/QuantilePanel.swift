internal import Drawing
internal import LinearAlgebra
internal import LinearRegression

extension Diagnostics {
  /// Residuals at some of the quantiles, ascending, with the standard normal number at the same probability and the
  /// probability: of few rows all, (i − a) / (n + 1 − 2a) being the probability of the i-th, as R's `ppoints` has it.
  package var quantiles: [(normal: Double, residual: Double, probability: Double)] {
    if let rows = fewRows {
      let sorted = rows.compactMap { isStandardized ? $0.standardizedResidual : $0.scaled }.sorted()
      let n = Double(sorted.count), a = sorted.count <= 10 ? 0.375 : 0.5
      return sorted.enumerated().map { index, residual in
        let p = (Double(index + 1) - a) / (n + 1 - 2 * a)
        return (Normal.quantile(p), residual, p)
      }
    }
    let histogram = residualHistogram, n = Double(histogram.counts.reduce(0, +))
    var result: [(normal: Double, residual: Double, probability: Double)] = []
    var below = 0, last = -Double.infinity
    // What lies beyond the histogram is in its first and last bin, of which only their inner ends are known.
    for (bin, count) in histogram.counts.enumerated().dropLast() {
      below += count
      let p = (Double(below)) / n, z = Normal.quantile(p)
      guard count > 0, p > 0, p < 1, z - last >= 0.02 else { continue }
      result.append((z, histogram.axis.lowerEdge(of: bin + 1), p))
      last = z
    }
    return result
  }
}

extension Report {
  /// Quantiles of the residuals against those of the normal distribution.
  var quantilePanel: Panel {
    let title = "Normal quantiles", quantiles = diagnostics.quantiles
    let line = quartileLine(quantiles)
    let n = Double(diagnostics.observations)
    // The standard error of an order statistic (Fox 2016, Applied Regression Analysis, 12.1).
    let band = quantiles.map { normal, _, p in
      let half = 1.96 * line.slope / Normal.density(normal) * (p * (1 - p) / n).squareRoot()
      let middle = line.intercept + line.slope * normal
      return Interval(at: normal, low: middle - half, high: middle + half)
    }
    let ends = [quantiles.first?.normal, quantiles.last?.normal].compactMap { $0 }
    let chart = Chart(
      title: title,
      summary:
        "Residuals in ascending order over what they would be if they were normal, with a band that 95 of 100 points of normal residuals lie in.",
      x: Axis(label: "standard normal quantile", range: span(ends)),
      y: Axis(label: residualName, range: span(quantiles.map(\.residual), around: [-1, 1])),
      layers: [
        .band(band, .band),
        .line(ends.map { Point(x: $0, y: line.intercept + line.slope * $0) }, .fit, isDashed: false),
        .points(quantiles.map { Point(x: $0.normal, y: $0.residual) }, .data),
      ])
    return Panel(
      name: "quantiles", title: title,
      caption:
        "The line goes through the quartiles; of normal residuals 95 in 100 points lie within the band.",
      finding: quantileFinding(title), charts: [chart],
      tables: [
        PanelTable(
          title: "Quantiles", columns: ["probability", "residual", "normal"],
          rows: [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999].compactMap { p in
            guard let first = quantiles.first, let last = quantiles.last, first.probability <= p,
              p <= last.probability
            else { return nil }
            return [number(p), readable(value(quantiles, at: p)), readable(Normal.quantile(p))]
          })
      ])
  }

  /// The residual at a probability, between two of the quantiles.
  private func value(_ quantiles: [(normal: Double, residual: Double, probability: Double)], at p: Double)
    -> Double
  {
    guard let above = quantiles.firstIndex(where: { $0.probability >= p }) else { return .nan }
    let high = quantiles[above]
    if above == 0 || high.probability == p { return high.residual }
    let low = quantiles[above - 1]
    let share = (p - low.probability) / (high.probability - low.probability)
    return low.residual + share * (high.residual - low.residual)
  }

  /// The line through the quartiles, as R's `qqline`.
  private func quartileLine(
    _ quantiles: [(normal: Double, residual: Double, probability: Double)]
  ) -> (intercept: Double, slope: Double) {
    let (low, high) = (value(quantiles, at: 0.25), value(quantiles, at: 0.75)), z = Normal.quantile(0.75)
    guard low.isFinite, high.isFinite, high > low else { return (0, 1) }
    return ((low + high) / 2, (high - low) / (2 * z))
  }

  private func quantileFinding(_ title: String) -> Finding {
    let shape = diagnostics.shape, test = shape?.test
    var remarks: [String] = []
    if let values = diagnostics.targetValues, values <= 5, diagnostics.observations >= 50 {
      remarks.append(
        values == 2
          ? "\(shortTarget) takes two values only, so that residuals lie in two bands and are not normal: predictions are no probabilities, and may be beyond the two."
          : "\(shortTarget) takes \(values) values only, so that residuals lie in as many bands."
      )
    }
    if let peak = diagnostics.secondPeak {
      remarks.append(
        "Residuals form a second group around \(readable(peak.place, digits: 2)) σ, of about \(counted(peak.rows, "row")): a column that tells the two groups apart is missing."
      )
    }
    if let shape, shape.test.isSignificant, shape.test.size >= 0.25 {
      let (skewness, kurtosis) = (shape.skewness, shape.kurtosis)
      if shape.isSkewed {
        remarks.append(
          "Residuals are skewed to the \(skewness > 0 ? "right" : "left") (skewness \(readable(skewness, digits: 2)), of the normal distribution 0)\(skewness > 0 ? logOfTarget.map { ": perhaps \($0)" } ?? "" : "")."
        )
      } else {
        remarks.append(
          "The tails are \(kurtosis > 3 ? "heavier" : "lighter") than normal ones (kurtosis \(readable(kurtosis, digits: 2)), of the normal distribution 3): intervals of single predictions are \(kurtosis > 3 ? "too short" : "too long") far out."
        )
      }
    }
    return Finding(title, remarks, tests: [test], otherwise: nothingUnusual([test]))
  }
}
