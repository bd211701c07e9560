internal import CZlib

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Bytes that come one after the other.
protocol ByteStream: AnyObject {
  /// Reads at least one byte, and not more than there is room for.
  ///
  /// - Returns: how many; 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(TabularError) -> Int
}

/// Where a table's text comes from.
enum TextOrigin: Sendable {
  /// A regular file.
  case file(String)
  /// A regular file that is standard input, from this offset on.
  case redirected(offset: Int)
  /// Standard input, or another pipe.
  case pipe(PipeCopy)
  case memory([UInt8], name: String)

  /// What is at a path; "-" is standard input.
  init(_ path: String) {
    if path == "-", let offset = Files.offsetOfRegularInput() {
      self = .redirected(offset: offset)
    } else {
      self = path == "-" || Files.isPipe(path) ? .pipe(PipeCopy(path)) : .file(path)
    }
  }

  /// What messages call it.
  var name: String {
    switch self {
    case .file(let path): path
    case .redirected: "standard input"
    case .pipe(let copy): copy.name
    case .memory(_, let name): name
    }
  }

  /// The byte between fields where nothing else is said: a tab where the name ends in .tsv, else a comma.
  var usualDelimiter: UInt8 {
    if case .memory = self { return UInt8(ascii: ",") }
    return UInt8(ascii: TableFormat(endingOf: name) == .tsv ? "\t" : ",")
  }

  /// What tells whether a regular file has been written to; nil for others.
  var stamp: FileStamp? {
    switch self {
    case .file(let path): FileStamp(path: path)
    case .redirected: FileStamp(descriptor: STDIN_FILENO)
    case .pipe, .memory: nil
    }
  }

  /// The leaves of the file where pieces have so many bytes. What is not read as it stands, such as what gzip has
  /// compressed, is one leaf, and so is what is no regular file.
  func leaves(of pieceSize: Int, _ options: ReadingOptions) throws(TabularError) -> FileLeaves.File {
    let bytes: Int?, isCompressed: Bool
    switch self {
    case .file(let path):
      bytes = stamp?.size
      isCompressed = try FileBytes(path).beginsWith(0x1F, 0x8B)
    case .memory(let text, _): (bytes, isCompressed) = (text.count, false)
    case .redirected, .pipe: (bytes, isCompressed) = (nil, true)
    }
    let name = self.name.split(separator: "/").last.map(String.init) ?? self.name
    let isWhole = isCompressed || options.encoding != .utf8
    return FileLeaves.File(
      name: name, bytes: bytes, modified: stamp?.modified,
      leaves: isWhole ? 1 : max(1, ((bytes ?? 0) + pieceSize - 1) / pieceSize))
  }

  /// The text from its beginning; what gzip has compressed is inflated.
  func open() throws(TabularError) -> any ByteStream {
    let file: FileBytes
    switch self {
    case .memory: return MemoryBytes(self)
    case .file(let path): file = try FileBytes(path)
    case .redirected(let offset): file = try FileBytes(Files.standardInput, from: offset)
    case .pipe(let copy): file = try copy.open()
    }
    let isCompressed = try file.beginsWith(0x1F, 0x8B)
    return isCompressed ? try InflatedBytes(file, name: name) : file
  }
}

private final class MemoryBytes: ByteStream {
  private var rest: ArraySlice<UInt8> = []

  init(_ origin: TextOrigin) { if case .memory(let bytes, _) = origin { rest = bytes[...] } }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let part = rest.prefix(buffer.count)
    buffer.copyBytes(from: part)
    rest = rest.dropFirst(part.count)
    return part.count
  }
}

/// The bytes of an open file.
final class FileBytes: ByteStream {
  private let name: String
  private let descriptor: Int32
  private let closes: Bool
  /// What has been looked at already.
  private var peeked: [UInt8] = []
  /// Takes what is read.
  private let copy: PipeCopy?

  /// - Parameters:
  ///   - offset: the first byte that is read, of a regular file.
  ///   - copy: takes what is read, of a pipe.
  convenience init(
    _ path: String, from offset: Int = 0, copy: PipeCopy? = nil
  ) throws(TabularError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 || offset > 0 && lseek(descriptor, off_t(offset), SEEK_SET) < 0 {
      throw Files.failure(path, .read)
    }
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    self.init(descriptor, name: path, closes: true, copy: copy)
  }

  /// - Parameter closes: whether the descriptor is closed in the end.
  init(_ descriptor: Int32, name: String, closes: Bool, copy: PipeCopy? = nil) {
    (self.descriptor, self.name, self.closes, self.copy) = (descriptor, name, closes, copy)
  }

  deinit { if closes { close(descriptor) } }

  func beginsWith(_ first: UInt8, _ second: UInt8) throws(TabularError) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 2)
    while peeked.count < 2 {
      let (count, code) = bytes[peeked.count...].withUnsafeMutableBytes { Files.readSome(descriptor, $0) }
      if count < 0 { throw Files.failure(name, .read, errno: code) }
      if count == 0 { break }
      peeked += bytes[peeked.count..<peeked.count + count]
    }
    return peeked == [first, second]
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(TabularError) -> Int {
    if !peeked.isEmpty {
      let part = peeked.prefix(buffer.count)
      buffer.copyBytes(from: part)
      peeked.removeFirst(part.count)
      try copy?.add(UnsafeRawBufferPointer(rebasing: buffer[..<part.count]))
      return part.count
    }
    if let copy, !copy.waitForBytes(descriptor) { return 0 }
    let (count, code) = Files.readSome(descriptor, buffer)
    if count < 0 { throw Files.failure(name, .read, errno: code) }
    try copy?.add(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    return count
  }
}

/// The text of a file in gzip's format, of one member or several.
private final class InflatedBytes: ByteStream {
  private let source: any ByteStream
  private let name: String
  private let compressed = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)
  private var stream = z_stream()
  private var isBetweenMembers = false

  init(_ source: any ByteStream, name: String) throws(TabularError) {
    self.source = source
    self.name = name
    if czlib_inflate_gzip(&stream) != Z_OK {
      throw .unusable(file: name, message: "there is no memory left to inflate it")
    }
  }

  deinit {
    inflateEnd(&stream)
    compressed.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(TabularError) -> Int {
    stream.next_out = buffer.baseAddress?.assumingMemoryBound(to: Bytef.self)
    stream.avail_out = UInt32(clamping: buffer.count)
    let room = stream.avail_out
    while stream.avail_out == room {
      if stream.avail_in == 0 {
        stream.avail_in = UInt32(try source.read(into: compressed))
        stream.next_in = compressed.baseAddress?.assumingMemoryBound(to: Bytef.self)
        if stream.avail_in == 0 {
          if isBetweenMembers { return 0 }
          throw .unusable(file: name, message: "the compressed data end too early; copy the file again")
        }
      }
      if isBetweenMembers {
        // Zeros behind the last member fill up a block, on tapes.
        if stream.next_in.pointee == 0 {
          (stream.next_in, stream.avail_in) = (stream.next_in + 1, stream.avail_in - 1)
          continue
        }
        inflateReset(&stream)
        isBetweenMembers = false
      }
      switch inflate(&stream, Z_NO_FLUSH) {
      case Z_OK, Z_BUF_ERROR: break
      case Z_STREAM_END: isBetweenMembers = true
      default: throw .unusable(file: name, message: "the compressed data are damaged; copy the file again")
      }
    }
    return Int(room - stream.avail_out)
  }
}
