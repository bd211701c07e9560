// LAPACK: eigenvalues of general matrices.

/// A complex number re + i im, of an eigenvalue or of an element of an eigenvector.
public struct ComplexPair<Scalar: BLASScalar>: Equatable, Hashable, Sendable, CustomStringConvertible {
  /// The real part.
  public var real: Scalar

  /// The imaginary part.
  public var imaginary: Scalar

  /// Creates re + i im.
  public init(_ real: Scalar, _ imaginary: Scalar = 0) {
    (self.real, self.imaginary) = (real, imaginary)
  }

  /// |re + i im|, without overflow where the result itself does not overflow.
  public var magnitude: Scalar { norm([real, imaginary]) }

  /// re − i im
  public var conjugate: ComplexPair { ComplexPair(real, -imaginary) }

  /// "1.0 + 2.0i"
  public var description: String {
    imaginary.sign == .minus ? "\(real) - \(-imaginary)i" : "\(real) + \(imaginary)i"
  }
}

/// A v = λ v of a square matrix: eigenvalues, real or in pairs of complex conjugates, and right eigenvectors.
///
/// A symmetric matrix has a faster and more accurate decomposition, ``SymmetricEigen``.
public struct Eigen<Scalar: BLASScalar>: Sendable {
  /// The n eigenvalues, in LAPACK's order, which is no order by size; of a pair of complex conjugates, which are
  /// neighbours, the one with the positive imaginary part comes first.
  public let values: [ComplexPair<Scalar>]

  /// Re V, n × n: column j has the real parts of the eigenvector of `values[j]`, which has the 2-norm 1 and a largest
  /// element that is real.
  public let realVectors: Matrix<Scalar>

  /// Im V, n × n: the imaginary parts.
  public let imaginaryVectors: Matrix<Scalar>

  /// Eigenvalues and right eigenvectors of a square matrix.
  ///
  /// The eigenvectors of a defective matrix are linearly dependent, or nearly so.
  ///
  /// - Parameter a: A, n × n.
  /// - Throws: ``LAPACKError/nonFinite(argument:row:column:)``, ``LAPACKError/noConvergence(remaining:)``.
  /// - Precondition: A is square.
  /// - Complexity: about 25 n³ flops, one copy. Uses `?geev`.
  @specialized(where Scalar == Float, M == Matrix<Float>)
  @specialized(where Scalar == Double, M == Matrix<Double>)
  public init<M: RowMajor<Scalar>>(factoring a: M) throws(LAPACKError) {
    let (values, vectors) = try geev(a, withVectors)
    let n = values.count
    var real = ColumnMajor<Scalar>(zeros: n, n), imaginary = real
    // The vectors of a pair are the first column plus and minus i times the second.
    for (j, value) in values.enumerated() {
      let first = value.imaginary < 0 ? j - 1 : j
      for i in 0..<n {
        real.elements[j * n + i] = vectors.elements[first * n + i]
        if value.imaginary == 0 { continue }
        let part = vectors.elements[(first + 1) * n + i]
        imaginary.elements[j * n + i] = value.imaginary > 0 ? part : -part
      }
    }
    self.values = values
    (realVectors, imaginaryVectors) = (real.rowMajor, imaginary.rowMajor)
  }

  /// The eigenvalues alone.
  ///
  /// - Parameter a: A, n × n.
  /// - Throws: ``LAPACKError/nonFinite(argument:row:column:)``, ``LAPACKError/noConvergence(remaining:)``.
  /// - Precondition: A is square.
  /// - Complexity: about 10 n³ flops, one copy. Uses `?geev`.
  public static func values(of a: some RowMajor<Scalar>) throws(LAPACKError) -> [ComplexPair<Scalar>] {
    try geev(a, noVectors).values
  }

  /// Whether every eigenvalue is real.
  public var isReal: Bool { values.allSatisfy { $0.imaginary == 0 } }

  /// The eigenvector of `values[j]`, n elements.
  public func vector(_ j: Int) -> [ComplexPair<Scalar>] {
    zip(realVectors[column: j], imaginaryVectors[column: j]).map { ComplexPair($0, $1) }
  }
}

private func geev<Scalar: BLASScalar>(
  _ a: some RowMajor<Scalar>, _ job: CChar
) throws(LAPACKError) -> (values: [ComplexPair<Scalar>], vectors: ColumnMajor<Scalar>) {
  var matrix = ColumnMajor(a), real: [Scalar], imaginary: [Scalar]
  let n = matrix.rowCount
  require(matrix.columnCount == n, "Eigen: A is \(matrix.shape), not square")
  try checkFinite(a, "A")
  var vectors = ColumnMajor<Scalar>(zeros: n, job == noVectors ? 0 : n)
  if n == 0 { return ([], vectors) }
  real = zeros(n)
  imaginary = real
  let info = withWorkspace("geev") { work, lwork in
    Scalar.routines.geev(
      job, n, &matrix.elements, n, &real, &imaginary, &vectors.elements, n, work, lwork)
  }
  if info > 0 { throw .noConvergence(remaining: info) }
  if !(real + imaginary).allSatisfy(\.isFinite) { throw .overflow(result: "an eigenvalue") }
  return (zip(real, imaginary).map { ComplexPair($0, $1) }, vectors)
}
