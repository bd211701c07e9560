// Rows, columns and blocks: reading and assigning. What is assigned is written in place where no other matrix shares
// the storage.

extension RowMajor {
  /// Consecutive rows, without copying: `A[rows: 1...]`.
  /// - Precondition: the range lies within the rows.
  public subscript(rows range: some RangeExpression<Int>) -> Rows {
    self[rows: positions(range, of: "rows", rowCount)]
  }

  /// The positions that a range means, out of `count`.
  func positions(_ range: some RangeExpression<Int>, of what: String, _ count: Int) -> Range<Int> {
    // Not relative to the positions there are, for that stops the program with a message that does not say the shape.
    let found = range.relative(to: 0..<Int.max)
    let (first, end) = (found.lowerBound, range is PartialRangeFrom<Int> ? count : found.upperBound)
    require(
      first >= 0 && first <= end && end <= count, "\(what) \(first)..<\(end) are outside a \(shape) matrix")
    return first..<end
  }
}

extension Matrix {
  /// Row `i`: copied where it is read, written in place where it is assigned.
  /// - Precondition: the row exists; what is assigned has an element for each column.
  @inlinable
  public subscript(row i: Int) -> [Scalar] {
    get {
      require(i >= 0 && i < rowCount, "row \(i) is outside a \(shape) matrix; rows count from 0")
      return Array(storage[i * columnCount..<(i + 1) * columnCount])
    }
    set {
      require(i >= 0 && i < rowCount, "row \(i) is outside a \(shape) matrix; rows count from 0")
      require(
        newValue.count == columnCount,
        "row \(i) of a \(shape) matrix cannot be set to \(newValue.count) elements")
      for j in 0..<columnCount { storage[i * columnCount + j] = newValue[j] }
    }
  }

  /// Column `j`: copied where it is read, written in place where it is assigned.
  /// - Precondition: the column exists; what is assigned has an element for each row.
  @inlinable
  public subscript(column j: Int) -> [Scalar] {
    get {
      require(j >= 0 && j < columnCount, "column \(j) is outside a \(shape) matrix; columns count from 0")
      return (0..<rowCount).map { storage[$0 * columnCount + j] }
    }
    set {
      require(j >= 0 && j < columnCount, "column \(j) is outside a \(shape) matrix; columns count from 0")
      require(
        newValue.count == rowCount,
        "column \(j) of a \(shape) matrix cannot be set to \(newValue.count) elements")
      for i in 0..<rowCount { storage[i * columnCount + j] = newValue[i] }
    }
  }

  /// Consecutive rows: a view that shares storage where they are read, written in place where they are assigned.
  ///
  /// A view that is assigned to the matrix it is of keeps the storage as it was, so that all of it is copied first.
  /// - Precondition: the range lies within the rows; what is assigned has the same shape.
  public subscript(rows range: Range<Int>) -> RowBlock<Scalar> {
    get { RowBlock(of: self, range: range) }
    set { setBlock(rows: positions(range, of: "rows", rowCount), columns: 0..<columnCount, to: newValue) }
  }

  /// Consecutive rows: a view that shares storage where they are read, written in place where they are assigned.
  /// - Precondition: the range lies within the rows; what is assigned has the same shape.
  public subscript(rows range: some RangeExpression<Int>) -> RowBlock<Scalar> {
    get { self[rows: positions(range, of: "rows", rowCount)] }
    set { self[rows: positions(range, of: "rows", rowCount)] = newValue }
  }

  /// Consecutive rows as a matrix of their own, copied where they are read, for what is assigned and changed:
  /// `A[rows: 1...] *= 2`.
  /// - Precondition: the range lies within the rows; what is assigned has the same shape.
  @_disfavoredOverload
  public subscript(rows range: some RangeExpression<Int>) -> Matrix {
    get { Matrix(self[rows: positions(range, of: "rows", rowCount)]) }
    set { setBlock(rows: positions(range, of: "rows", rowCount), columns: 0..<columnCount, to: newValue) }
  }

  /// Consecutive columns: copied where they are read, for they do not lie one after the other, written in place where
  /// they are assigned.
  /// - Precondition: the range lies within the columns; what is assigned has the same shape.
  public subscript(columns range: some RangeExpression<Int>) -> Matrix {
    get { block(rows: 0..<rowCount, columns: positions(range, of: "columns", columnCount)) }
    set { setBlock(rows: 0..<rowCount, columns: positions(range, of: "columns", columnCount), to: newValue) }
  }

  /// The block of some rows and columns: copied where it is read, written in place where it is assigned.
  /// - Precondition: the ranges lie within the rows and columns; what is assigned has the same shape.
  public subscript(rows rows: some RangeExpression<Int>, columns columns: some RangeExpression<Int>) -> Matrix
  {
    get {
      block(
        rows: positions(rows, of: "rows", rowCount), columns: positions(columns, of: "columns", columnCount))
    }
    set {
      setBlock(
        rows: positions(rows, of: "rows", rowCount), columns: positions(columns, of: "columns", columnCount),
        to: newValue)
    }
  }

  /// The rows of these positions, in this order, copied; a row may occur more than once.
  /// - Precondition: every position is that of a row.
  public subscript(rows positions: [Int]) -> Matrix {
    for i in positions {
      require(i >= 0 && i < rowCount, "row \(i) is outside a \(shape) matrix; rows count from 0")
    }
    return Matrix(rows: positions.count, columns: columnCount) { target in
      withUnsafeElements { source in
        for (index, i) in positions.enumerated() {
          (target.baseAddress! + index * columnCount).initialize(
            from: source.baseAddress! + i * columnCount, count: columnCount)
        }
      }
    }
  }

  /// The columns of these positions, in this order, copied; a column may occur more than once.
  /// - Precondition: every position is that of a column.
  public subscript(columns positions: [Int]) -> Matrix {
    for j in positions {
      require(j >= 0 && j < columnCount, "column \(j) is outside a \(shape) matrix; columns count from 0")
    }
    return Matrix(rows: rowCount, columns: positions.count) { target in
      withUnsafeElements { source in
        for i in 0..<rowCount {
          for (index, j) in positions.enumerated() {
            target[i * positions.count + index] = source[i * columnCount + j]
          }
        }
      }
    }
  }

  /// The rows and columns of these positions, in this order, copied.
  /// - Precondition: every position is that of a row or column.
  public subscript(rows rows: [Int], columns columns: [Int]) -> Matrix { self[rows: rows][columns: columns] }

  private func block(rows: Range<Int>, columns: Range<Int>) -> Matrix {
    return Matrix(rows: rows.count, columns: columns.count) { target in
      withUnsafeElements { source in
        copyBlock(
          rows: rows.count, columns: columns.count, source,
          from: rows.lowerBound * columnCount + columns.lowerBound,
          stride: columnCount, into: target, from: 0,
          stride: columns.count)
      }
    }
  }

  private mutating func setBlock(rows: Range<Int>, columns: Range<Int>, to block: some RowMajor<Scalar>) {
    let shape = Shape(rows.count, columns.count), stride = columnCount
    require(block.shape == shape, "a block of \(shape) cannot be set to a \(block.shape) matrix")
    block.withUnsafeElements(of: shape) { source in
      withUnsafeMutableElements { target in
        copyBlock(
          rows: shape.rows, columns: shape.columns, source, from: 0, stride: shape.columns, into: target,
          from: rows.lowerBound * stride + columns.lowerBound, stride: stride)
      }
    }
  }
}
