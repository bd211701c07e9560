internal import CRowKernels
internal import LinearAlgebra

extension Scores {
  /// Writes y − b − X w of rows.
  ///
  /// - Parameter X: the rows as Doubles.
  func writeResiduals<Scalar>(
    _ rows: Rows<Scalar>, _ X: UnsafePointer<Double>, into residuals: UnsafeMutablePointer<Double>
  ) {
    let (n, p) = (rows.rowCount, rows.featureCount)
    guard n > 0, let y = rows.y else { return }
    if let low { return writeExtendedResiduals(rows, low, into: residuals) }
    for i in 0..<n { residuals[i] = Double(y[i]) - intercept }
    if p > 0 { Double.routines.gemv(.none, n, p, -1, X, p, coefficients, 1, residuals) }
  }

  /// The same, formed in double-double: where the terms are large beside what is left of them, as of data far from zero,
  /// Doubles would leave rounding.
  ///
  /// - Parameter low: what rounding took from the coefficients.
  private func writeExtendedResiduals<Scalar>(
    _ rows: Rows<Scalar>, _ low: LinearModel, into residuals: UnsafeMutablePointer<Double>
  ) {
    let (n, p) = (rows.rowCount, rows.featureCount)
    var rests: [Double] = zeros(n), high: [Double] = zeros(n), rest: [Double] = zeros(n)
    RowKernel.standardizeExtended(
      rows.y.unsafelyUnwrapped, low: rows.lowY, stride: 1, count: n, shift: intercept, scale: 1,
      intoHigh: residuals, low: &rests)
    for j in 0..<p where coefficients[j] != 0 {
      RowKernel.standardizeExtended(
        rows.X.unsafelyUnwrapped + j, low: rows.lowX.map { $0 + j }, stride: p, count: n, shift: 0, scale: 1,
        intoHigh: &high, low: &rest)
      dd_axpy(n, -coefficients[j], -low.coefficients[j], high, rest, residuals, &rests)
    }
    for i in 0..<n { residuals[i] += rests[i] - low.intercept }
  }
}
