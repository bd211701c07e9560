#if canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#else
  private import Darwin
#endif

extension Files {
  /// The bytes of a file, or of standard input for the path "-".
  ///
  /// - Parameter end: where a file ends that begins so, once `end.start` bytes are there; a longer one is read one byte
  ///   further, which tells that it is longer.
  static func read(
    _ path: String, upTo end: (start: Int, count: ([UInt8]) -> Int)? = nil
  ) throws(TabularError) -> [UInt8] {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw failure(path, .read) }
    defer { if path != "-" { close(descriptor) } }
    var bytes: [UInt8] = []
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_size > 0 {
      // more only as it arrives: a size can be wrong
      bytes.reserveCapacity(min(Int(status.st_size) + 1, 1 << 30))
    }
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    var last: Int?
    while bytes.count <= last ?? .max {
      let (count, code) = chunk.withUnsafeMutableBytes { readSome(descriptor, $0) }
      if count < 0 { throw failure(path, .read, errno: code) }
      if count == 0 { break }
      bytes.append(contentsOf: chunk[..<count])
      if last == nil, let end, bytes.count >= end.start { last = end.count(bytes) }
    }
    return bytes
  }

  /// The first bytes of a regular file, at most so many; none of what is no such file or cannot be read.
  static func start(of path: String, _ count: Int) -> [UInt8] {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return [] }
    return (try? read(path, upTo: (1, { _ in count - 1 })).prefix(count)).map(Array.init) ?? []
  }

  /// Reads some bytes from an open file, waiting for them also where it would not wait itself; how many, and `errno`
  /// where that is negative.
  static func readSome(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> (
    count: Int, errno: Int32
  ) {
    while true {
      let count = readOnce(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 || !goesOn(descriptor, POLLIN) { return (count, errno) }
    }
  }

  /// Whether a call that has just failed is to be made again: a signal has interrupted it, or it would have had to wait
  /// (O_NONBLOCK, which another program may have set on a pipe that both have open); then this waits.
  private static func goesOn(_ descriptor: Int32, _ events: some BinaryInteger) -> Bool {
    if errno == EAGAIN || errno == EWOULDBLOCK {
      var request = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      return poll(&request, 1, -1) > 0 || errno == EINTR
    }
    return errno == EINTR
  }

  /// Writes all bytes to an open file; false, with `errno` set, where that is not possible.
  package static func write(_ bytes: some Sequence<UInt8>, to descriptor: Int32) -> Bool {
    ContiguousArray(bytes).withUnsafeBytes { write($0, to: descriptor) }
  }

  /// Writes all bytes to an open file; false, with `errno` set, where that is not possible.
  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = writeOnce(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress!, rest.count)
      if count < 0 && !goesOn(descriptor, POLLOUT) { return false }
      rest = rest.dropFirst(max(0, count))
    }
    return true
  }
}

// `read` and `write` of the C library, which the functions above would hide.
private func readOnce(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(descriptor, buffer, count)
}
private func writeOnce(_ descriptor: Int32, _ buffer: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, buffer, count)
}
