internal import LinearAlgebra

/// A fit from a factor, corrected by residuals in double-double from rows that are read again: the rung
/// ``Certificate/Solver/extended``.
///
/// ```swift
/// var fit = try ExtendedFit(factor, method, low: (X: true, y: false))
/// let passes = try fit.refine { plan in try sums(plan) }
/// try fit.fit(because: "asked for", passes: 1 + passes)
/// ```
package struct ExtendedFit {
  private let factor: LeastSquares.Factor
  private let data: DataPrecision

  /// The solution so far.
  var solution: Solution

  /// Whether corrections have shrunk to nothing.
  private(set) var isRefined = false

  /// Solves what the rows were reduced to.
  ///
  /// - Throws: ``DataError``: redundant features if the method refuses them.
  init(_ factor: LeastSquares.Factor, _ method: LeastSquares, _ data: DataPrecision) throws(DataError) {
    (self.factor, self.data) = (factor, data)
    solution = try method.solved(Problem(factor, data: data))
  }

  /// Solves what rows in blocks were reduced to, all features and targets of a factor.
  ///
  /// - Parameters:
  ///   - factor: of rows in one group.
  ///   - method: its intercept says whether there is one.
  ///   - low: whether the features, and whether the targets are known to more digits than Doubles have.
  /// - Throws: ``DataError``: no rows, a setting that is not allowed, overflow, redundant features if the method
  ///   refuses them.
  /// - Complexity: O((p + k)³)
  package init(
    _ factor: LeastSquares.Factor, _ method: LeastSquares, low: (X: Bool, y: Bool)
  ) throws(DataError) {
    try method.checkSettings()
    let (p, k) = (factor.features, factor.targets)
    let selected = try factor.selecting(Array(0..<p), Array(p..<p + k), method)
    let data = DataPrecision(
      features: Array(repeating: selected.epsilon, count: p),
      isExtended: Array(repeating: low.X, count: p) + Array(repeating: low.y, count: k),
      roundings: selected.roundings)
    try self.init(selected, method, data)
  }

  /// Corrects the solution until that changes nothing, or corrections do not shrink.
  ///
  /// - Parameter pass: goes through all rows, and returns their sums under a plan.
  /// - Returns: the number of passes; 0 where corrections do not shrink.
  /// - Throws: what the passes throw.
  /// - Complexity: two to four passes, and O(p³).
  package mutating func refine<Failure>(
    _ pass: (ExtendedPlan) throws(Failure) -> ExtendedSums
  ) throws(Failure) -> Int {
    var passes = 0
    isRefined = try solution.refineExtended(factor, data, passes: &passes, pass)
    return passes
  }

  /// The fit.
  ///
  /// - Parameters:
  ///   - reason: why residuals are in double-double.
  ///   - passes: over the rows, for the certificate.
  /// - Throws: ``DataError`` where a coefficient or a sum of squares is beyond Double.
  package func fit(because reason: String, passes: Int) throws(DataError) -> LeastSquaresFit {
    try solution.fit(
      solver: isRefined ? .extended : .qr,
      reason: isRefined ? reason : "corrections in double-double did not shrink", passes: passes)
  }
}
