#if canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#else
  private import Darwin
#endif

/// A file as it is written, so that it is either whole or as it was before: a temporary file beside it, which
/// ``commit()`` flushes to the disk and renames. Let go before that, it leaves nothing.
///
/// Standard output (the path "-") and what is not a regular file, such as a pipe, are written to as they are.
final class OutputFile {
  private let path: String
  private var descriptor: Int32
  /// The temporary file and what is to be its name; nil for what is written to as it is.
  private var temporary: (file: TemporaryFile, target: String, folder: String)?
  /// Whether it has a place among files, so that another may belong beside it.
  let isInFolder: Bool

  static func isInFolder(_ path: String) -> Bool {
    path != "-" && Files.openDescriptor(path) == nil && !Files.isDevice(path)
  }

  /// Opens a file, or standard output for the path "-".
  init(_ path: String) throws(TabularError) {
    self.path = path
    isInFolder = Self.isInFolder(path)
    if path == "-" {
      descriptor = STDOUT_FILENO
      return
    }
    if let opened = Files.openDescriptor(path) {
      descriptor = dup(opened)
      if descriptor < 0 { throw Files.failure(path, .write) }
      return
    }
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists && status.st_mode & S_IFMT != S_IFREG || !exists && !isInFolder {
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
      if descriptor < 0 { throw Files.failure(path, .write) }
      return
    }
    if exists && access(path, W_OK) != 0 { throw Files.failure(path, .write) }
    let target = Files.resolved(path)
    let folder = target.lastIndex(of: "/").map { String(target[...$0]) } ?? "./"
    guard let file = TemporaryFile(in: folder) else { throw Files.failure(path, .write) }
    descriptor = file.descriptor
    if exists { fchmod(descriptor, status.st_mode & 0o7777) }
    temporary = (file, target, folder)
  }

  deinit { discard() }

  /// Whether bytes can be written in any order.
  var canSeek: Bool { temporary != nil }

  /// Appends bytes.
  func write(_ bytes: [UInt8]) throws(TabularError) {
    if !bytes.withUnsafeBytes({ Files.write($0, to: descriptor) }) { throw failure() }
  }

  /// Appends bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws(TabularError) {
    if !Files.write(bytes, to: descriptor) { throw failure() }
  }

  /// Writes over the file's first bytes, once all others are written.
  /// - Precondition: ``canSeek``.
  func overwriteStart(_ bytes: [UInt8]) throws(TabularError) {
    precondition(canSeek)
    if lseek(descriptor, 0, SEEK_SET) != 0 { throw failure() }
    try write(bytes)
  }

  /// Makes what was written the file of that name.
  func commit() throws(TabularError) { try Self.commit([self]) }

  /// Makes what was written the files of those names, one after the other; where one cannot be flushed to the disk,
  /// none.
  static func commit(_ files: [OutputFile]) throws(TabularError) {
    for file in files where file.temporary != nil && fsync(file.descriptor) != 0 { throw file.failure() }
    try UnfinishedFiles.together { () throws(TabularError) in
      for file in files { try file.takeName() }
    }
  }

  private func takeName() throws(TabularError) {
    guard let temporary else { return discard() }
    if !temporary.file.rename(to: temporary.target) { throw failure() }
    (self.temporary, descriptor) = (nil, -1)
    // The new name is on the disk once the folder is. Some file systems cannot flush folders; the file is whole anyway.
    let folder = open(temporary.folder, O_RDONLY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
  }

  /// Leaves the file as it was.
  func discard() {
    if let temporary {
      temporary.file.discard()
    } else if descriptor >= 0 && path != "-" {
      close(descriptor)
    }
    (temporary, descriptor) = (nil, -1)
  }

  /// The error of a call that has just failed.
  private func failure() -> TabularError {
    let error = Files.failure(path == "-" ? "standard output" : path, .write)
    discard()
    return error
  }
}
