#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Whole files in and out.
enum Files {
  /// The bytes of a file, or of standard input for the path "-".
  static func read(_ path: String) throws(TabularError) -> [UInt8] {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw failure(path, .read) }
    defer { if path != "-" { close(descriptor) } }
    var bytes: [UInt8] = []
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_size > 0 { bytes.reserveCapacity(Int(status.st_size) + 1) }
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = chunk.withUnsafeMutableBytes { readSome(descriptor, $0.baseAddress!, $0.count) }
      if count < 0 && errno == EINTR { continue }
      if count < 0 { throw failure(path, .read) }
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk[..<count])
    }
  }

  /// Writes a file so that it is either whole or as it was before: into a temporary file beside it, flushed to the
  /// disk, then renamed.
  ///
  /// What is not a regular file, such as `/dev/stdout` or a pipe, is written to as it is.
  static func write(_ bytes: [UInt8], to path: String) throws(TabularError) {
    var status = stat()
    if stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG {
      let descriptor = open(path, O_WRONLY | O_CLOEXEC)
      if descriptor < 0 { throw failure(path, .write) }
      defer { close(descriptor) }
      if !writeAll(bytes, to: descriptor) { throw failure(path, .write) }
      return
    }
    let target = resolved(path)
    let directory = target.lastIndex(of: "/").map { String(target[...$0]) } ?? "./"
    let temporary = "\(target).\(getpid()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    if descriptor < 0 { throw failure(path, .write) }
    let written = writeAll(bytes, to: descriptor) && fsync(descriptor) == 0
    let cause = errno
    let closed = close(descriptor) == 0
    guard written && closed && rename(temporary, target) == 0 else {
      let error = failure(path, .write, errno: written ? errno : cause)
      unlink(temporary)
      throw error
    }
    // The new name is on the disk once the folder is. Some file systems cannot flush folders; the file is whole anyway.
    let folder = open(directory, O_RDONLY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
  }

  /// The file that a path leads to, so that a symbolic link stays one.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let count = writeSome(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress!, rest.count)
        if count < 0 && errno == EINTR { continue }
        if count < 0 { return false }
        rest = rest.dropFirst(count)
      }
      return true
    }
  }

  private static func failure(
    _ path: String, _ operation: TabularError.FileOperation, errno code: Int32 = errno
  ) -> TabularError {
    .file(path: path, operation: operation, reason: String(cString: strerror(code)))
  }
}

// `read` and `write` of the C library, which the functions above would hide.
private func readSome(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
  read(descriptor, buffer, count)
}
private func writeSome(_ descriptor: Int32, _ buffer: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, buffer, count)
}
