/// A dense matrix of `Float` or `Double`, stored row by row.
///
/// A row is an observation, so a minibatch is a block of consecutive rows and costs no copy. A matrix is a value:
/// copies share storage until one of them is changed.
///
/// ```swift
/// let X: Matrix<Double> = [[1, 2], [3, 4], [5, 6]]
/// X[2, 0]           // 5
/// X[row: 1]         // [3, 4]
/// X[column: 1]      // [2, 4, 6]
/// X[rows: 0..<2]    // the first two rows, not copied
/// X.transposed()    // 2 × 3
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
    require(rows >= 0 && columns >= 0, "a matrix cannot have the shape \(rows) × \(columns)")
    require(
      elements.count == rows * columns,
      "a \(rows) × \(columns) matrix has \(rows * columns) elements, not \(elements.count)")
    rowCount = rows
    columnCount = columns
    storage = elements
  }

  /// Creates a matrix whose elements all have the same value.
  @inlinable
  public init(rows: Int, columns: Int, repeating value: Scalar) {
    require(rows >= 0 && columns >= 0, "a matrix cannot have the shape \(rows) × \(columns)")
    self.init(rows: rows, columns: columns, elements: Array(repeating: value, count: rows * columns))
  }

  /// Creates a matrix of zeros.
  @inlinable
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public static func zeros(_ rows: Int, _ columns: Int) -> Matrix {
    Matrix(rows: rows, columns: columns, repeating: 0)
  }

  /// Creates the identity matrix of order `n`: ones on the diagonal, zeros elsewhere.
  public static func identity(_ n: Int) -> Matrix {
    var matrix = zeros(n, n)
    for i in 0..<n { matrix[i, i] = 1 }
    return matrix
  }

  /// Creates a matrix from rows of equal length.
  /// - Precondition: every row has as many elements as the first.
  public init(_ rows: [[Scalar]]) {
    let columns = rows.first?.count ?? 0
    for (index, row) in rows.enumerated() {
      require(
        row.count == columns,
        "row \(index) has \(row.count) elements, row 0 has \(columns): the rows of a matrix are equally long")
    }
    self.init(rows: rows.count, columns: columns, elements: Array(rows.joined()))
  }

  /// Creates an n × 1 matrix from the n elements of a column.
  @inlinable
  public init(column: [Scalar]) {
    self.init(rows: column.count, columns: 1, elements: column)
  }

  /// Creates a 1 × n matrix from the n elements of a row.
  @inlinable
  public init(row: [Scalar]) {
    self.init(rows: 1, columns: row.count, elements: row)
  }

  /// Creates a matrix with each element computed from its row and column.
  @inlinable
  public init(rows: Int, columns: Int, _ element: (_ row: Int, _ column: Int) throws -> Scalar) rethrows {
    require(rows >= 0 && columns >= 0, "a matrix cannot have the shape \(rows) × \(columns)")
    var elements: [Scalar] = []
    elements.reserveCapacity(rows * columns)
    for i in 0..<rows {
      for j in 0..<columns { elements.append(try element(i, j)) }
    }
    self.init(rows: rows, columns: columns, elements: elements)
  }

  /// Creates a matrix of the same shape from one of another scalar type; each element is rounded to the nearest
  /// value of the new type.
  public init<Source: BLASScalar>(_ other: some RowMajor<Source>) {
    self = .zeros(other.rowCount, other.columnCount)
    other.withUnsafeElements { source in
      withUnsafeMutableElements { convert(source, into: $0) }
    }
  }

  /// Creates a matrix from a block of rows, copying them.
  @inlinable
  public init(_ block: RowBlock<Scalar>) {
    self = block.withUnsafeElements { source in
      Matrix(rows: block.rowCount, columns: block.columnCount, elements: Array(source))
    }
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

extension Matrix: ExpressibleByArrayLiteral {
  /// Creates a matrix from rows written out: `[[1, 2], [3, 4]]`.
  public init(arrayLiteral rows: [Scalar]...) {
    self.init(rows)
  }
}

extension Matrix {
  /// Row `i`, copied.
  @inlinable
  public subscript(row i: Int) -> [Scalar] {
    require(i >= 0 && i < rowCount, "row \(i) is outside a \(shape) matrix; rows count from 0")
    return Array(storage[i * columnCount..<(i + 1) * columnCount])
  }

  /// Column `j`, copied.
  @inlinable
  public subscript(column j: Int) -> [Scalar] {
    require(j >= 0 && j < columnCount, "column \(j) is outside a \(shape) matrix; columns count from 0")
    return (0..<rowCount).map { storage[$0 * columnCount + j] }
  }

  /// Consecutive rows, without copying.
  public subscript(rows range: Range<Int>) -> RowBlock<Scalar> {
    RowBlock(of: self, range: range)
  }

  /// The transpose: element (i, j) is this matrix's element (j, i).
  /// - Complexity: O(rowCount · columnCount), tile by tile.
  public func transposed() -> Matrix {
    Matrix(
      rows: columnCount, columns: rowCount,
      elements: columnMajorElements(of: self, leadingDimension: rowCount))
  }
}

@specialized(where Source == Float, Target == Float)
@specialized(where Source == Float, Target == Double)
@specialized(where Source == Double, Target == Float)
@specialized(where Source == Double, Target == Double)
private func convert<Source: BLASScalar, Target: BLASScalar>(
  _ source: UnsafeBufferPointer<Source>, into target: UnsafeMutableBufferPointer<Target>
) {
  precondition(source.count == target.count)
  for i in source.indices { target[i] = Target(source[i]) }
}
