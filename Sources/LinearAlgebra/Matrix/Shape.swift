/// Number of rows and columns, printed as "3 × 2".
public struct Shape: Equatable, Hashable, Sendable, CustomStringConvertible {
  /// Number of rows.
  public var rows: Int
  /// Number of columns.
  public var columns: Int

  /// Creates a shape.
  @inlinable
  public init(_ rows: Int, _ columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  /// "rows × columns"
  public var description: String { "\(rows) × \(columns)" }

  /// The shape of the transpose.
  public var transposed: Shape { Shape(columns, rows) }

  /// The shape of op(A) for an A of this shape.
  @inlinable
  func applying(_ transpose: Transpose) -> Shape { transpose == .none ? self : Shape(columns, rows) }
}
