public import LinearAlgebra

extension LeastSquares {
  /// The fits of many ridge penalties, from one pass over the rows and one singular value decomposition.
  ///
  /// - Parameters:
  ///   - penalties: λ of each fit; see ``ridgePenalty``. Zero is the fit of least norm.
  ///   - X: n × p.
  ///   - y: n × k.
  ///   - weights: n weights; nil for 1.
  /// - Returns: one fit per penalty.
  /// - Throws: ``DataError``: no rows, shapes that do not fit, a value that is not finite, weights that are all zero, a
  ///   penalty that is negative or not finite, a coefficient beyond Double.
  /// - Complexity: 2 n (p + k)² flops on all cores, O((p + k)³), and O(p² k) for each penalty.
  public func ridgePath<M: RowMajor>(
    _ penalties: [Double], _ X: M, _ y: Matrix<M.Scalar>, weights: [M.Scalar]? = nil
  ) throws(DataError) -> [LeastSquaresFit] {
    try Self.check(penalties, "ridgePath")
    try DataError.checkRows(X, y, weights, "ridgePath")
    var factor = Factor(
      features: X.columnCount, targets: y.columnCount, grouping: intercept ? .one : .none)
    try factor.add(X, y, weights: weights)
    if factor.isEmpty, X.rowCount > 0 { throw .noWeight }
    return try factor.ridgePath(penalties, self)
  }

  /// The fits of many ridge penalties to one target given flat.
  ///
  /// - Throws: ``DataError``, as ``ridgePath(_:_:_:weights:)``.
  public func ridgePath<M: RowMajor>(
    _ penalties: [Double], _ X: M, _ y: [M.Scalar], weights: [M.Scalar]? = nil
  ) throws(DataError) -> [LeastSquaresFit] {
    try ridgePath(penalties, X, Matrix(column: y), weights: weights)
  }
}
