#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A file's bytes in the address space: the operating system reads a page when it is first touched and drops it when
/// memory is short. Unmapped when the last user lets go.
final class MappedFile: Sendable {
  /// All bytes of the file, from the start of a page; nil and 0 for an empty file, which cannot be mapped.
  ///
  /// The map cannot be written through and is not moved, so that threads may share it.
  nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

  /// Maps a regular file.
  ///
  /// - Throws: ``TabularError/file(path:operation:reason:)``, or ``TabularError/matrix(path:message:)`` where this is
  ///   no regular file.
  init(_ path: String) throws(TabularError) {
    if path == "-" { throw Self.notRegular("standard input") }
    // without O_NONBLOCK a named pipe would wait for its writer
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if descriptor < 0 { throw Files.failure(path, .read) }
    // the map outlives the descriptor
    defer { close(descriptor) }
    var status = stat()
    if fstat(descriptor, &status) != 0 { throw Files.failure(path, .read) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw Files.failure(path, .read, errno: EISDIR)
    default: throw Self.notRegular(path)
    }
    let count = Int(status.st_size)
    guard let bytes = Self.map(descriptor, count: count) else { throw Files.failure(path, .read) }
    self.bytes = bytes
  }

  /// Maps an open file; nil, with `errno` set, where that is not possible.
  init?(_ descriptor: Int32, count: Int) {
    guard let bytes = Self.map(descriptor, count: count) else { return nil }
    self.bytes = bytes
  }

  private static func map(_ descriptor: Int32, count: Int) -> UnsafeRawBufferPointer? {
    if count == 0 { return UnsafeRawBufferPointer(start: nil, count: 0) }
    // No `madvise`: passes run in order but on several threads at once, and shuffled batches jump. `MADV_SEQUENTIAL`
    // was no faster for one stream of rows and slower for two (1.2 GB not in memory, Linux 6.18).
    let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let address, address != MAP_FAILED else { return nil }
    return UnsafeRawBufferPointer(start: address, count: count)
  }

  deinit {
    if let address = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: address), bytes.count) }
  }

  private static func notRegular(_ path: String) -> TabularError {
    .matrix(path: path, message: "only a regular file can be read in place; save it to one first")
  }
}
