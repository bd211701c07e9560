extension Matrix: Codable {
  private enum CodingKeys: String, CodingKey {
    case rows, columns, elements
  }

  /// Decodes a matrix; a shape that does not fit the number of elements is an error, and so are more than 2²⁰ rows or
  /// columns without elements, for whoever sums them up allocates a number for each.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let rows = try container.decode(Int.self, forKey: .rows)
    let columns = try container.decode(Int.self, forKey: .columns)
    let elements = try container.decode(StoredArray<Scalar>.self, forKey: .elements).wrappedValue
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard rows >= 0, columns >= 0, !overflow, count == elements.count,
      count > 0 || Swift.max(rows, columns) <= 1 << 20
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .elements, in: container,
        debugDescription: "a \(rows) × \(columns) matrix with \(elements.count) elements")
    }
    self.init(rows: rows, columns: columns, elements: elements)
  }

  /// Encodes the number of rows and columns, and the elements row after row.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(rowCount, forKey: .rows)
    try container.encode(columnCount, forKey: .columns)
    try container.encode(StoredArray(storage), forKey: .elements)
  }
}
