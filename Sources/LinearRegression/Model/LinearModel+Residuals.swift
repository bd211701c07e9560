internal import CRowKernels
package import LinearAlgebra

extension LinearModel {
  /// y − b − X w of a model with one target, formed in double-double: where the terms are large beside what is left of
  /// them, as of data far from zero, Doubles would leave rounding.
  ///
  /// - Parameters:
  ///   - low: what rounding took from the coefficients.
  ///   - X: n × p.
  ///   - y: n × 1.
  ///   - lowY: what y lacks beyond Doubles; nil for nothing.
  /// - Complexity: O(n p)
  package func residuals(
    low: LinearModel, _ X: ExtendedMatrix, _ y: Matrix<Double>, lowY: Matrix<Double>?
  ) -> [Double] {
    precondition(X.high.columnCount == featureCount && y.columnCount == 1)
    return Rows.with(X.high, y, low: (X.low, lowY)) { residuals(low: low, $0) }
  }

  /// The same of rows.
  func residuals<Scalar>(low: LinearModel, _ rows: Rows<Scalar>) -> [Double] {
    let (n, p) = (rows.rowCount, rows.featureCount)
    var residuals: [Double] = zeros(n), rests: [Double] = zeros(n)
    var high: [Double] = zeros(n), rest: [Double] = zeros(n)
    guard n > 0, let y = rows.y else { return residuals }
    RowKernel.standardizeExtended(
      y, low: rows.lowY, stride: 1, count: n, shift: intercept, scale: 1, intoHigh: &residuals, low: &rests)
    for j in 0..<p where coefficients[j] != 0 {
      RowKernel.standardizeExtended(
        rows.X.unsafelyUnwrapped + j, low: rows.lowX.map { $0 + j }, stride: p, count: n, shift: 0, scale: 1,
        intoHigh: &high, low: &rest)
      dd_axpy(n, -coefficients[j], -low.coefficients[j], high, rest, &residuals, &rests)
    }
    for i in 0..<n { residuals[i] += rests[i] - low.intercept }
    return residuals
  }
}
