internal import LinearAlgebra

#if canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#else
  private import Darwin
#endif

/// A matrix of Doubles as it is written, row after row, into a file without a name; then it is used where it lies.
///
/// The file is in the folder that TMPDIR names, or `/tmp`, and is gone with the last user, however the program ends.
final class TemporaryMatrix {
  private let descriptor: Int32
  private let columns: Int
  private var rows = 0

  /// What messages call the data.
  private let source: String

  /// - Parameters:
  ///   - source: where the rows come from, for messages.
  ///   - folder: where the file is; nil for the folder of temporary files.
  /// - Throws: ``TabularError/unusable(file:message:)`` where there is no place for a file.
  init(columns: Int, source: String, in folder: String? = nil) throws(TabularError) {
    (self.columns, self.source) = (columns, source)
    descriptor = Files.openTemporary(in: folder)
    if descriptor < 0 { throw failure() }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Appends rows.
  ///
  /// - Throws: ``TabularError/unusable(file:message:)`` where there is no room for them.
  func append(_ block: Matrix<Double>) throws(TabularError) {
    precondition(block.columnCount == columns)
    if !block.withUnsafeElements({ Files.write(UnsafeRawBufferPointer($0), to: descriptor) }) {
      throw failure()
    }
    rows += block.rowCount
  }

  /// The matrix of all rows so far.
  func mapped() throws(TabularError) -> MappedMatrix<Double> {
    guard let file = MappedFile(descriptor, count: rows * columns * MemoryLayout<Double>.stride) else {
      throw failure()
    }
    return MappedMatrix(file, offset: 0, rows: rows, columns: columns)
  }

  private func failure() -> TabularError {
    .unusable(
      file: source,
      message:
        "the columns need a temporary file, which cannot be written (\(String(cString: strerror(errno)))); set TMPDIR to a folder with room"
    )
  }
}
