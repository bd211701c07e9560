/// What a LAPACK routine finds wrong with the data it is given.
///
/// Shapes that do not fit are a programmer's error and stop the program instead.
public enum LAPACKError: Error, Equatable, Sendable, CustomStringConvertible {
  /// An argument holds NaN or an infinity at this position, counted from 0. LAPACK itself may not notice.
  case nonFinite(argument: String, row: Int, column: Int)

  /// Elements (row, column) and (column, row) of a matrix that has to be symmetric differ.
  case notSymmetric(row: Int, column: Int)

  /// The leading minor of this order is not positive definite; there is no Cholesky factor. (`potrf`)
  case notPositiveDefinite(order: Int)

  /// Diagonal element `index`, from 0, of the triangular factor is exactly zero: the matrix is not of full rank.
  /// (`gels`, `getrf`, `sytrf`, `trtri`, `trtrs`)
  case singular(index: Int)

  /// The reciprocal condition number is below ε: the matrix is singular to working precision.
  /// (`gecon`, `pocon`, `trcon`)
  case illConditioned(reciprocalCondition: Double)

  /// The iteration for singular values or eigenvalues did not converge; this many elements did not reach zero.
  /// (`gelsd`, `gesdd`, `syevd`, `geev`)
  case noConvergence(remaining: Int)

  /// The result is larger than the type can hold.
  case overflow(result: String)

  /// One line: what was found, and what to do.
  public var description: String {
    switch self {
    case .nonFinite(let argument, let row, let column):
      "\(argument) is not finite in row \(row), column \(column) (from 0); remove or replace the value"
    case .notSymmetric(let row, let column):
      "the matrix is not symmetric: elements (\(row), \(column)) and (\(column), \(row)) differ; "
        + "name the triangle to be read, or use LU"
    case .notPositiveDefinite(let order):
      "the leading minor of order \(order) is not positive definite; "
        + "for a cross-product, a column depends on those before it"
    case .singular(let index):
      "the matrix has not full rank (diagonal element \(index) of its factor is zero); use gelsy or gelsd"
    case .illConditioned(let reciprocal):
      "the matrix is singular to working precision (reciprocal condition number "
        + "\(formatted(reciprocal, significantDigits: 2))); "
        + "use gelsd or the pseudoinverse, or LU to go on regardless"
    case .noConvergence(let remaining):
      "the iteration for singular values or eigenvalues did not converge (\(remaining) elements left); "
        + "scale the columns or use gelsy"
    case .overflow(let result):
      "\(result) overflows; scale the matrix or use Double"
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
  var work: [Scalar] = zeros(max(1, Int(size.nextUp.rounded(.up))))
  return work.withUnsafeMutableBufferPointer { positiveInfo(routine, call($0.baseAddress!, $0.count)) }
}

/// The same for a routine that also asks for a workspace of integers.
func withWorkspaces<Scalar: BLASScalar>(
  _ routine: StaticString,
  _ call: (
    _ work: UnsafeMutablePointer<Scalar>, _ lwork: Int, _ iwork: UnsafeMutablePointer<Int32>, _ liwork: Int
  ) -> Int32
) -> Int {
  var size: Scalar = 0, integerCount: Int32 = 0
  _ = positiveInfo(routine, call(&size, -1, &integerCount, -1))
  var integers = [Int32](repeating: 0, count: max(1, Int(integerCount)))
  return integers.withUnsafeMutableBufferPointer { integers in
    withWorkspace(routine) { work, lwork in call(work, lwork, integers.baseAddress!, integers.count) }
  }
}
