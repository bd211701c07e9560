// A vector with each row or column: what other libraries do by broadcasting.

extension Matrix {
  /// A + 1 xᵀ: x added to each row.
  /// - Precondition: x has as many elements as A has columns.
  /// - Complexity: O(rowCount · columnCount), one allocation.
  public func addingToEachRow(_ x: [Scalar]) -> Matrix { withEachRow(.add, x, "addingToEachRow") }

  /// A − 1 xᵀ: x subtracted from each row. `A.subtractingFromEachRow(A.columnMeans())` has columns of mean 0.
  /// - Precondition: x has as many elements as A has columns.
  /// - Complexity: O(rowCount · columnCount), one allocation.
  public func subtractingFromEachRow(_ x: [Scalar]) -> Matrix {
    withEachRow(.subtract, x, "subtractingFromEachRow")
  }

  /// A diag(x): column j multiplied by xⱼ.
  /// - Precondition: x has as many elements as A has columns.
  /// - Complexity: O(rowCount · columnCount), one allocation.
  public func scalingColumns(by x: [Scalar]) -> Matrix { withEachRow(.multiply, x, "scalingColumns") }

  /// diag(x) A: row i multiplied by xᵢ.
  /// - Precondition: x has as many elements as A has rows.
  /// - Complexity: O(rowCount · columnCount), one allocation.
  public func scalingRows(by x: [Scalar]) -> Matrix {
    require(x.count == rowCount, "scalingRows: the matrix is \(shape) but x has \(x.count) elements")
    return eachRow { row, i, result in
      apply(.multiply, .elements(row), .scalar(x[i]), count: columnCount, into: result)
    }
  }

  private func withEachRow(_ operation: ElementOperation, _ x: [Scalar], _ name: StaticString) -> Matrix {
    require(x.count == columnCount, "\(name): the matrix is \(shape) but x has \(x.count) elements")
    return x.withUnsafeBufferPointer { x in
      eachRow { row, _, result in
        apply(operation, .elements(row), .elements(x.baseAddress!), count: columnCount, into: result)
      }
    }
  }

  /// A matrix of this shape, row by row.
  private func eachRow(
    _ body: (_ row: UnsafePointer<Scalar>, _ i: Int, _ result: UnsafeMutablePointer<Scalar>) -> Void
  ) -> Matrix {
    Matrix(rows: rowCount, columns: columnCount) { result in
      if isEmpty { return }
      withUnsafeElements { elements in
        for i in 0..<rowCount {
          body(elements.baseAddress! + i * columnCount, i, result.baseAddress! + i * columnCount)
        }
      }
    }
  }
}
