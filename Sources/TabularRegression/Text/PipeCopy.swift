private import Synchronization

#if canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#else
  private import Darwin
#endif

/// A pipe, which can be read once only, and a copy of what is read, if one is wanted, which can be read again.
///
/// The copy is a file without a name in the folder that TMPDIR names, or `/tmp`: it is gone when the program ends,
/// however it ends.
final class PipeCopy: Sendable {
  private let path: String
  /// What messages call the pipe.
  let name: String
  private let state = Mutex(State())

  private struct State {
    /// What was read before it is known whether a copy is wanted; nil from then on.
    var early: [UInt8]? = []
    /// The open file that holds the copy; nil where there is none.
    var copy: Int32?
    /// Whether the pipe has been opened.
    var isOpened = false
    /// Asked while nothing arrives.
    var isCancelled: @Sendable () -> Bool = { false }
  }

  init(_ path: String) {
    self.path = path
    name = path == "-" ? "standard input" : path
  }

  deinit { if let copy = state.withLock({ $0.copy }) { close(copy) } }

  /// Keeps what has been read and what follows.
  ///
  /// - Parameter folder: where the copy is; nil for the folder of temporary files.
  /// - Precondition: called before ``forget()``.
  func keep(in folder: String? = nil) throws(TabularError) {
    guard let early = state.withLock({ $0.early }) else { return }
    let copy = Files.openTemporary(in: folder)
    if copy < 0 { throw failure() }
    state.withLock { ($0.early, $0.copy) = (nil, copy) }
    if !Files.write(early, to: copy) { throw failure() }
  }

  /// Keeps nothing, unless ``keep()`` has been called.
  func forget() { state.withLock { $0.early = nil } }

  /// Reading ends, as at the end of the pipe, where this is true while nothing arrives.
  func cancel(where isCancelled: @escaping @Sendable () -> Bool) {
    state.withLock { $0.isCancelled = isCancelled }
  }

  /// Waits until there is something to read; false where that is not wanted any more.
  func waitForBytes(_ descriptor: Int32) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    // A tenth of a second; a signal ends it too.
    while poll(&request, 1, 100) <= 0 {
      if state.withLock({ $0.isCancelled })() { return false }
    }
    return true
  }

  /// Takes bytes that were read.
  func add(_ bytes: UnsafeRawBufferPointer) throws(TabularError) {
    let copy = state.withLock { state in
      state.early?.append(contentsOf: bytes)
      return state.copy
    }
    if let copy, !Files.write(bytes, to: copy) { throw failure() }
  }

  /// The pipe; the second time, the copy.
  func open() throws(TabularError) -> FileBytes {
    let (copy, isFirst) = state.withLock { state in
      defer { state.isOpened = true }
      return (state.copy, !state.isOpened)
    }
    if !isFirst, let copy {
      if lseek(copy, 0, SEEK_SET) != 0 { throw failure() }
      return FileBytes(copy, name: name, closes: false)
    }
    precondition(isFirst, "\(name) can be read once only")
    if path == "-" { return FileBytes(STDIN_FILENO, name: name, closes: false, copy: self) }
    return try FileBytes(path, copy: self)
  }

  private func failure() -> TabularError {
    let reason = String(cString: strerror(errno))
    return .unusable(
      file: name,
      message:
        "the rows are needed twice, and a copy cannot be kept (\(reason)); set TMPDIR to a folder with room, or write the rows to a file"
    )
  }
}
