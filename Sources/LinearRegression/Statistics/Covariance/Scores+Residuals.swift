internal import CRowKernels
internal import LinearAlgebra

extension Scores {
  /// y − b − X w of rows, formed in double-double: where the terms are large beside what is left of them, as of data far
  /// from zero, Doubles would leave rounding.
  ///
  /// - Parameter low: what rounding took from the coefficients.
  func extendedResiduals<Scalar>(_ rows: Rows<Scalar>, _ low: LinearModel) -> [Double] {
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
