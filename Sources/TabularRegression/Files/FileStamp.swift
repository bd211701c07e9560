#if canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#else
  private import Darwin
#endif

/// What tells a regular file from another, and from itself when it has been written to.
struct FileStamp: Equatable, Sendable {
  private let device: UInt64
  private let inode: UInt64
  let size: Int
  private let seconds: Int
  private let nanoseconds: Int

  /// Nanoseconds at which the file was written to last.
  var modified: Int { seconds &* 1_000_000_000 &+ nanoseconds }

  /// Nil for what is no regular file.
  init?(path: String) {
    var status = stat()
    if stat(path, &status) != 0 { return nil }
    self.init(status)
  }

  /// Nil for what is no regular file.
  init?(descriptor: Int32) {
    var status = stat()
    if fstat(descriptor, &status) != 0 { return nil }
    self.init(status)
  }

  private init?(_ status: stat) {
    if status.st_mode & S_IFMT != S_IFREG { return nil }
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    (device, inode) = (UInt64(truncatingIfNeeded: status.st_dev), UInt64(status.st_ino))
    (size, seconds, nanoseconds) = (Int(status.st_size), Int(time.tv_sec), Int(time.tv_nsec))
  }

  /// The error of a file that is not what it was.
  static func changed(_ name: String) -> TabularError {
    .unusable(file: name, message: "the file changed while it was read; read it again once it is whole")
  }
}
