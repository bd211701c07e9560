public import LinearAlgebra

/// An exact least-squares fit: the w and b that minimise Σ (y − X w − b)².
///
/// ```swift
/// let fit = try LeastSquares().fit(X, y)
/// fit.coefficients, fit.standardErrors, fit.certificate.estimatedDigits
/// fit.predict(row)
/// ```
///
/// Data may be Float or Double; sums, factors and solutions are formed in Double. Columns are shifted, centred and
/// scaled inside, so that their units and offsets do not matter. The default method climbs a ladder and stops at the
/// first rung that is good enough, which ``LeastSquaresFit/certificate`` names:
///
/// 1. cross-products and their Cholesky factor, in one pass;
/// 2. corrections from residuals that are formed anew from the rows (Björck 1987, doi:10.1016/0024-3795(87)90101-7),
///    where the condition number asks for it;
/// 3. a triangular factor of the rows, where the condition number asks for that;
/// 4. residuals in double-double, where the data are so small that it costs some ten milliseconds at most.
///
/// A feature that the ones before it determine is left out and named with what it depends on, as R's `lm` does.
public struct LeastSquares: Equatable, Sendable, Codable {
  /// Whether the model has an intercept b.
  public var intercept: Bool

  /// Which rung of the ladder solves.
  public var solver: Solver

  /// How residuals are formed.
  public var precision: Precision

  /// What becomes of features that others determine.
  public var redundancy: RedundancyPolicy

  /// λ of a ridge penalty: Σ (y − ŷ)² + λ Σ (sⱼ wⱼ)² is minimised, sⱼ being the standard deviation √(Σ (x − x̄)² / n)
  /// of feature j (its root mean square without an intercept). The intercept is not penalised. This is R's `lm.ridge`
  /// of MASS, and scikit-learn's `Ridge` after `StandardScaler`. 0 for none.
  public var ridgePenalty: Double

  /// What the weights of the rows mean.
  public var weightKind: WeightKind

  /// Whether the rows are read once more at the end, to measure what is left of Xᵀr for the certificate, and to correct
  /// the coefficients by it. Without it well-conditioned data are read once.
  public var measuresResidual: Bool

  /// Which rung of the ladder solves.
  public enum Solver: String, Sendable, Codable, CaseIterable {
    /// The first that is good enough.
    case automatic
    /// Cross-products and their Cholesky factor, whatever the condition number. Falls to ``qr`` where they have no
    /// factor.
    case cholesky
    /// The same with corrections from residuals. Falls to ``qr`` where they do not shrink.
    case refinedCholesky = "cholesky+refinement"
    /// A triangular factor of the rows.
    case qr
    /// The factor of the rows and the singular value decomposition of the factor: least norm where columns depend on
    /// each other.
    case svd
  }

  /// How residuals are formed.
  public enum Precision: String, Sendable, Codable, CaseIterable {
    /// In double-double where that costs some ten milliseconds at most, else in Double.
    case automatic
    /// In Double.
    case double
    /// In double-double, whatever it costs: about n p² / 2 products, each ten times as long as one in Double, and
    /// two to four more passes.
    case extended
  }

  /// What becomes of features that others determine.
  public enum RedundancyPolicy: String, Sendable, Codable, CaseIterable {
    /// The later ones are left out and named; their weight is 0.
    case drop
    /// All stay; the solution is the one of least norm in standardised units.
    case minimumNorm = "minimum-norm"
    /// ``DataError/rankDeficient(_:)``
    case refuse
  }

  /// Creates the method.
  ///
  /// The penalty is a number, 0 or more; a fit under another throws.
  public init(
    intercept: Bool = true, solver: Solver = .automatic, precision: Precision = .automatic,
    redundancy: RedundancyPolicy = .drop, ridgePenalty: Double = 0, measuresResidual: Bool = false,
    weightKind: WeightKind = .analytic
  ) {
    self.intercept = intercept
    self.solver = solver
    self.precision = precision
    self.redundancy = redundancy
    self.ridgePenalty = ridgePenalty
    self.measuresResidual = measuresResidual
    self.weightKind = weightKind
  }

  /// Decodes settings; such as are not allowed are an error.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    intercept = try container.decode(Bool.self, forKey: .intercept)
    solver = try container.decode(Solver.self, forKey: .solver)
    precision = try container.decode(Precision.self, forKey: .precision)
    redundancy = try container.decode(RedundancyPolicy.self, forKey: .redundancy)
    ridgePenalty = try container.decode(Double.self, forKey: .ridgePenalty)
    measuresResidual = try container.decode(Bool.self, forKey: .measuresResidual)
    weightKind = try container.decodeIfPresent(WeightKind.self, forKey: .weightKind) ?? .analytic
    do {
      try validate()
    } catch {
      throw DecodingError.dataCorruptedError(
        forKey: .ridgePenalty, in: container, debugDescription: "\(error)")
    }
  }

  /// Checks the settings, which a user of the program may have chosen.
  /// - Throws: the one that is not allowed, and its rule.
  public func validate() throws(SettingError) {
    if !(ridgePenalty >= 0 && ridgePenalty.isFinite) {
      throw SettingError("LeastSquares: a ridge penalty of \(ridgePenalty); it is a number, 0 or more")
    }
  }

  /// Throws where weights count rows and one is no whole number.
  private func checkFrequencies<Scalar: BLASScalar>(_ weights: [Scalar]?) throws(DataError) {
    guard weightKind == .frequency, let weights else { return }
    if let row = weights.firstIndex(where: { $0.isFinite && $0 != $0.rounded() }) {
      throw .fractionalWeight(row: row)
    }
  }

  /// Throws where the settings are not allowed.
  func checkSettings() throws(DataError) {
    do { try validate() } catch { throw .setting(error) }
  }

  /// Fits a model of k targets at once.
  ///
  /// - Parameters:
  ///   - X: design matrix without a column of ones, n × p, one row per observation.
  ///   - y: targets, n × k.
  ///   - weights: n weights, zero or more: Σ w (y − ŷ)² is minimised, as R's `lm` does. A row of weight 2 moves the
  ///     coefficients as two equal rows would, but counts as one observation; one of weight 0 is absent. Nil for 1. See
  ///     ``weightKind`` for other meanings.
  /// - Returns: the fit.
  /// - Throws: ``DataError``: no rows, shapes that do not fit, a setting that is not allowed, a value that is not finite,
  ///   a spread or coefficient beyond Double, redundant features if the method refuses them.
  /// - Complexity: n (p + k)² flops on all cores for the first rung, twice that for the third; one to four passes over
  ///   the data; memory O((p + k)²) beside them, whatever n.
  public func fit<M: RowMajor>(
    _ X: M, _ y: Matrix<M.Scalar>, weights: [M.Scalar]? = nil
  ) throws(DataError) -> LeastSquaresFit {
    try fit(X, y, weights: weights, low: nil, lowTargets: nil)
  }

  /// The same of X + `low` and y + `lowTargets`: what X and y lack beyond their precision, n × p and n × k; nil for
  /// zeros.
  ///
  /// - Parameter roundings: the error of the values of each column of [X y] where they were rounded when they were
  ///   read; empty where none were.
  package func fit<M: RowMajor>(
    _ X: M, _ y: Matrix<M.Scalar>, weights: [M.Scalar]? = nil, low: Matrix<Double>?,
    lowTargets: Matrix<Double>? = nil, roundings: [Double] = []
  ) throws(DataError) -> LeastSquaresFit {
    try checkSettings()
    precondition(roundings.isEmpty || roundings.count == X.columnCount + y.columnCount)
    try DataError.checkRows(X, y, weights, "fit")
    require(low.map { $0.shape == X.shape } ?? true, "fit: X is \(X.shape) but its low part is \(low!.shape)")
    require(
      lowTargets.map { $0.shape == y.shape } ?? true,
      "fit: y is \(y.shape) but its low part is \(lowTargets!.shape)")
    if let (row, column) = low?.firstNonFinite() { throw .nonFinite(.features, row: row, column: column) }
    if let (row, column) = lowTargets?.firstNonFinite() {
      throw .nonFinite(.targets, row: row, column: column)
    }
    try checkFrequencies(weights)
    return try checked(X, y, weights: weights) { () throws(DataError) in
      try Rows.with(X, y, weights: weights, low: (low, lowTargets)) { (rows) throws(DataError) in
        var ladder = Ladder(method: self, rows: rows, roundings: roundings)
        return try ladder.fit().counting(weightKind, weightSum: rows.totalWeight)
      }
    }
  }

  /// Fits a model of one target given flat; X may be written as a literal.
  ///
  /// - Throws: ``DataError``, as for several targets.
  public func fit<Scalar>(
    _ X: Matrix<Scalar>, _ y: [Scalar], weights: [Scalar]? = nil
  ) throws(DataError) -> LeastSquaresFit {
    try fit(X, Matrix(column: y), weights: weights)
  }

  /// Fits a model of one target given flat.
  ///
  /// - Parameters:
  ///   - X: design matrix without a column of ones, n × p, one row per observation.
  ///   - y: targets, n elements.
  ///   - weights: n weights; nil for 1.
  /// - Throws: ``DataError``: no rows, shapes that do not fit, a value that is not finite, a spread or coefficient beyond
  ///   Double.
  public func fit<M: RowMajor>(
    _ X: M, _ y: [M.Scalar], weights: [M.Scalar]? = nil
  ) throws(DataError) -> LeastSquaresFit {
    try fit(X, Matrix(column: y), weights: weights)
  }
}
