internal import LinearAlgebra

/// A block of rows as it is written to a file, with what is said of them beside it.
package struct EncodedBlock<Notes: Codable & Sendable>: Codable, Sendable {
  package let bytes: [UInt8]
  /// Number of rows.
  package let rows: Int
  package let notes: Notes

  package init(bytes: [UInt8], rows: Int, notes: Notes) {
    (self.bytes, self.rows, self.notes) = (bytes, rows, notes)
  }

  private enum Key: String, CodingKey { case bytes, rows, notes }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(StoredArray(bytes), forKey: .bytes)
    try container.encode(rows, forKey: .rows)
    try container.encode(notes, forKey: .notes)
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    bytes = try container.decode(StoredArray<UInt8>.self, forKey: .bytes).wrappedValue
    rows = try container.decode(Int.self, forKey: .rows)
    notes = try container.decode(Notes.self, forKey: .notes)
  }
}
