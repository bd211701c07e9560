// The same elements in another arrangement.

extension Matrix {
  /// The transpose: element (i, j) is this matrix's element (j, i).
  /// - Complexity: O(rowCount · columnCount), tile by tile.
  public func transposed() -> Matrix {
    Matrix(
      rows: columnCount, columns: rowCount,
      elements: columnMajorElements(of: self, shape, leadingDimension: rowCount))
  }

  /// The same elements, row after row, in another shape.
  /// - Precondition: `rows * columns` is the number of elements.
  /// - Complexity: O(1); both share storage until one of them is changed.
  public func reshaped(rows: Int, columns: Int) -> Matrix {
    require(
      elementCount(rows, columns) == storage.count,
      "reshaped: a \(shape) matrix has not as many elements as a \(rows) × \(columns) one")
    return Matrix(rows: rows, columns: columns, elements: storage)
  }

  /// Creates a matrix from others, one below the other. Sometimes called `vstack`.
  /// - Precondition: all have the same number of columns. Of no matrices it is 0 × 0.
  /// - Complexity: O(rowCount · columnCount), one allocation.
  public init<Part: RowMajor<Scalar>>(rowsOf parts: [Part]) {
    let shapes = parts.map(\.shape)
    let columns = shapes.first?.columns ?? 0
    for shape in shapes {
      require(
        shape.columns == columns,
        "rowsOf: the numbers of columns differ, a \(shapes[0]) and a \(shape) matrix")
    }
    let rows = shapes.reduce(0) { $0 + $1.rows }
    var elements: [Scalar] = []
    elements.reserveCapacity(LinearAlgebra.elementCount(rows, columns))
    for (part, shape) in zip(parts, shapes) {
      part.withUnsafeElements(of: shape) { elements.append(contentsOf: $0) }
    }
    self.init(rows: rows, columns: columns, elements: elements)
  }

  /// Creates a matrix from others, side by side. Sometimes called `hstack`.
  /// - Precondition: all have the same number of rows. Of no matrices it is 0 × 0.
  /// - Complexity: O(rowCount · columnCount), one allocation.
  public init<Part: RowMajor<Scalar>>(columnsOf parts: [Part]) {
    let shapes = parts.map(\.shape)
    let rows = shapes.first?.rows ?? 0
    for shape in shapes {
      require(
        shape.rows == rows, "columnsOf: the numbers of rows differ, a \(shapes[0]) and a \(shape) matrix")
    }
    let columns = shapes.reduce(0) { $0 + $1.columns }
    self.init(rows: rows, columns: columns) { target in
      var left = 0
      for (part, shape) in zip(parts, shapes) {
        part.withUnsafeElements(of: shape) { source in
          copyBlock(
            rows: rows, columns: shape.columns, source, from: 0, stride: shape.columns, into: target,
            from: left,
            stride: columns)
        }
        left += shape.columns
      }
    }
  }
}
