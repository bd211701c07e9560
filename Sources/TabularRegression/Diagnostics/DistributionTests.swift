internal import LinearAlgebra
internal import LinearRegression

extension Diagnostics {
  /// The histogram of standardised residuals, or of residuals in units of σ where there are none.
  package var residualHistogram: BinnedSums { isStandardized ? standardizedHistogram : scaledHistogram }

  /// Whether skewness and kurtosis of the residuals are those of a normal distribution: the sum of the squares of two
  /// numbers that then are standard normal is χ² with two degrees of freedom.
  ///
  /// D'Agostino and Pearson (1973), doi:10.1093/biomet/60.3.613; the kurtosis by Anscombe and Glynn (1983),
  /// doi:10.1093/biomet/70.1.227.
  package var normalityTest: ResidualTest? { shape?.test }

  /// Skewness and kurtosis of the residuals, without a few outliers, which are told of by themselves.
  package struct Shape: Sendable {
    package let test: ResidualTest
    package let skewness: Double
    package let kurtosis: Double
    /// Whether it is the skewness that is not normal: outliers on both sides are heavy tails.
    package let isSkewed: Bool
  }

  /// Nil where there are too few rows, or none that differ.
  package var shape: Shape? {
    let outliers = outliers, areFew = outliers.count <= max(1, min(5, observations / 100))
    let sums = areFew ? moments.without(outliers.map(\.scaled)) : moments
    guard sums.count >= 20, !fit.isPerfect, let skewness = sums.skewness, let kurtosis = sums.kurtosis,
      let z = sums.zOfSkewness, let w = sums.zOfKurtosis
    else { return nil }
    let statistic = z * z + w * w
    let note = areFew && !outliers.isEmpty ? " without \(counted(outliers.count, "outlier"))" : ""
    let areOnBothSides = !areFew && Set(outliers.map { $0.scaled > 0 }).count == 2
    return Shape(
      test: ResidualTest(
        name: "D'Agostino–Pearson test\(note)", statistic: "K² \(number(statistic))",
        p: ChiSquared.upperP(statistic, freedom: 2), size: max(abs(skewness), abs(kurtosis - 3) / 2)),
      skewness: skewness, kurtosis: kurtosis, isSkewed: abs(z) > abs(w) && !areOnBothSides)
  }
}

extension ResidualMoments {
  /// The standard normal number of the skewness (D'Agostino 1970, doi:10.1093/biomet/57.3.679).
  var zOfSkewness: Double? {
    guard let skewness, count >= 8 else { return nil }
    let n = Double(count)
    let y = skewness * ((n + 1) * (n + 3) / (6 * (n - 2))).squareRoot()
    let beta = 3 * (n * n + 27 * n - 70) * (n + 1) * (n + 3) / ((n - 2) * (n + 5) * (n + 7) * (n + 9))
    let w2 = (2 * (beta - 1)).squareRoot() - 1
    let alpha = (2 / (w2 - 1)).squareRoot(), scaled = y / alpha
    // asinh, of a small number too
    let size = CLibrary.logarithmOfOnePlus(
      abs(scaled) + scaled * scaled / (1 + (scaled * scaled + 1).squareRoot()))
    let z = size / (CLibrary.logarithm(w2) / 2).squareRoot()
    return scaled < 0 ? -z : z
  }

  /// The standard normal number of the kurtosis.
  var zOfKurtosis: Double? {
    guard let kurtosis, count >= 20 else { return nil }
    let n = Double(count)
    let mean = 3 * (n - 1) / (n + 1)
    let variance = 24 * n * (n - 2) * (n - 3) / ((n + 1) * (n + 1) * (n + 3) * (n + 5))
    let x = (kurtosis - mean) / variance.squareRoot()
    let beta =
      6 * (n * n - 5 * n + 2) / ((n + 7) * (n + 9))
      * (6 * (n + 3) * (n + 5) / (n * (n - 2) * (n - 3))).squareRoot()
    let a = 6 + 8 / beta * (2 / beta + (1 + 4 / (beta * beta)).squareRoot())
    let ratio = (1 - 2 / a) / (1 + x * (2 / (a - 4)).squareRoot())
    let root = ratio < 0 ? -CLibrary.power(-ratio, 1 / 3) : CLibrary.power(ratio, 1 / 3)
    return (1 - 2 / (9 * a) - root) / (2 / (9 * a)).squareRoot()
  }
}

extension Diagnostics {
  /// How many different values the target has, where they are whole numbers and few; nil for more.
  package var targetValues: Int? {
    guard let profile = profiles.first(where: { $0.name == fit.target }), let values = profile.values else {
      return nil
    }
    return values.texts.count <= 20 ? values.texts.count : nil
  }

  /// A second group of residuals, apart from most.
  package struct SecondPeak: Equatable, Sendable {
    /// Where it is, in units of σ.
    package let place: Double
    /// Rows that lie beyond the valley.
    package let rows: Int
    /// How far the count at the peak is above that in the valley, in standard errors of the difference.
    package let z: Double
  }

  /// A second peak of the residuals' distribution, 2.5 σ or more from the highest: a range of σ that holds more rows than
  /// one that lies between the two, by four standard errors of the difference of two counts. Nil where there is none, and
  /// where the target has so few values that residuals lie in bands.
  package var secondPeak: SecondPeak? {
    let histogram = residualHistogram, counts = histogram.counts
    let width = 64, step = 8, distance = 160  // in bins of 1/64
    // The first and the last bin hold what is beyond them.
    let starts = Array(stride(from: 1, to: counts.count - width - 1, by: step))
    let windows = starts.map { counts[$0..<$0 + width].reduce(0, +) }
    guard let top = windows.indices.max(by: { windows[$0] < windows[$1] }), windows[top] > 0, !fit.isPerfect,
      targetValues == nil
    else { return nil }
    var best: SecondPeak?
    for direction in [-1, 1] {
      var valley = top, index = top
      while windows.indices.contains(index) {
        if windows[index] < windows[valley] { valley = index }
        let (peak, low) = (Double(windows[index]), Double(windows[valley]))
        let z = peak + low > 0 ? (peak - low) / (peak + low).squareRoot() : 0
        if z >= 4, z > best?.z ?? 0, abs(index - top) * step >= distance {
          let cut = starts[valley] + width / 2
          best = SecondPeak(
            place: histogram.axis.lowerEdge(of: starts[index] + width / 2),
            rows: (direction < 0 ? counts[..<cut] : counts[cut...]).reduce(0, +), z: z)
        }
        index += direction
      }
    }
    return best
  }
}
