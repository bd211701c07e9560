/// A dense matrix of `Float` or `Double`, stored row by row.
///
/// A row is an observation, so a minibatch is a block of consecutive rows and costs no copy. A matrix is a value:
/// copies share storage until one of them is changed.
///
/// ```swift
/// var X: Matrix<Double> = [[1, 2], [3, 4], [5, 6]]
/// X[2, 0]                     // 5
/// X[row: 1]                   // [3, 4]
/// X[rows: 1...]               // the last two rows, not copied
/// X[rows: 0..<2, columns: 1...] += 1
/// X.transposed() * X          // 2 × 2
/// X * [1, -1]                 // three elements
/// X.columnMeans()             // two
/// ```
public struct Matrix<Scalar: BLASScalar>: RowMajor, Equatable, Sendable {
  /// Number of rows.
  public let rowCount: Int

  /// Number of columns.
  public let columnCount: Int

  /// The elements, row after row. `elements.span` is a safe view of them for other libraries.
  @inlinable
  public var elements: [Scalar] { storage }

  @usableFromInline
  var storage: [Scalar]

  /// Creates a matrix from its elements, row after row.
  /// - Precondition: there are `rows * columns` elements.
  @inlinable
  public init(rows: Int, columns: Int, elements: [Scalar]) {
    let count = elementCount(rows, columns)
    require(
      elements.count == count,
      "a \(rows) × \(columns) matrix has \(count) elements, not \(elements.count)")
    rowCount = rows
    columnCount = columns
    storage = elements
  }

  /// The element in row `i` and column `j`, both counted from 0.
  /// - Precondition: both are in bounds; each is checked by itself.
  @inlinable
  public subscript(i: Int, j: Int) -> Scalar {
    get {
      checkBounds(i, j)
      return storage[i * columnCount + j]
    }
    set {
      checkBounds(i, j)
      storage[i * columnCount + j] = newValue
    }
  }

  @inlinable
  func checkBounds(_ i: Int, _ j: Int) {
    require(
      i >= 0 && i < rowCount && j >= 0 && j < columnCount,
      "element (\(i), \(j)) is outside a \(shape) matrix; rows and columns count from 0")
  }
}
