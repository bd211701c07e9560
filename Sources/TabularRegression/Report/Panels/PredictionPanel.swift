internal import Drawing
internal import LinearAlgebra

extension Report {
  /// Observed against predicted values, and the densities of both.
  var predictionPanel: Panel {
    let title = "Observed against predicted", bins = diagnostics.predictions
    let fitted = bins.x.range.map { [$0.lowerBound, $0.upperBound] } ?? []
    let observed = bins.y.range.map { [$0.lowerBound, $0.upperBound] } ?? []
    let both = span(fitted + observed)
    let scatter = Chart(
      title: title, summary: "Observed over fitted values, with the line on which both are equal.",
      x: Axis(label: "fitted \(shortTarget)", range: span(fitted)),
      y: Axis(label: shortTarget, range: span(observed)),
      layers: [
        points(\.fitted, \.observed).map { .points($0, .data) } ?? .cells(bins.cells()),
        .line([both.lowerBound, both.upperBound].map { Point(x: $0, y: $0) }, .fit, isDashed: false),
      ])
    let lines = [
      density(bins.countsOfY, bins.y), density(bins.countsOfX, bins.x),
    ]
    // Predictions that are all alike have a density beyond measure.
    let peaks = lines.map { $0.map(\.y).max() ?? 0 }
    let highest = max(min(peaks[1], 3 * peaks[0]), peaks[0], .leastNormalMagnitude)
    let densities = Chart(
      title: "Densities", summary: "The densities of observed and of fitted values.",
      x: Axis(label: "\(shortTarget) (solid) and its fitted values (dashed)", range: both),
      y: Axis(label: "density", range: 0...highest),
      layers: [.line(lines[0], .data, isDashed: false), .line(lines[1], .fit, isDashed: true)])
    let share = diagnostics.shareExplained
    return Panel(
      name: "predictions", title: title, caption: "On the line predictions are right.\(shadeNote)",
      finding: Finding(
        title, isRemarkable: share.map { $0 < 0 } ?? false,
        share.map {
          $0 < 0
            ? "On these rows the mean of \(shortTarget) is a better prediction than the model's (R² \(readable($0, digits: 3)))."
            : "Predictions explain \(readable(100 * $0, digits: 3)) % of the variance of \(shortTarget) on these rows."
        } ?? whyNothingIsExplained),
      charts: diagnostics.observations < 20 ? [scatter] : [scatter, densities],
      tables: [
        PanelTable(
          title: "Range, mean and standard deviation",
          columns: ["", "least", "mean", "greatest", "std. deviation"],
          rows: [("observed", diagnostics.observedMoments), ("fitted", diagnostics.fittedMoments)].map {
            [
              $0.0, readable($0.1.minimum), readable($0.1.mean), readable($0.1.maximum),
              $0.1.deviation.isFinite ? readable($0.1.deviation) : "–",
            ]
          })
      ])
  }

  /// Why there is no share of the variance.
  private var whyNothingIsExplained: String {
    let observed = diagnostics.observedMoments
    if !(observed.minimum < observed.maximum) {
      return "The target is the same in every row: there is nothing to explain."
    }
    return diagnostics.isWeighted
      ? "R² of weighted rows stands above."
      : "The target's squares are too small to form R²: use another unit."
  }

  /// The density of a histogram in at most 32 groups of bins.
  private func density(_ counts: [Int], _ axis: BinAxis) -> [Point] {
    guard let first = counts.firstIndex(where: { $0 > 0 }), let last = counts.lastIndex(where: { $0 > 0 })
    else {
      return []
    }
    let n = Double(counts.reduce(0, +)), most = min(32, max(6, Int(n.squareRoot() / 2)))
    let size = (last - first + most) / most
    return stride(from: first - size, through: last + size, by: size).map { start in
      let count = counts[(start..<start + size).clamped(to: counts.indices)].reduce(0, +)
      return Point(
        x: axis.lowerEdge(of: start) + Double(size) / 2 * axis.width,
        y: Double(count) / n / Double(size) / axis.width)
    }
  }
}

extension Diagnostics {
  /// R² = 1 − Σ (y − ŷ)² / Σ (y − ȳ)² on these rows; nil where the target is constant, or rows are weighed.
  package var shareExplained: Double? {
    let deviation = observedMoments.deviation, n = Double(observations)
    guard observations > 1, observedMoments.minimum < observedMoments.maximum, !isWeighted else { return nil }
    // Squares of the smallest numbers are 0.
    if !(deviation > 1e-140) { return isOfFit && fit.hasIntercept ? fit.rSquared : nil }
    let ratio = residualSumOfSquares.squareRoot() / deviation
    let share = 1 - ratio * ratio / (n - 1)
    // A mean is no worse than itself.
    return abs(share) < 1e-12 ? 0 : share
  }
}
