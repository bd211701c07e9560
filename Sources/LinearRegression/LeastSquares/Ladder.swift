internal import LinearAlgebra

/// The rungs of an exact fit, from the cheapest to the most careful. Each is checked before it answers.
struct Ladder<Scalar: BLASScalar> {
  private let method: LeastSquares
  private let rows: Observations<Scalar>
  private let layout: DesignLayout
  private var units: ColumnUnits
  private var unitsAreMeasured = false
  private var passes = 0

  /// What stands in the way of a fit: the scan that follows tells whether a value is not finite.
  struct Obstacle: Error {
    let dataError: DataError
  }

  init(method: LeastSquares, rows: Observations<Scalar>) {
    self.method = method
    self.rows = rows
    layout = DesignLayout(features: rows.featureCount, targets: rows.targetCount, hasOnes: method.intercept)
    units = ColumnUnits(sampling: rows, centered: method.intercept)
  }

  /// Relative precision of the data.
  private var epsilon: Double { Double(Scalar.ulpOfOne) }

  /// Condition numbers up to which cross-products answer by themselves, and with corrections: standard errors come from the
  /// same factor, and keep 16 − 2 log₁₀ κ digits.
  private static var plainCondition: Double { 100 }
  private static var refinedCondition: Double { 3000 }

  mutating func fit() throws(Obstacle) -> LeastSquaresFit {
    if wantsExtended { return try extended() }
    switch method.solver {
    case .automatic where isReducedByPenaltyOrNorm: return try fromRows()
    case .automatic, .cholesky, .refinedCholesky: return try fromCrossProducts()
    case .qr, .svd: return try fromRows()
    }
  }

  private var isReducedByPenaltyOrNorm: Bool { method.ridgePenalty > 0 || method.redundancy == .minimumNorm }

  /// Whether residuals are formed in double-double: at most some four million products in double-double are ten
  /// milliseconds.
  private var wantsExtended: Bool {
    guard !isReducedByPenaltyOrNorm, method.solver != .svd else { return false }
    let q = Double(layout.order)
    switch method.precision {
    case .double: return false
    case .extended: return true
    case .automatic: return method.solver == .automatic && Double(rows.rowCount) * q * (q / 2 + 6) < 4e6
    }
  }

  // MARK: Rungs

  private mutating func fromCrossProducts() throws(Obstacle) -> LeastSquaresFit {
    let forced = method.solver != .automatic
    let n = rows.rowCount
    guard n > layout.order, let problem = ReducedProblem(try crossProducts(), epsilon: epsilon),
      var solution = SolvedProblem(problem, origin: .crossProducts), solution.conditionNumber < 1e7
    else { return try fromRows(because: "the cross-products have no accurate Cholesky factor") }
    let condition = solution.conditionNumber
    let clear = problem.leftovers.allSatisfy { $0 > 1e-5 }
    let text = "condition number \(formatted(condition, significantDigits: 3))"
    let refines =
      method.solver == .refinedCholesky || method.solver == .automatic && (condition > Self.plainCondition || !clear)
    if !forced && condition > Self.refinedCondition { return try fromRows(because: text) }
    if refines {
      // Corrections shrink by κ² ε.
      guard condition < 1e6, refine(&solution) else { return try fromRows(because: "\(text), and corrections did not shrink") }
    } else if method.measuresResidual {
      measure(&solution)
    }
    return try result(
      solution, refines ? .refinedCholesky : .cholesky,
      clear || condition > Self.plainCondition ? text : "\(text), and little is left of y")
  }

  private mutating func fromRows(because reason: String? = nil) throws(Obstacle) -> LeastSquaresFit {
    let problem = ReducedProblem(try triangularFactor(), epsilon: epsilon)
    if method.ridgePenalty > 0 {
      return try result(SolvedProblem(ridge: problem, method.ridgePenalty), .ridge, "a ridge penalty")
    }
    var solution = try solved(problem)
    let reason =
      reason
      ?? (method.solver == .automatic
        ? "the method asks for it" : "asked for")
    if solution.isLeastNorm { return try result(solution, .svd, reason) }
    if method.measuresResidual { measure(&solution) }
    return try result(solution, method.solver == .svd ? .svd : .qr, reason)
  }

  private mutating func extended() throws(Obstacle) -> LeastSquaresFit {
    let factor = try triangularFactor()
    var solution = try solved(ReducedProblem(factor, epsilon: epsilon))
    let small = method.precision == .automatic
    if solution.refineExtended(rows, factor, passes: &passes) {
      return try result(solution, .extended, small ? "the data are small" : "asked for")
    }
    if method.measuresResidual { measure(&solution) }
    return try result(solution, .qr, "corrections in double-double did not shrink")
  }

  // MARK: Parts

  private func solved(_ problem: ReducedProblem) throws(Obstacle) -> SolvedProblem {
    do throws(DataError) {
      return try SolvedProblem(
        problem, method.redundancy, leastNorm: method.solver == .svd || method.redundancy == .minimumNorm)
    } catch {
      throw Obstacle(dataError: error)
    }
  }

  private func result(
    _ solution: SolvedProblem, _ solver: Certificate.Solver, _ reason: String
  ) throws(Obstacle) -> LeastSquaresFit {
    do throws(DataError) {
      return try solution.fit(solver: solver, reason: reason, passes: passes)
    } catch {
      throw Obstacle(dataError: error)
    }
  }

  /// Reads the residuals once, for the certificate.
  private mutating func measure(_ solution: inout SolvedProblem) {
    passes += 1
    solution.note(ResidualSums.of(rows, layout, units, solution.unitCoefficients(layout)))
  }

  /// Corrects the solution from its residuals until that stops improving; false where it does not improve it to begin with.
  private mutating func refine(_ solution: inout SolvedProblem) -> Bool {
    measure(&solution)
    for step in 1...4 {
      var next = solution
      next.correct()
      measure(&next)
      let (before, after) = (solution.correctionSize, next.correctionSize)
      guard after < before else { return step > 1 || before < 1e-12 }
      solution = next
      if after > before / 4 || after < 1e-15 { return true }
    }
    return true
  }

  private mutating func crossProducts() throws(Obstacle) -> CrossProducts<Scalar> {
    while true {
      passes += 1
      let products = CrossProducts.of(rows, layout, units)
      let first = layout.firstFeature
      if try isUsable(products.counts, (0..<units.shifts.count).map { products[first + $0, first + $0].squareRoot() }) {
        return products
      }
    }
  }

  private mutating func triangularFactor() throws(Obstacle) -> TriangularFactor<Scalar> {
    while true {
      passes += 1
      let factor = TriangularFactor.of(rows, layout, units)
      if try isUsable(factor.counts, factor.columnNorms) { return factor }
    }
  }

  /// Whether what came out can be used. If a column came out too large or too small, its units are measured, once, and the
  /// pass has to be made again.
  private mutating func isUsable(_ counts: RowCounts, _ norms: [Double]) throws(Obstacle) -> Bool {
    if counts.observations == 0 { throw Obstacle(dataError: .noWeight) }
    guard counts.weightSum.isFinite else { throw Obstacle(dataError: .overflow(.weights, column: 0)) }
    let size = counts.weightSum.squareRoot()
    let isFine = norms.allSatisfy { $0.isFinite && $0 > 1e-100 * size && $0 < 1e100 * size }
    if isFine { return true }
    if unitsAreMeasured {
      guard let column = norms.firstIndex(where: { !$0.isFinite }) else { return true }  // constant columns
      throw Obstacle(dataError: .overflow(column: column, features: layout.features))
    }
    passes += 1
    unitsAreMeasured = true
    let old = units
    units = ColumnUnits(measuring: rows, centered: method.intercept)
    return units == old && norms.allSatisfy(\.isFinite)
  }
}

extension TriangularFactor {
  /// Norm of each column of [X y], in units.
  var columnNorms: [Double] {
    triangle.withUnsafeColumns { r in
      (layout.firstFeature..<layout.order).map { nrm2(Array(r[$0 * layout.order...$0 * layout.order + $0])) }
    }
  }
}

extension DataError {
  /// A column of [X y] that overflows.
  static func overflow(column: Int, features: Int) -> DataError {
    column < features ? .overflow(.features, column: column) : .overflow(.targets, column: column - features)
  }
}
