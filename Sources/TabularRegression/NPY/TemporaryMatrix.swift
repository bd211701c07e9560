internal import LinearAlgebra

#if canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#else
  private import Darwin
#endif

/// A matrix of Doubles as it is written, row after row: in memory, and, once it is large, in a file without a name,
/// where it is then used as it lies.
///
/// The file is in the folder that TMPDIR names, or `/tmp`, and is gone with the last user, however the program ends.
final class TemporaryMatrix {
  private let columns: Int
  private let bytesInMemory: Int
  private let folder: String?
  /// What messages call the data.
  private let source: String
  private var rows = 0
  /// The elements, where there is no file.
  private var elements: [Double] = []
  private var descriptor: Int32?

  enum Contents {
    case memory(Matrix<Double>)
    case file(MappedMatrix<Double>)
  }

  /// - Parameters:
  ///   - source: where the rows come from, for messages.
  ///   - bytesInMemory: with more bytes than these the matrix is in a file.
  ///   - folder: where the file is; nil for the folder of temporary files.
  init(columns: Int, source: String, bytesInMemory: Int, in folder: String? = nil) {
    (self.columns, self.source) = (columns, source)
    (self.bytesInMemory, self.folder) = (bytesInMemory, folder)
  }

  deinit { if let descriptor { close(descriptor) } }

  /// Appends rows.
  ///
  /// - Throws: ``TabularError/unusable(file:message:)`` where there is no place for a file, or no room for them.
  func append(_ block: Matrix<Double>) throws(TabularError) {
    precondition(block.columnCount == columns)
    rows += block.rowCount
    if descriptor != nil { return try write(block.elements) }
    if elements.isEmpty { elements = block.elements } else { elements += block.elements }
    try moveIfLarge()
  }

  var isInFile: Bool { descriptor != nil }

  private func moveIfLarge() throws(TabularError) {
    if descriptor != nil || elements.count * MemoryLayout<Double>.stride <= bytesInMemory { return }
    let opened = Files.openTemporary(in: folder)
    if opened < 0 { throw failure() }
    descriptor = opened
    try write(elements)
    elements = []
  }

  private func write(_ elements: [Double]) throws(TabularError) {
    if !elements.withUnsafeBytes({ Files.write($0, to: descriptor!) }) { throw failure() }
  }

  /// The matrix of all rows so far.
  func contents() throws(TabularError) -> Contents {
    try moveIfLarge()
    guard let descriptor else {
      return .memory(Matrix(rows: rows, columns: columns, elements: elements))
    }
    guard let file = MappedFile(descriptor, count: rows * columns * MemoryLayout<Double>.stride) else {
      throw failure()
    }
    return .file(MappedMatrix(file, offset: 0, rows: rows, columns: columns))
  }

  private func failure() -> TabularError {
    .unusable(
      file: source,
      message:
        "the columns need a temporary file, which cannot be written (\(String(cString: strerror(errno)))); set TMPDIR to a folder with room"
    )
  }
}
