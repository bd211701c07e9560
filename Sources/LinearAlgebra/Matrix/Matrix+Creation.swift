extension Matrix {
  /// Creates a matrix whose elements all have the same value.
  @inlinable
  public init(rows: Int, columns: Int, repeating value: Scalar) {
    self.init(
      rows: rows, columns: columns, elements: Array(repeating: value, count: elementCount(rows, columns)))
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
    require(n >= 0, "a matrix cannot have the order \(n)")
    return Matrix(diagonal: Array(repeating: 1, count: n))
  }

  /// Creates a square matrix with these elements on the diagonal, zeros elsewhere.
  public init(diagonal: [Scalar]) {
    self = .zeros(diagonal.count, diagonal.count)
    for (i, element) in diagonal.enumerated() { storage[i * (columnCount + 1)] = element }
  }

  /// Creates a matrix from rows of equal length. For rows that may differ in length, such as data that was read, see
  /// ``init(checking:)``.
  /// - Precondition: every row has as many elements as the first.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public init(_ rows: [[Scalar]]) {
    do {
      try self.init(checking: rows)
    } catch {
      fatalError("\(error)")
    }
  }

  /// Creates a matrix from rows, which may turn out not to be equally long.
  /// - Throws: ``RaggedRowsError`` for the first row that has more or fewer elements than row 0.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public init(checking rows: [[Scalar]]) throws(RaggedRowsError) {
    let columns = rows.first?.count ?? 0
    var elements: [Scalar] = []
    elements.reserveCapacity(elementCount(rows.count, columns))
    for (index, row) in rows.enumerated() {
      if row.count != columns {
        throw RaggedRowsError(row: index, elementCount: row.count, expectedCount: columns)
      }
      elements.append(contentsOf: row)
    }
    self.init(rows: rows.count, columns: columns, elements: elements)
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
    var elements: [Scalar] = []
    elements.reserveCapacity(elementCount(rows, columns))
    for i in 0..<rows {
      for j in 0..<columns { elements.append(try element(i, j)) }
    }
    self.init(rows: rows, columns: columns, elements: elements)
  }

  /// Creates a matrix of the same shape from one of another scalar type; each element is rounded to the nearest
  /// value of the new type.
  public init<Source: BLASScalar>(_ other: some RowMajor<Source>) {
    let shape = other.shape
    self = other.withUnsafeElements(of: shape) { source in
      Matrix(rows: shape.rows, columns: shape.columns) { convert(source, into: $0) }
    }
  }

  /// Creates a matrix from a block of rows, copying them.
  @inlinable
  public init(_ block: RowBlock<Scalar>) {
    self = block.withUnsafeElements { source in
      Matrix(rows: block.rowCount, columns: block.columnCount, elements: Array(source))
    }
  }
}

extension Matrix: ExpressibleByArrayLiteral {
  /// Creates a matrix from rows written out: `[[1, 2], [3, 4]]`.
  /// - Precondition: every row has as many elements as the first.
  public init(arrayLiteral rows: [Scalar]...) {
    self.init(rows)
  }
}

/// What is wrong with rows that are not equally long.
public struct RaggedRowsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The first row that differs from row 0, counted from 0.
  public let row: Int
  /// Its number of elements.
  public let elementCount: Int
  /// The number of elements of row 0.
  public let expectedCount: Int

  /// Creates an error.
  public init(row: Int, elementCount: Int, expectedCount: Int) {
    (self.row, self.elementCount, self.expectedCount) = (row, elementCount, expectedCount)
  }

  /// One line: what was found.
  public var description: String {
    "row \(row) has \(elementCount) elements, row 0 has \(expectedCount): the rows of a matrix are equally long"
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
