/// The product element by element, as of `SIMD` types' other point-wise operators: `a .* b`.
infix operator .* : MultiplicationPrecedence
/// The quotient element by element.
infix operator ./ : MultiplicationPrecedence
/// Multiplies element by element.
infix operator .*= : AssignmentPrecedence
/// Divides element by element.
infix operator ./= : AssignmentPrecedence

// Element by element; A * B, the matrix product, is in Products.swift.
//
// Blocks of rows are copied to be operands; those of A * B are not.
//
// Complexity of all of them: O(rowCount · columnCount), at the speed of memory. One allocation; none
// where they assign.

extension Matrix {
  /// A + B, element by element.
  /// - Precondition: both have the same shape.
  public static func + (a: Matrix, b: Matrix) -> Matrix { a.combined(.add, b, "+") }

  /// A − B, element by element.
  /// - Precondition: both have the same shape.
  public static func - (a: Matrix, b: Matrix) -> Matrix { a.combined(.subtract, b, "-") }

  /// A ∘ B, the product element by element, also called Hadamard product.
  /// - Precondition: both have the same shape.
  public static func .* (a: Matrix, b: Matrix) -> Matrix {
    a.combined(.multiply, b, ".*")
  }

  /// The quotient element by element.
  /// - Precondition: both have the same shape.
  public static func ./ (a: Matrix, b: Matrix) -> Matrix { a.combined(.divide, b, "./") }

  /// −A
  public static prefix func - (a: Matrix) -> Matrix { a.combined(.multiply, scalar: -1) }

  /// A with β added to each element.
  public static func + (a: Matrix, beta: Scalar) -> Matrix { a.combined(.add, scalar: beta) }

  /// A with β subtracted from each element.
  public static func - (a: Matrix, beta: Scalar) -> Matrix { a.combined(.subtract, scalar: beta) }

  /// A β
  public static func * (a: Matrix, beta: Scalar) -> Matrix { a.combined(.multiply, scalar: beta) }

  /// A with each element divided by β.
  public static func / (a: Matrix, beta: Scalar) -> Matrix { a.combined(.divide, scalar: beta) }

  /// A with α added to each element.
  public static func + (alpha: Scalar, a: Matrix) -> Matrix { a.combined(scalar: alpha, .add) }

  /// α − each element of A.
  public static func - (alpha: Scalar, a: Matrix) -> Matrix { a.combined(scalar: alpha, .subtract) }

  /// α A
  public static func * (alpha: Scalar, a: Matrix) -> Matrix { a.combined(scalar: alpha, .multiply) }

  /// α divided by each element of A.
  public static func / (alpha: Scalar, a: Matrix) -> Matrix { a.combined(scalar: alpha, .divide) }

  /// A ← A + B
  /// - Precondition: both have the same shape.
  public static func += (a: inout Matrix, b: Matrix) { a.combine(.add, b, "+=") }

  /// A ← A − B
  /// - Precondition: both have the same shape.
  public static func -= (a: inout Matrix, b: Matrix) { a.combine(.subtract, b, "-=") }

  /// A ← A ∘ B, element by element.
  /// - Precondition: both have the same shape.
  public static func .*= (a: inout Matrix, b: Matrix) { a.combine(.multiply, b, ".*=") }

  /// Divides each element of A by that of B.
  /// - Precondition: both have the same shape.
  public static func ./= (a: inout Matrix, b: Matrix) { a.combine(.divide, b, "./=") }

  /// Adds β to each element.
  public static func += (a: inout Matrix, beta: Scalar) { a.combine(.add, scalar: beta) }

  /// Subtracts β from each element.
  public static func -= (a: inout Matrix, beta: Scalar) { a.combine(.subtract, scalar: beta) }

  /// A ← A β
  public static func *= (a: inout Matrix, beta: Scalar) { a.combine(.multiply, scalar: beta) }

  /// Divides each element by β.
  public static func /= (a: inout Matrix, beta: Scalar) { a.combine(.divide, scalar: beta) }

  /// A matrix of the same shape with `transform` applied to each element.
  @inlinable
  public func map(_ transform: (Scalar) throws -> Scalar) rethrows -> Matrix {
    Matrix(rows: rowCount, columns: columnCount, elements: try storage.map(transform))
  }

  /// A matrix of the same shape with `element` of each pair of elements; `operation` is named where the shapes differ.
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
