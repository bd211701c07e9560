internal import LinearRegression

extension Diagnostics {
  /// What diagnostics need of the fit.
  struct Fit: Equatable, Sendable, Codable {
    let target: String
    /// Rows of the fit, n.
    let observations: Int
    /// Coefficients that were estimated, p.
    let rank: Int
    /// n − p
    let degreesOfFreedom: Int
    let residualSumOfSquares: Double
    let totalSumOfSquares: Double
    let hasIntercept: Bool
    /// Whether the model was fitted by least squares alone, so that residuals are at right angles to its columns.
    let isLeastSquares: Bool
    /// What residuals are divided by, s: the residual standard error, where that is known.
    let unit: Double
    /// Whether the residuals of the fit are but rounding.
    let isPerfect: Bool
    let isWeighted: Bool
    /// 1 − RSS / TSS, formed where squares do not underflow.
    let rSquared: Double?
    let unitName: UnitName

    /// What Σ u² of the rows of the fit is, u being their residuals in units of ``unit``.
    var sumOfScaledSquares: Double {
      switch unitName {
      case .standardError: Double(degreesOfFreedom)
      case .meanSquare: Double(observations)
      case .spread, .one: residualSumOfSquares / unit / unit
      }
    }

    /// Whether rows are those of the fit, as their number and their residual sum of squares tell, within the rounding of
    /// the target.
    ///
    /// - Parameters:
    ///   - sumOfSquares: Σ u², u being their residuals in units of ``unit``.
    ///   - size: the largest target.
    func isOf(rows: Int, sumOfScaledSquares sumOfSquares: Double, size: Double) -> Bool {
      guard rows == observations else { return false }
      if isPerfect { return sumOfSquares * unit * unit <= 1e-20 * totalSumOfSquares }
      let expected = sumOfScaledSquares, n = Double(rows)
      let rounding = 4 * Double.ulpOfOne * size / unit
      let tolerance = 1e-6 * expected + 2 * (expected * n).squareRoot() * rounding + n * rounding * rounding
      return abs(sumOfSquares - expected) <= tolerance
    }

    /// What the unit is.
    enum UnitName: String, Sendable, Codable {
      case standardError, meanSquare, spread, one
    }
  }
}

extension Diagnostics.Fit {
  init(_ model: FittedModel) {
    let statistics = model.statistics, n = model.observations
    target = model.target
    isWeighted = model.weights != nil
    observations = n
    rank = n - statistics.degreesOfFreedom
    degreesOfFreedom = statistics.degreesOfFreedom
    residualSumOfSquares = statistics.residualSumOfSquares
    totalSumOfSquares = statistics.totalSumOfSquares
    hasIntercept = model.hasIntercept
    isLeastSquares = model.covariance != nil
    rSquared = statistics.rSquared
    // Squares of the smallest numbers are 0, though there is a residual standard error.
    isPerfect =
      statistics.residualSumOfSquares <= 1e-26 * statistics.totalSumOfSquares
      && !(statistics.totalSumOfSquares == 0 && statistics.residualStandardError ?? 0 > 0)
    let hasNoResiduals = isPerfect || statistics.degreesOfFreedom < 1
    let meanSquare = (statistics.residualSumOfSquares / Double(max(1, n))).squareRoot()
    let spread = (statistics.totalSumOfSquares / Double(max(1, n))).squareRoot()
    let units: [(Double?, UnitName)] =
      hasNoResiduals
      ? [(spread, .spread)]
      : [(statistics.residualStandardError, .standardError), (meanSquare, .meanSquare), (spread, .spread)]
    let known = units.first { unit, _ in unit.map { $0 > 0 && $0.isFinite } ?? false }
    (unit, unitName) = (known?.0 ?? 1, known?.1 ?? .one)
  }
}

extension Diagnostics.Fit {
  private enum CodingKeys: String, CodingKey {
    case target, observations, rank, degreesOfFreedom, residualSumOfSquares, totalSumOfSquares, hasIntercept
    case isLeastSquares, unit, isPerfect, isWeighted, rSquared, unitName
  }

  /// Decodes what is known of a fit; counts that cannot be those of one are an error.
  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    target = try container.decode(String.self, forKey: .target)
    observations = try container.count(.observations)
    rank = try container.count(.rank)
    degreesOfFreedom = try container.count(.degreesOfFreedom)
    residualSumOfSquares = try container.decode(Double.self, forKey: .residualSumOfSquares)
    totalSumOfSquares = try container.decode(Double.self, forKey: .totalSumOfSquares)
    hasIntercept = try container.decode(Bool.self, forKey: .hasIntercept)
    isLeastSquares = try container.decode(Bool.self, forKey: .isLeastSquares)
    unit = try container.decode(Double.self, forKey: .unit)
    isPerfect = try container.decode(Bool.self, forKey: .isPerfect)
    isWeighted = try container.decode(Bool.self, forKey: .isWeighted)
    rSquared = try container.decodeIfPresent(Double.self, forKey: .rSquared)
    unitName = try container.decode(UnitName.self, forKey: .unitName)
    try container.check(unit > 0 && unit.isFinite, .unit, "a unit of \(unit)")
  }
}
