#if canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#else
  private import Darwin
#endif

/// Pieces of bytes on the disk, which are read in the order in which they were written: a file without a name in the
/// folder that TMPDIR names, or `/tmp`, which is gone with its user, however the program ends.
final class SpillFile {
  private let descriptor: Int32
  private var sizes: [Int] = []
  /// Pieces that were read, and their bytes.
  private var readPieces = 0
  private var readBytes = 0

  init() throws(TabularError) {
    descriptor = Files.openTemporary()
    if descriptor < 0 { throw Self.failure() }
  }

  deinit { close(descriptor) }

  func append(_ bytes: [UInt8]) throws(TabularError) {
    if !bytes.withUnsafeBytes({ Files.write($0, to: descriptor) }) { throw Self.failure() }
    sizes.append(bytes.count)
  }

  /// The next piece; nil where all have been read.
  func next() throws(TabularError) -> [UInt8]? {
    if readPieces == sizes.count { return nil }
    let size = sizes[readPieces]
    var isRead = true
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let more = pread(descriptor, buffer.baseAddress! + count, size - count, off_t(readBytes + count))
        if more < 0 && errno == EINTR { continue }
        if more <= 0 { return isRead = false }
        count += more
      }
    }
    if !isRead { throw Self.failure() }
    (readPieces, readBytes) = (readPieces + 1, readBytes + size)
    return bytes
  }

  private static func failure() -> TabularError {
    .unusable(
      file: "MPI",
      message:
        "what a rank has found needs a temporary file, which cannot be used (\(String(cString: strerror(errno)))); set TMPDIR to a folder with room"
    )
  }
}
