public import LinearAlgebra

/// An n × p matrix in a file, used where it lies: the file may be larger than the memory.
///
/// ```swift
/// let X = try MappedMatrix<Float>(npy: "features.npy")
/// let fit = try LeastSquares().fit(X, y)
/// ```
/// The file is NumPy's, as `numpy.save` writes it: format version 1, 2 or 3, the elements row after row and
/// little-endian, `'<f4'` for `Float` and `'<f8'` for `Double`; one dimension makes a column. It is mapped into the
/// address space, not read: the operating system fetches pages as they are touched, keeps them while there is room, and
/// shares them between processes.
///
/// Copies and blocks of rows share the map; the file is let go with the last of them. It may be removed, renamed or
/// replaced by another of its name meanwhile, as `write(npy:)` replaces it. It must not be changed or truncated in
/// place: what is read is then undefined, and pages beyond the new end stop the program (`SIGBUS`), as does a disk that
/// cannot be read.
public struct MappedMatrix<Scalar: BLASScalar>: RowMajor {
  /// Number of rows.
  public let rowCount: Int

  /// Number of columns.
  public let columnCount: Int

  private let file: MappedFile

  /// Where in the file the elements begin, at a multiple of the scalar's alignment; nil for an empty file, which has
  /// none.
  ///
  /// The map cannot be written through and is not moved as long as there is the file.
  @usableFromInline nonisolated(unsafe) let start: UnsafeRawPointer?

  /// Opens an NPY file.
  ///
  /// - Parameter path: a regular file; a pipe cannot be mapped.
  /// - Throws: ``TabularError/file(path:operation:reason:)`` for a file that cannot be opened,
  ///   ``TabularError/matrix(path:message:)`` for one that is no matrix of this scalar type or cannot be used in place:
  ///   what was found, and what to do in NumPy.
  /// - Complexity: O(1), whatever n. Values are not looked at; see `firstNonFinite()`.
  public init(npy path: String) throws(TabularError) {
    let file = try MappedFile(path)
    let beginning = Array(file.bytes.prefix(NPYHeader.longest))
    let shape: Shape
    do throws(NPYHeader.Fault) {
      let header = try NPYHeader(beginning, fileSize: file.bytes.count)
      shape = try header.shape(of: Scalar.self, fileSize: file.bytes.count)
      start = file.bytes.baseAddress.map { $0 + header.offset }
    } catch {
      throw .matrix(path: path, message: error.message)
    }
    self.file = file
    rowCount = shape.rows
    columnCount = shape.columns
  }

  /// The elements of a file from an offset on.
  init(_ file: MappedFile, offset: Int, rows: Int, columns: Int) {
    precondition(offset + rows * columns * MemoryLayout<Scalar>.stride <= file.bytes.count)
    (self.file, rowCount, columnCount) = (file, rows, columns)
    start = file.bytes.baseAddress.map { $0 + offset }
  }

  private init(_ matrix: MappedMatrix, rows range: Range<Int>) {
    rowCount = range.count
    columnCount = matrix.columnCount
    file = matrix.file
    start = matrix.start.map { $0 + range.lowerBound * matrix.columnCount * MemoryLayout<Scalar>.stride }
  }

  /// The elements, row after row, for `withUnsafeElements(_:)`.
  public func withUncheckedElements<Result, Failure>(
    _ body: (UnsafeBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withExtendedLifetime(file) { () throws(Failure) in
      let bytes = UnsafeRawBufferPointer(
        start: start, count: start == nil ? 0 : rowCount * columnCount * MemoryLayout<Scalar>.stride)
      return try bytes.withMemoryRebound(to: Scalar.self, body)
    }
  }

  /// Consecutive rows, without copying.
  /// - Precondition: `range` lies within `0 ..< rowCount`.
  public subscript(rows range: Range<Int>) -> MappedMatrix {
    require(
      range.lowerBound >= 0 && range.upperBound <= rowCount,
      "rows \(range.lowerBound)..<\(range.upperBound) are outside a \(shape) matrix")
    return MappedMatrix(self, rows: range)
  }

  /// The element in row `i` and column `j`, both counted from 0.
  /// - Precondition: both are in bounds; each is checked by itself.
  @inlinable
  public subscript(i: Int, j: Int) -> Scalar {
    require(
      i >= 0 && i < rowCount && j >= 0 && j < columnCount,
      "element (\(i), \(j)) is outside a \(shape) matrix; rows and columns count from 0")
    return withExtendedLifetime(self) {
      start.unsafelyUnwrapped.load(
        fromByteOffset: (i * columnCount + j) * MemoryLayout<Scalar>.stride, as: Scalar.self)
    }
  }
}

extension RowMajor {
  /// Writes the matrix as an NPY file, for ``MappedMatrix`` and NumPy: whole, or not at all.
  ///
  /// The same bytes as `numpy.save` writes of a C-contiguous array: version 1, the elements row after row and
  /// little-endian, from a multiple of 64 bytes on.
  /// - Throws: ``TabularError/file(path:operation:reason:)``; a file that was there before is then as it was.
  /// - Complexity: O(rowCount · columnCount), without a copy of the elements.
  public func write(npy path: String) throws(TabularError) {
    let file = try OutputFile(path)
    try file.write(NPYHeader.bytes(shape, of: Scalar.self))
    try withUnsafeElements { (elements) throws(TabularError) in
      try file.write(UnsafeRawBufferPointer(elements))
    }
    try file.commit()
  }
}
