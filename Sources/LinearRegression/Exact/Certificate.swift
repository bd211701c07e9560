internal import LinearAlgebra

/// How an exact fit was reached, and how far its coefficients can be trusted.
public struct Certificate: Equatable, Sendable, Codable {
  /// The rung of the ladder that answered.
  public let solver: Solver

  /// Why this one: one clause, such as "condition number 24".
  public let reason: String

  /// How often the rows were read.
  public let passes: Int

  /// Condition number of the columns that were kept, centred (where there is an intercept) and scaled to norm 1: the
  /// ratio of the largest to the smallest singular value. 1 where there is at most one column. Where the levels of a
  /// category were taken out of the rows: of the other columns less the means of their levels.
  public let conditionNumber: Double

  /// Rank of the columns, the intercept's included.
  public let rank: Int

  /// Features that the ones before them determine. They were left out, unless the solver is ``Solver/svd``.
  public let redundant: [Redundancy]

  /// How many leading digits of the coefficients are right, for the least accurate one, as the solver's rounding errors
  /// let expect; at most 16. A coefficient that rounding errors do not tell from zero counts relative to the largest
  /// one, in standardised units. It is about the arithmetic, and about the digits that numbers of a text have lost when
  /// they were read; not about how they were measured.
  public let estimatedDigits: Double

  /// The column that has lost most of its digits when it was read, where that costs a digit of the coefficients or
  /// more; nil else.
  package let readingLoss: ReadingLoss?

  /// What is lost where the text has more digits than a Double.
  package struct ReadingLoss: Equatable, Sendable, Codable {
    /// Position among the columns of [X y].
    package let column: Int
    /// How many fewer digits its spread has than a Double.
    package let digits: Double

    package init(column: Int, digits: Double) { (self.column, self.digits) = (column, digits) }
  }

  /// ‖Xᵀr‖ / (‖X‖ ‖r‖), measured on the rows with centred and scaled columns, the worst of all targets: zero but for
  /// rounding where the fit is the least-squares fit. Where coefficients were corrected by it, it is the one before the
  /// last correction. Nil where the rows were not read again, as where the levels of a category were taken out of them,
  /// or nothing is left of y.
  public let normalEquationResidual: Double?

  package init(
    solver: Solver, reason: String, passes: Int, conditionNumber: Double, rank: Int,
    redundant: [Redundancy], estimatedDigits: Double, readingLoss: ReadingLoss?,
    normalEquationResidual: Double?
  ) {
    self.solver = solver
    self.reason = reason
    self.passes = passes
    self.conditionNumber = conditionNumber
    self.rank = rank
    self.redundant = redundant
    self.estimatedDigits = estimatedDigits
    self.readingLoss = readingLoss
    self.normalEquationResidual = normalEquationResidual
  }

  /// The rungs of the ladder.
  public enum Solver: String, Sendable, Codable, CaseIterable {
    /// Cross-products, and their Cholesky factor.
    case cholesky
    /// As above, with corrections from residuals that are formed anew from the rows.
    case refinedCholesky = "cholesky+refinement"
    /// A triangular factor of the rows.
    case qr
    /// The factor of the rows, then the singular value decomposition of the factor: the solution of least norm.
    case svd
    /// A triangular factor, with corrections from residuals in double-double.
    case extended = "qr+extended"
    /// A ridge penalty, from the singular value decomposition of the factor.
    case ridge
  }
}

extension Certificate {
  private enum Key: String, CodingKey {
    case solver, reason, passes, conditionNumber, rank, redundant, estimatedDigits, readingLoss
    case normalEquationResidual
  }

  /// Decodes a certificate; a condition number that is null is infinite, digits that are null are none; a negative
  /// count and digits that are not finite are an error.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self.init(
      solver: try container.decode(Solver.self, forKey: .solver),
      reason: try container.decode(String.self, forKey: .reason),
      passes: try container.count(.passes),
      conditionNumber: try container.decodeIfPresent(Double.self, forKey: .conditionNumber) ?? .infinity,
      rank: try container.count(.rank),
      redundant: try container.decode([Redundancy].self, forKey: .redundant),
      estimatedDigits: try container.decodeIfPresent(Double.self, forKey: .estimatedDigits) ?? 0,
      readingLoss: try container.decodeIfPresent(ReadingLoss.self, forKey: .readingLoss),
      normalEquationResidual: try container.decodeIfPresent(Double.self, forKey: .normalEquationResidual))
    try container.check(readingLoss.map { $0.column >= 0 } ?? true, .readingLoss, "a negative column")
    try container.check(estimatedDigits.isFinite, .estimatedDigits, "a number of digits that is not finite")
  }

  /// Encodes the certificate; a number that is not finite is null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(solver, forKey: .solver)
    try container.encode(reason, forKey: .reason)
    try container.encode(passes, forKey: .passes)
    try container.encode(finite: conditionNumber, forKey: .conditionNumber)
    try container.encode(rank, forKey: .rank)
    try container.encode(redundant, forKey: .redundant)
    try container.encode(finite: estimatedDigits, forKey: .estimatedDigits)
    try container.encodeIfPresent(readingLoss, forKey: .readingLoss)
    try container.encode(finite: normalEquationResidual, forKey: .normalEquationResidual)
  }
}
