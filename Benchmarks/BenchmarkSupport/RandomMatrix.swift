public import LinearRegression

extension Matrix {
  /// Creates a matrix of numbers drawn evenly from −`bound` ..< `bound`.
  ///
  /// Each draw of 64 bits gives two elements, so that large matrices are there quickly.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public static func random(
    _ rows: Int, _ columns: Int, within bound: Double = 1, using generator: inout SeededGenerator
  ) -> Matrix {
    let scale = Scalar(bound * 0x1p-31)
    let count = rows * columns
    let elements = [Scalar](unsafeUninitializedCapacity: count) { buffer, initialized in
      for i in stride(from: 0, to: count, by: 2) {
        let bits = generator.next()
        buffer.initializeElement(at: i, to: scale * Scalar(Int32(truncatingIfNeeded: bits)))
        if i + 1 < count {
          buffer.initializeElement(at: i + 1, to: scale * Scalar(Int32(truncatingIfNeeded: bits >> 32)))
        }
      }
      initialized = count
    }
    return Matrix(rows: rows, columns: columns, elements: elements)
  }
}
