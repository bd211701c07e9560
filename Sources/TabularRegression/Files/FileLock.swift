#if canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#else
  private import Darwin
#endif

/// Says of a file that is replaced again and again, such as a checkpoint, that a program is at work on it: a hidden
/// file beside it, which is locked. The system takes the lock away when the program ends, be it killed.
package final class FileLock {
  private let path: String
  private var descriptor: Int32 = -1

  /// Takes the lock; on a file system without locks, nothing is said.
  ///
  /// - Throws: ``TabularError``: another program has the lock; there is no place for it.
  package init(_ file: String) throws(TabularError) {
    let target = Files.resolved(file)
    let start = target.lastIndex(of: "/").map { target.index(after: $0) } ?? target.startIndex
    path = "\(target[..<start]).\(target[start...]).lock"
    while true {
      descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
      if descriptor < 0 { throw Files.failure(file, .write) }
      if flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK {
        close(descriptor)
        descriptor = -1  // the lock is another's, and is not released here
        throw .unusable(
          file: file,
          message: "another run of linreg is at work on this file; let it end, or give another name")
      }
      // Its owner may have removed it between the two calls; then it locks nothing.
      var (mine, now) = (stat(), stat())
      if fstat(descriptor, &mine) == 0, stat(path, &now) == 0, mine.st_ino == now.st_ino { break }
      close(descriptor)
    }
    UnfinishedFiles.add(path)
  }

  /// Lets others have it.
  package func release() {
    if descriptor < 0 { return }
    unlink(path)
    UnfinishedFiles.forget(path)
    close(descriptor)
    descriptor = -1
  }

  deinit { release() }
}
