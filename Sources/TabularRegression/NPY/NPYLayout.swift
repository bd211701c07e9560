internal import LinearAlgebra

/// Where the columns of a file's rows lie.
struct NPYLayout {
  /// The type of a column's elements, and how many bytes of the row stand before each.
  struct Column {
    let element: NPYElementType
    let offset: Int
  }

  let columns: [Column]
  /// The columns' names, where elements are records.
  let names: [String]?
  let rowCount: Int
  /// Bytes of a row.
  let rowBytes: Int

  /// The elements of a matrix, all of one type.
  init(_ element: NPYElementType, _ shape: Shape) {
    columns = (0..<shape.columns).map { Column(element: element, offset: $0 * element.size) }
    (names, rowCount, rowBytes) = (nil, shape.rows, shape.columns * element.size)
  }

  /// The fields of records.
  init(_ columns: [Column], names: [String], rows: Int, rowBytes: Int) {
    (self.columns, self.names, self.rowCount, self.rowBytes) = (columns, names, rows, rowBytes)
  }

  /// The type of all elements, where they are a matrix.
  var element: NPYElementType? { names == nil ? columns.first?.element : nil }

  /// Whether a Float holds each number exactly, and all are floating-point.
  var isSinglePrecision: Bool { columns.allSatisfy(\.element.isSinglePrecision) }
}
