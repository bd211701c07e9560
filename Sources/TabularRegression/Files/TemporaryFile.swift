private import Synchronization

#if canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#else
  private import Darwin
#endif

/// An output until it is whole: a file without a name where the file system has that (`O_TMPFILE`), of which nothing
/// stays however the program ends; elsewhere a hidden one.
///
/// The file is locked as long as it is open, and the system takes the lock away when the program ends, be it killed. A
/// hidden file without a lock is therefore of a program that was killed, and the next that writes to the folder removes
/// it.
final class TemporaryFile {
  let descriptor: Int32
  private let folder: String
  /// Its name; nil where it has none yet.
  private var path: String?
  private var isOpen = true

  /// Opens a file; nil, with `errno` set, where that is not possible.
  ///
  /// - Parameter folder: where it is, with "/" at its end.
  init?(in folder: String) {
    self.folder = folder
    Self.removeAbandoned(in: folder)
    let nameless = Files.openNameless(in: folder)
    if nameless >= 0 {
      flock(nameless, LOCK_EX)
      descriptor = nameless
      return
    }
    while true {
      let path = folder + Self.newName(), opened = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if opened < 0 { return nil }
      // Another program may have found it before the lock, and removed it.
      flock(opened, LOCK_EX)
      var status = stat()
      if fstat(opened, &status) == 0, status.st_nlink > 0 {
        (descriptor, self.path) = (opened, path)
        UnfinishedFiles.add(path)
        return
      }
      close(opened)
    }
  }

  deinit { discard() }

  private static let (beginning, ending) = (".linreg-", ".tmp")

  private static func newName() -> String {
    "\(beginning)\(String(UInt64.random(in: 0 ... .max), radix: 16))\(ending)"
  }

  /// Gives it a name, in the place of the file that has it, and closes it; false, with `errno` set, where that is not
  /// possible.
  func rename(to target: String) -> Bool {
    if path == nil {
      // A link never takes the place of a file.
      let path = folder + Self.newName()
      UnfinishedFiles.add(path)
      self.path = path
      if linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, path, AT_SYMLINK_FOLLOW) != 0 {
        return false
      }
    }
    guard let path, renameFile(path, target) == 0 else { return false }
    UnfinishedFiles.forget(path)
    self.path = nil
    isOpen = false
    return close(descriptor) == 0
  }

  /// Leaves nothing of it.
  func discard() {
    if isOpen { close(descriptor) }
    isOpen = false
    guard let path else { return }
    unlink(path)
    UnfinishedFiles.forget(path)
    self.path = nil
  }

  private static let folders = Mutex<Set<String>>([])

  /// Removes what programs that were killed have left in a folder; once for each folder.
  private static func removeAbandoned(in folder: String) {
    guard folders.withLock({ $0.insert(folder).inserted }), let entries = opendir(folder) else { return }
    defer { closedir(entries) }
    while let entry = readdir(entries) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name.hasPrefix(beginning), name.hasSuffix(ending) else { continue }
      let opened = open(folder + name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
      if opened < 0 { continue }
      if flock(opened, LOCK_EX | LOCK_NB) == 0 { unlink(folder + name) }
      close(opened)
    }
  }
}

// `rename` of the C library, which the function above would hide.
private func renameFile(_ old: String, _ new: String) -> Int32 { rename(old, new) }
