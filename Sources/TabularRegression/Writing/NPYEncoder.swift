public import LinearAlgebra

/// Tables of numbers as NumPy's files have them: version 1, row after row, little-endian; missing numbers are NaN,
/// true is 1 and false 0.
package struct NPYEncoder<Scalar: BLASScalar>: TableEncoder {
  package init() {}

  package var countsRows: Bool { true }
  package var holdsNames: Bool { false }

  package func header(_ names: [String], rows: EncodedRows?) -> [UInt8] {
    // The text is filled up to 128 bytes whatever the shape.
    NPYHeader.bytes(
      Shape(rows?.count ?? 0, names.count), of: Scalar.self, checksum: rows?.checksum ?? Checksum())
  }

  package func rows(_ block: Table) throws(TabularError) -> [UInt8] {
    var columns: [[Double]] = []
    for column in block.columns {
      if case .words(let words) = column.values {
        columns.append(try truthValues(words, column.name, block))
        continue
      }
      if Scalar.self == Float.self { try block.requireSinglePrecision(column.name) }
      columns.append(try block.numbers(column.name))
    }
    let count = block.rowCount * columns.count
    return [UInt8](unsafeUninitializedCapacity: count * MemoryLayout<Scalar>.size) { buffer, initialized in
      buffer.withMemoryRebound(to: UInt8.self) { bytes in
        let start = UnsafeMutableRawPointer(bytes.baseAddress!)
        for (j, column) in columns.enumerated() {
          for (i, number) in column.enumerated() {
            start.storeBytes(
              of: Scalar(number), toByteOffset: (i * columns.count + j) * MemoryLayout<Scalar>.size,
              as: Scalar.self)
          }
        }
      }
      initialized = count * MemoryLayout<Scalar>.size
    }
  }

  /// 1 and 0 for words that are true or false; NaN where one is missing.
  private func truthValues(
    _ words: TableColumn.Words, _ name: String, _ block: Table
  ) throws(TabularError) -> [Double] {
    let levels = words.levels.map(Design.boolean)
    func isOther(_ code: Int32) -> Bool { code >= 0 && levels[Int(code)] == nil }
    if let row = words.codes.firstIndex(where: isOther) {
      throw block.fault(
        name, row: row, count: words.codes.count(where: isOther),
        "\(shown(words.levels[Int(words.codes[row])])) is not a number, and a matrix holds only numbers; choose the columns that do"
      )
    }
    return words.codes.map { $0 < 0 ? .nan : levels[Int($0)] == "TRUE" ? 1 : 0 }
  }
}

extension Table {
  /// Writes the table as a file of NumPy's, for ``init(npy:names:)``, ``MappedMatrix`` and `numpy.load`, and the
  /// columns' names as the lines of a file beside it (`X.names` beside `X.npy`): both are there whole, or not at all.
  /// The first line of the names has a checksum of the matrix, which is also in the blanks of its header: names that
  /// belong to another matrix are refused when it is read.
  ///
  /// Version 1 of the format, row after row; missing numbers are NaN, and the words TRUE and FALSE, in any case, 1 and
  /// 0.
  /// - Parameters:
  ///   - path: the file, which is written whole or not at all.
  ///   - type: the elements' type; numbers are rounded to it.
  /// - Throws: ``TabularError``: a file that cannot be written; a column with other words; a number beyond the type's
  ///   largest; a file of names that is there and was not written so.
  public func write<Scalar: BLASScalar>(
    npy path: String, as type: Scalar.Type = Double.self
  ) throws(TabularError) {
    try write(path, NPYEncoder<Scalar>())
  }

  /// Throws where a number is beyond the largest Float.
  func requireSinglePrecision(_ name: String) throws(TabularError) {
    let numbers = try numbers(name)
    guard let row = numbers.firstIndex(where: { $0.isFinite && !Float($0).isFinite }) else { return }
    throw fault(
      name, row: row, "\(numbers[row]) is beyond the largest Float; keep Doubles or use another unit")
  }
}
