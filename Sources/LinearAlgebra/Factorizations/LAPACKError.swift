/// What a LAPACK routine finds wrong with the data it is given.
///
/// Shapes that do not fit are a programmer's error and stop the program instead.
public enum LAPACKError: Error, Equatable, Sendable, CustomStringConvertible {
  /// An argument holds NaN or an infinity at this position, counted from 0. LAPACK itself may not notice.
  case nonFinite(argument: String, row: Int, column: Int)

  /// The leading minor of this order is not positive definite; there is no Cholesky factor. (`potrf`)
  case notPositiveDefinite(order: Int)

  /// Diagonal element `index`, from 0, of the triangular factor is exactly zero: the matrix is not of full rank.
  /// (`gels`, `trtri`, `trtrs`)
  case singular(index: Int)

  /// The singular value decomposition did not converge; this many off-diagonal elements did not reach zero.
  /// (`gelsd`, `gesdd`)
  case noConvergence(remaining: Int)

  /// One line: what was found, and what to do.
  public var description: String {
    switch self {
    case .nonFinite(let argument, let row, let column):
      "\(argument) is not finite in row \(row), column \(column) (from 0); remove or replace the value"
    case .notPositiveDefinite(let order):
      "the leading minor of order \(order) is not positive definite; for a cross-product, a column depends on those before it"
    case .singular(let index):
      "the matrix has not full rank (diagonal element \(index) of its factor is zero); use gelsy or gelsd"
    case .noConvergence(let remaining):
      "the singular value decomposition did not converge (\(remaining) elements left); scale the columns or use gelsy"
    }
  }
}

/// Passes a routine's `info` on where it depends on the data. A negative one means that we called it wrongly.
@discardableResult
package func positiveInfo(_ routine: StaticString, _ info: Int32) -> Int {
  require(
    info >= 0, "\(routine): argument \(-Int(info)) is illegal; this is a bug in swift-linear-regression")
  return Int(info)
}

/// Throws where an argument of a LAPACK routine is not finite.
func checkFinite(_ matrix: some RowMajor, _ argument: String) throws(LAPACKError) {
  if let (row, column) = matrix.firstNonFinite() {
    throw .nonFinite(argument: argument, row: row, column: column)
  }
}

/// Calls a LAPACK routine with the workspace that it asks for.
///
/// The size comes back in a Scalar, and Float loses integers above 2²⁴: it is rounded up.
func withWorkspace<Scalar: BLASScalar>(
  _ routine: StaticString, _ call: (_ work: UnsafeMutablePointer<Scalar>, _ lwork: Int) -> Int32
) -> Int {
  var size: Scalar = 0
  _ = positiveInfo(routine, call(&size, -1))
  var work = [Scalar](repeating: 0, count: max(1, Int(size.nextUp.rounded(.up))))
  return work.withUnsafeMutableBufferPointer { positiveInfo(routine, call($0.baseAddress!, $0.count)) }
}
