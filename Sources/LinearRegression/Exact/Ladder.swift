internal import LinearAlgebra

/// The rungs of an exact fit, from the cheapest to the most careful. Each is checked before it answers.
struct Ladder<Scalar: BLASScalar> {
  private let method: LeastSquares
  private let rows: Rows<Scalar>
  private let layout: DesignLayout
  private var units: ColumnUnits
  private var passes = 0

  init(method: LeastSquares, rows: Rows<Scalar>, roundings: [Double] = []) {
    self.method = method
    self.rows = rows
    layout = DesignLayout(features: rows.featureCount, targets: rows.targetCount, hasOnes: method.intercept)
    units = ColumnUnits(sampling: rows, centered: method.intercept)
    data = DataPrecision(rows, roundings: roundings)
  }

  private let data: DataPrecision

  /// The condition number up to which cross-products answer with corrections: standard errors come from the same
  /// factor, and keep 16 − 2 log₁₀ κ digits.
  private static var refinedCondition: Double { 3000 }

  mutating func fit() throws(DataError) -> LeastSquaresFit {
    let (rung, reason) = method.firstRung(
      rows: rows.rowCount, features: layout.features, targets: layout.targets)
    switch rung {
    case .extended: return try extended(because: reason)
    case .cholesky, .refinedCholesky: return try fromCrossProducts()
    case .qr, .svd, .ridge: return try fromRows(because: reason)
    }
  }

  /// What the rows come down to, in the cheapest way that is accurate by itself: from cross-products up to a condition
  /// number of ``Problem/plainCondition``, else from the triangular factor.
  mutating func problem() throws(DataError) -> Problem {
    if rows.rowCount > layout.order, let solution = try crossProductSolution(below: Problem.plainCondition) {
      return solution.problem
    }
    return Problem(try factor(), data: data)
  }

  // MARK: Rungs

  private mutating func fromCrossProducts() throws(DataError) -> LeastSquaresFit {
    let forced = method.solver != .automatic
    guard var solution = try crossProductSolution(below: 1e7) else {
      return try fromRows(because: "the cross-products have no accurate Cholesky factor")
    }
    let condition = solution.conditionNumber
    let clear = solution.leftovers.allSatisfy { $0 > 1e-5 }
    let text = "condition number \(formatted(condition, significantDigits: 3))"
    if !forced && condition > Self.refinedCondition { return try fromRows(because: text) }
    let needsCorrection = condition > Problem.plainCondition || !clear
    let corrects =
      method.solver == .refinedCholesky
      || method.solver == .automatic && (needsCorrection || method.measuresResidual)
    if corrects {
      guard condition < 1e6, refine(&solution) else {
        return try fromRows(because: "\(text), and corrections did not shrink")
      }
    } else if method.measuresResidual {
      measure(&solution)
    }
    return try solution.fit(
      solver: corrects ? .refinedCholesky : .cholesky,
      reason: clear || condition > Problem.plainCondition ? text : "\(text), and little is left of y",
      passes: passes)
  }

  private mutating func fromRows(because reason: String) throws(DataError) -> LeastSquaresFit {
    let problem = Problem(try factor(), data: data)
    var solution = try method.solved(problem)
    if method.measuresResidual { measure(&solution) }
    return try solution.fit(solver: method.rung(of: solution), reason: reason, passes: passes)
  }

  private mutating func extended(because reason: String) throws(DataError) -> LeastSquaresFit {
    var fit = try ExtendedFit(factor(), method, data)
    passes += fit.refine { ExtendedSums(rows, $0) }
    if !fit.isRefined, method.measuresResidual { measure(&fit.solution) }
    return try fit.fit(because: reason, passes: passes)
  }

  // MARK: Parts

  /// Reads the residuals once, for the certificate.
  private mutating func measure(_ solution: inout Solution) {
    guard solution.isLeastSquares else { return }
    passes += 1
    solution.take(ResidualSums.of(rows, layout, units, solution.unitCoefficients(layout)))
  }

  /// Corrects the solution from its residuals; false where that does not improve it.
  ///
  /// A correction leaves a share κ² ε of the error: one is enough unless the condition number is large.
  private mutating func refine(_ solution: inout Solution) -> Bool {
    measure(&solution)
    for step in 1...4 {
      var next = solution
      next.correct()
      if solution.conditionNumber <= Self.refinedCondition {
        solution = next
        return true
      }
      measure(&next)
      let (before, after) = (solution.correctionSize, next.correctionSize)
      guard after < before else { return step > 1 || before < 1e-12 }
      solution = next
      if after > before / 4 || after < 1e-15 { return true }
    }
    return true
  }

  /// The solution from cross-products; nil where they have no accurate Cholesky factor, or a condition number that is
  /// not below a limit.
  private mutating func crossProductSolution(below limit: Double) throws(DataError) -> Solution? {
    let products = try units.inSoundUnits(rows, layout, passes: &passes) { units in
      let products = CrossProducts.of(rows, layout, units)
      return (products, products.columnSizes)
    }
    guard let problem = Problem(products, data: data),
      let solution = Solution(problem, origin: .crossProducts(rows: rows.rowCount))
    else { return nil }
    return solution.conditionNumber < limit ? solution : nil
  }

  private mutating func factor() throws(DataError) -> LeastSquares.Factor {
    try units.inSoundUnits(rows, layout, passes: &passes) { units in
      let factor = LeastSquares.Factor.of(rows, layout, units)
      return (factor, factor.columnSizes)
    }
  }
}

extension LeastSquares {
  /// The rung that is tried first, and why: what can be said before the rows are read.
  package func firstRung(rows: Int, features: Int, targets: Int) -> (rung: Certificate.Solver, reason: String)
  {
    let q = features + targets + (intercept ? 1 : 0)
    if ridgePenalty > 0 { return (.ridge, "a ridge penalty") }
    if solver == .svd { return (.svd, "asked for") }
    if redundancy == .minimumNorm { return (.qr, "least norm needs a factor of the rows") }
    if precision == .extended { return (.extended, "asked for") }
    switch solver {
    // Some four million products in double-double are ten milliseconds.
    case .automatic
    where precision == .automatic && extendedProducts(rows: rows, features: features, targets: targets) < 4e6:
      return (.extended, "the data are small")
    case .automatic, .cholesky, .refinedCholesky:
      if rows <= q { return (.qr, "there are no more rows than columns") }
      return solver == .refinedCholesky
        ? (.refinedCholesky, "asked for")
        : (
          .cholesky, solver == .cholesky ? "asked for" : "one pass; the condition number decides what follows"
        )
    case .qr, .svd: return (.qr, "asked for")
    }
  }

  /// Whether residuals are to be formed in double-double whatever it costs.
  package var asksForExtended: Bool {
    precision == .extended && firstRung(rows: 0, features: 0, targets: 0).rung == .extended
  }

  /// Products in double-double that extended precision takes: B = [1 X] R⁻¹ once, residuals and gradients about three
  /// times.
  package func extendedProducts(rows: Int, features: Int, targets: Int) -> Double {
    let q = Double(features + targets + (intercept ? 1 : 0))
    return Double(rows) * q * (q / 2 + 6)
  }

  /// Solves what rows were reduced to.
  func solved(_ problem: Problem) throws(DataError) -> Solution {
    if ridgePenalty > 0 { return Solution(ridge: problem, ridgePenalty) }
    return try Solution(problem, redundancy, leastNorm: solver == .svd || redundancy == .minimumNorm)
  }

  /// The rung that a solution from a triangular factor stands on.
  func rung(of solution: Solution) -> Certificate.Solver {
    ridgePenalty > 0 ? .ridge : solution.isLeastNorm || solver == .svd ? .svd : .qr
  }
}
