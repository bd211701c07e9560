/// The sum element by element, of arrays, for which `+` joins them: `x .+ y`.
infix operator .+ : AdditionPrecedence
/// The difference element by element, of arrays.
infix operator .- : AdditionPrecedence

// Vectors are arrays. `+` joins arrays in Swift, so that what works element by element has a point, as for matrices.
//
// Complexity of all of them: O(n), one allocation.

extension Array where Element: BLASScalar {
  /// x + y, element by element.
  /// - Precondition: both are equally long.
  public static func .+ (x: [Element], y: [Element]) -> [Element] { combined(.add, x, y, ".+") }

  /// x − y, element by element.
  /// - Precondition: both are equally long.
  public static func .- (x: [Element], y: [Element]) -> [Element] { combined(.subtract, x, y, ".-") }

  /// The products xᵢ yᵢ. For their sum see ``dot(_:_:)``.
  /// - Precondition: both are equally long.
  public static func .* (x: [Element], y: [Element]) -> [Element] { combined(.multiply, x, y, ".*") }

  /// The quotients xᵢ / yᵢ.
  /// - Precondition: both are equally long.
  public static func ./ (x: [Element], y: [Element]) -> [Element] { combined(.divide, x, y, "./") }

  /// α x
  public static func * (alpha: Element, x: [Element]) -> [Element] {
    Matrix(row: x).combined(.multiply, scalar: alpha).storage
  }

  /// x α
  public static func * (x: [Element], alpha: Element) -> [Element] { alpha * x }

  /// x / α
  public static func / (x: [Element], alpha: Element) -> [Element] {
    Matrix(row: x).combined(.divide, scalar: alpha).storage
  }

  /// −x
  public static prefix func - (x: [Element]) -> [Element] { -1 * x }

  /// xᵀ A as an array, the product of a row and a matrix.
  ///
  /// - Parameters:
  ///   - x: m elements.
  ///   - a: A, m × n.
  /// - Returns: n elements; zeros where m = 0.
  /// - Precondition: x has as many elements as A has rows.
  /// - Complexity: 2 m n flops, one allocation. Uses `?gemv`.
  public static func * <A: RowMajor<Element>>(x: [Element], a: A) -> [Element] {
    require(a.rowCount == x.count, "*: x has \(x.count) elements but A is \(a.shape)")
    return gemv(a, x, transpose: .transpose)
  }

  /// Not there, since `+` of arrays joins them: the difference element by element is `.-`.
  @available(*, unavailable, message: "write .- for the difference element by element")
  public static func - (x: [Element], y: [Element]) -> [Element] { x .- y }

  private static func combined(
    _ operation: ElementOperation, _ x: [Element], _ y: [Element], _ name: StaticString
  ) -> [Element] {
    require(x.count == y.count, "\(name): x has \(x.count) elements, y has \(y.count)")
    return Matrix(row: x).combined(operation, Matrix(row: y), name).storage
  }
}
