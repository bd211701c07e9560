#if canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#else
  private import Darwin
#endif

/// A file's bytes, read where they are asked for, by several threads at once; of what is not a regular file, such as a
/// pipe, all bytes in memory.
///
/// Reading takes no address space, so that a limit on it (`ulimit -v`) is no limit on the file, and a file that is
/// truncated meanwhile is an error, where a map would end the program.
final class RandomAccessFile: Sendable {
  /// The file's name in messages.
  let name: String
  let size: Int
  private let contents: Contents
  private let stamp: FileStamp?

  private enum Contents {
    case descriptor(Int32)
    case memory([UInt8])
  }

  /// Opens a file, or reads standard input for the path "-".
  ///
  /// - Parameter end: where a file ends that begins so, for ``Files/read(_:upTo:)``: a pipe that has something else
  ///   need not be read to its end, which may never come.
  init(_ path: String, upTo end: (start: Int, count: ([UInt8]) -> Int)) throws(TabularError) {
    name = path == "-" ? "standard input" : path
    var status = stat()
    guard path != "-", stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      let bytes = try Files.read(path, upTo: end)
      (contents, size, stamp) = (.memory(bytes), bytes.count, nil)
      return
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw Files.failure(path, .read) }
    if fstat(descriptor, &status) != 0 {
      let failure = Files.failure(path, .read)
      close(descriptor)
      throw failure
    }
    (contents, size) = (.descriptor(descriptor), Int(status.st_size))
    stamp = FileStamp(descriptor: descriptor)
  }

  /// Bytes in memory.
  init(_ bytes: [UInt8], name: String) {
    (self.name, contents, size, stamp) = (name, .memory(bytes), bytes.count, nil)
  }

  /// Throws where the file has been written to since it was opened.
  func requireUnchanged() throws(TabularError) {
    guard case .descriptor(let descriptor) = contents, FileStamp(descriptor: descriptor) != stamp else {
      return
    }
    throw FileStamp.changed(name)
  }

  deinit { if case .descriptor(let descriptor) = contents { close(descriptor) } }

  /// Fills a buffer with the bytes from `offset` on.
  func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(TabularError) {
    switch contents {
    case .memory(let bytes):
      bytes.withUnsafeBytes {
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + buffer.count]))
      }
    case .descriptor(let descriptor):
      var done = 0
      while done < buffer.count {
        let count = pread(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
        if count < 0 && errno == EINTR { continue }
        if count < 0 { throw Files.failure(name, .read) }
        if count == 0 {
          throw .matrix(
            path: name, message: "the file was truncated while it was read; copy or write it again")
        }
        done += count
      }
    }
  }

  /// The bytes from `offset` on, at most so many.
  func bytes(_ count: Int, at offset: Int = 0) throws(TabularError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: min(count, size - offset))
    let failure = bytes.withUnsafeMutableBytes { buffer -> TabularError? in
      do throws(TabularError) { try read(buffer, at: offset) } catch { return error }
      return nil
    }
    if let failure { throw failure }
    return bytes
  }
}
