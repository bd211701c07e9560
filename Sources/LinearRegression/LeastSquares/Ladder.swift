internal import LinearAlgebra

/// The rungs of an exact fit, from the cheapest to the most careful. Each is checked before it answers.
struct Ladder<Scalar: BLASScalar> {
  private let method: LeastSquares
  private let rows: Observations<Scalar>
  private let layout: DesignLayout
  private var units: ColumnUnits
  private var passes = 0

  init(method: LeastSquares, rows: Observations<Scalar>) {
    self.method = method
    self.rows = rows
    layout = DesignLayout(features: rows.featureCount, targets: rows.targetCount, hasOnes: method.intercept)
    units = ColumnUnits(sampling: rows, centered: method.intercept)
    let sample = rows.sample()
    precisions = (0..<rows.featureCount).map {
      rows.areIntegers($0, in: sample) ? Double.ulpOfOne : Double(Scalar.ulpOfOne)
    }
  }

  /// Relative precision of each feature's values: that of their type, but integers are exact in any type.
  private let precisions: [Double]

  /// Condition numbers up to which cross-products answer by themselves, and with corrections: standard errors come from
  /// the same factor, and keep 16 − 2 log₁₀ κ digits.
  private static var plainCondition: Double { 100 }
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

  // MARK: Rungs

  private mutating func fromCrossProducts() throws(DataError) -> LeastSquaresFit {
    let forced = method.solver != .automatic
    guard let problem = ReducedProblem(try crossProducts(), precisions: precisions),
      var solution = SolvedProblem(problem, origin: .crossProducts(rows: rows.rowCount)),
      solution.conditionNumber < 1e7
    else { return try fromRows(because: "the cross-products have no accurate Cholesky factor") }
    let condition = solution.conditionNumber
    let clear = problem.leftovers.allSatisfy { $0 > 1e-5 }
    let text = "condition number \(formatted(condition, significantDigits: 3))"
    if !forced && condition > Self.refinedCondition { return try fromRows(because: text) }
    let needsCorrection = condition > Self.plainCondition || !clear
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
      reason: clear || condition > Self.plainCondition ? text : "\(text), and little is left of y",
      passes: passes)
  }

  private mutating func fromRows(because reason: String) throws(DataError) -> LeastSquaresFit {
    let problem = ReducedProblem(try triangularFactor(), precisions: precisions)
    var solution = try method.solved(problem)
    if method.measuresResidual { measure(&solution) }
    return try solution.fit(solver: method.rung(of: solution), reason: reason, passes: passes)
  }

  private mutating func extended(because reason: String) throws(DataError) -> LeastSquaresFit {
    let factor = try triangularFactor()
    var solution = try method.solved(ReducedProblem(factor, precisions: precisions))
    if solution.refineExtended(rows, factor, passes: &passes) {
      return try solution.fit(solver: .extended, reason: reason, passes: passes)
    }
    if method.measuresResidual { measure(&solution) }
    return try solution.fit(
      solver: .qr, reason: "corrections in double-double did not shrink", passes: passes)
  }

  // MARK: Parts

  /// Reads the residuals once, for the certificate.
  private mutating func measure(_ solution: inout SolvedProblem) {
    guard solution.isLeastSquares else { return }
    passes += 1
    solution.note(ResidualSums.of(rows, layout, units, solution.unitCoefficients(layout)))
  }

  /// Corrects the solution from its residuals; false where that does not improve it.
  ///
  /// A correction leaves a share κ² ε of the error: one is enough unless the condition number is large.
  private mutating func refine(_ solution: inout SolvedProblem) -> Bool {
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

  private mutating func crossProducts() throws(DataError) -> CrossProducts<Scalar> {
    try units.inSoundUnits(rows, layout, passes: &passes) { units in
      let products = CrossProducts.of(rows, layout, units)
      return (products, products.columnSizes)
    }
  }

  private mutating func triangularFactor() throws(DataError) -> TriangularFactor<Scalar> {
    try units.inSoundUnits(rows, layout, passes: &passes) { units in
      let factor = TriangularFactor.of(rows, layout, units)
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

  /// Products in double-double that extended precision takes: B = [1 X] R⁻¹ once, residuals and gradients about three
  /// times.
  package func extendedProducts(rows: Int, features: Int, targets: Int) -> Double {
    let q = Double(features + targets + (intercept ? 1 : 0))
    return Double(rows) * q * (q / 2 + 6)
  }

  /// Solves what rows were reduced to.
  func solved(_ problem: ReducedProblem) throws(DataError) -> SolvedProblem {
    if ridgePenalty > 0 { return SolvedProblem(ridge: problem, ridgePenalty) }
    return try SolvedProblem(problem, redundancy, leastNorm: solver == .svd || redundancy == .minimumNorm)
  }

  /// The rung that a solution from a triangular factor stands on.
  func rung(of solution: SolvedProblem) -> Certificate.Solver {
    ridgePenalty > 0 ? .ridge : solution.isLeastNorm || solver == .svd ? .svd : .qr
  }
}

/// What came out of a pass, as far as it tells whether the units were sound.
struct ColumnSizes {
  let counts: RowCounts

  /// Norm of each column of [X y], in units.
  let norms: [Double]

  /// Mean of each column, in units; zeros without an intercept.
  let offsets: [Double]

  /// Whether no column is too large, too small, or too far from its shift for its sums to keep their digits.
  func isSound(_ j: Int) -> Bool {
    let size = counts.weightSum.squareRoot(), norm = norms[j]
    guard norm.isFinite, norm < 1e100 * size else { return false }
    // Zeros are those of a column that is constant at its shift.
    if norm == 0 { return true }
    let spread = (norm * norm - offsets[j] * offsets[j] * size * size).squareRoot()
    return norm > 1e-100 * size && !(abs(offsets[j]) * size > 8 * spread)
  }
}

extension ColumnUnits {
  /// Reduces rows in these units and, where a column then comes out too large, too small or too far from its shift,
  /// once more in units that fit what was seen.
  ///
  /// - Parameter reduce: what came out, and the sizes of the columns of [X y].
  mutating func inSoundUnits<Scalar, Result>(
    _ rows: Observations<Scalar>, _ layout: DesignLayout, passes: inout Int,
    _ reduce: (ColumnUnits) -> (Result, ColumnSizes)
  ) throws(DataError) -> Result {
    for turn in 1...3 {
      passes += 1
      let (result, sizes) = reduce(self)
      if sizes.counts.observations == 0 { throw .noWeight }
      // A negative weight has no logarithm, and no column need show it.
      guard sizes.counts.weightSum.isFinite, !sizes.counts.logWeightSum.isNaN else {
        throw .overflow(.weights, column: 0)
      }
      let unsound = shifts.indices.filter { !sizes.isSound($0) }
      if unsound.isEmpty { return result }
      let overflow = sizes.norms.firstIndex { !$0.isFinite }
      if turn == 3 {
        if let overflow { throw .overflow(column: overflow, features: layout.features) }
        return result
      }
      let old = self
      if turn == 1 && overflow == nil && sizes.norms.indices.allSatisfy({ sizes.hasUsefulMean($0) }) {
        // Sums are good enough to tell where the middle is.
        for j in unsound {
          fit(j, mean: shifts[j] + sizes.offsets[j] / scales[j], spread: sizes.spread(j) / scales[j])
        }
      } else {
        passes += 1
        let measured = ColumnUnits(measuring: rows, centered: layout.hasOnes)
        for j in unsound {
          shifts[j] = measured.shifts[j]
          scales[j] = measured.scales[j]
        }
      }
      if self == old && overflow == nil { return result }
    }
    fatalError("unreachable: the last turn returns or throws")
  }
}

extension ColumnSizes {
  /// Whether the sums of a column are of a size that its mean can be taken from.
  fileprivate func hasUsefulMean(_ j: Int) -> Bool {
    let size = counts.weightSum.squareRoot()
    return norms[j] == 0 || norms[j] > 1e-100 * size && norms[j] < 1e100 * size
  }

  /// A bound on the standard deviation of a column, in units: what cancels is at least rounding.
  fileprivate func spread(_ j: Int) -> Double {
    let size = counts.weightSum.squareRoot(), root = norms[j] / size
    let left = max(0, root * root - offsets[j] * offsets[j]).squareRoot()
    return max(left, 1e-8 * abs(offsets[j]))
  }
}

extension CrossProducts {
  var columnSizes: ColumnSizes {
    let columns = layout.firstFeature..<layout.order
    return ColumnSizes(
      counts: counts, norms: columns.map { self[$0, $0].squareRoot() },
      offsets: columns.map { layout.hasOnes ? self[0, $0] / self[0, 0] : 0 })
  }
}

extension TriangularFactor {
  var columnSizes: ColumnSizes {
    triangle.withUnsafeColumns { r in
      let columns = layout.firstFeature..<layout.order
      return ColumnSizes(
        counts: counts, norms: columns.map { nrm2(Array(r[$0 * layout.order...$0 * layout.order + $0])) },
        offsets: columns.map { layout.hasOnes ? r[$0 * layout.order] / r[0] : 0 })
    }
  }
}

extension DataError {
  /// A column of [X y] that overflows.
  static func overflow(column: Int, features: Int) -> DataError {
    column < features ? .overflow(.features, column: column) : .overflow(.targets, column: column - features)
  }
}
