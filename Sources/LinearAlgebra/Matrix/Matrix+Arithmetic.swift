// Element by element. The matrix product is `gemm`.

extension Matrix {
  /// Σ over all elements, added up in Double and rounded once.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func sum() -> Scalar {
    Scalar(storage.reduce(0.0) { $0 + Double($1) })
  }

  /// A matrix of the same shape with `transform` applied to each element.
  @inlinable
  public func map(_ transform: (Scalar) throws -> Scalar) rethrows -> Matrix {
    Matrix(rows: rowCount, columns: columnCount, elements: try storage.map(transform))
  }

  /// A + B, element by element.
  /// - Precondition: both have the same shape.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public static func + (a: Matrix, b: Matrix) -> Matrix { combine(a, b, "+") { $0 + $1 } }

  /// A − B, element by element.
  /// - Precondition: both have the same shape.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public static func - (a: Matrix, b: Matrix) -> Matrix { combine(a, b, "-") { $0 - $1 } }

  /// α A, element by element.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public static func * (alpha: Scalar, a: Matrix) -> Matrix { a.map { alpha * $0 } }

  @inlinable
  package static func combine(
    _ a: Matrix, _ b: Matrix, _ operation: String, _ element: (Scalar, Scalar) -> Scalar
  ) -> Matrix {
    require(a.shape == b.shape, "\(operation): the shapes differ, \(a.shape) and \(b.shape)")
    return Matrix(
      rows: a.rowCount, columns: a.columnCount,
      elements: a.storage.indices.map { element(a.storage[$0], b.storage[$0]) })
  }
}
