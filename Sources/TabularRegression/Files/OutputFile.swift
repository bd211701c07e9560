#if canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#else
  private import Darwin
#endif

/// A file as it is written, so that it is either whole or as it was before: a temporary file beside it, which
/// `commit()` flushes to the disk and renames. Let go before that, it leaves nothing.
///
/// Standard output (the path "-") and what is not a regular file, such as a pipe, are written to as they are.
final class OutputFile {
  private let path: String
  private var descriptor: Int32
  private var temporary: Temporary?

  private struct Temporary {
    let path: String
    let target: String
    let directory: String
  }

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: the file, or "-" for standard output.
  ///   - temporaryName: the temporary file's name; nil for one that nobody else has.
  init(_ path: String, temporaryName: String? = nil) throws(TabularError) {
    self.path = path
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
    // Among devices nothing is made, but for shared memory.
    let isDevice = path.hasPrefix("/dev/") && !path.hasPrefix("/dev/shm/")
    if exists && status.st_mode & S_IFMT != S_IFREG || !exists && isDevice {
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
      if descriptor < 0 { throw Files.failure(path, .write) }
      return
    }
    if exists && access(path, W_OK) != 0 { throw Files.failure(path, .write) }
    let target = Files.resolved(path)
    let directory = target.lastIndex(of: "/").map { String(target[...$0]) } ?? "./"
    let name = temporaryName ?? ".linreg-\(getpid())-\(UInt32.random(in: 0 ... .max)).tmp"
    let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (temporaryName == nil ? O_EXCL : O_TRUNC | O_NOFOLLOW)
    descriptor = open(directory + name, flags, 0o666)
    if descriptor < 0 { throw Files.failure(path, .write) }
    if exists { fchmod(descriptor, status.st_mode & 0o7777) }
    temporary = Temporary(path: directory + name, target: target, directory: directory)
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
  func commit() throws(TabularError) {
    guard let temporary else { return discard() }
    if fsync(descriptor) != 0 { throw failure() }
    let closed = close(descriptor) == 0
    descriptor = -1
    guard closed && rename(temporary.path, temporary.target) == 0 else { throw failure() }
    self.temporary = nil
    // The new name is on the disk once the folder is. Some file systems cannot flush folders; the file is whole anyway.
    let folder = open(temporary.directory, O_RDONLY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
  }

  /// Leaves the file as it was.
  func discard() {
    if descriptor >= 0 && path != "-" { close(descriptor) }
    descriptor = -1
    if let temporary { unlink(temporary.path) }
    temporary = nil
  }

  /// The error of a call that has just failed.
  private func failure() -> TabularError {
    let error = Files.failure(path == "-" ? "standard output" : path, .write)
    discard()
    return error
  }
}
