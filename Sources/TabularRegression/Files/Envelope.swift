#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif
internal import LinearAlgebra

/// The form of the package's own files: a line with the format's name, its version, the number of bytes that follow and
/// their checksum; a line of JSON; then arrays as bytes, from a multiple of 8 bytes on, whose places the JSON holds.
///
///     linreg-share 7 168 0b2c2d97
///     {"design":{…},"parts":[{"rows":{"triangle":[16,3], …}}]}
struct Envelope {
  /// The file's first word, such as "linreg-share"; without spaces.
  let formatName: String

  /// The version that is written, and the newest that is read.
  let version: Int

  /// What messages call the file, such as "share".
  let noun: String

  /// What messages advise where the file is damaged, such as "accumulate it again".
  let remedy: String

  /// What messages say of files that are none of this package's, behind "this is not a share".
  var otherwise = " of swift-linear-regression"

  /// The oldest version that is read; nil for the newest alone.
  var oldest: Int?

  /// The versions that are read.
  var versions: ClosedRange<Int> { (oldest ?? version)...version }

  /// Writes a file: whole, or not at all.
  func write(_ contents: some Encodable, to path: String) throws(TabularError) {
    let file = try OutputFile(path)
    var failure: TabularError?
    forEachPiece(of: contents) { bytes in
      if failure != nil { return }
      do throws(TabularError) { try file.write(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
    try file.commit()
  }

  /// The bytes of a file.
  func bytes(of contents: some Encodable) -> [UInt8] {
    var bytes: [UInt8] = []
    forEachPiece(of: contents) { bytes += $0 }
    return bytes
  }

  /// The checksum of such a file.
  func checksum(of contents: some Encodable) -> String {
    var checksum = Checksum()
    forEachPiece(of: contents) { checksum.add($0) }
    return checksum.text
  }

  private func forEachPiece(of contents: some Encodable, _ body: (UnsafeRawBufferPointer) -> Void) {
    let arrays = ArrayStore(), encoder = JSONEncoder.ofModels
    // On one line, and with sorted keys, so that equal contents give equal bytes.
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.userInfo[.arrayStore] = arrays
    do {
      var json = Array(try encoder.encode(contents))
      while (firstLine(json.count + 1 + arrays.count, Checksum()).count + json.count + 1) % 8 != 0 {
        json.append(UInt8(ascii: " "))
      }
      json.append(UInt8(ascii: "\n"))
      firstLine(json, arrays).withUnsafeBytes(body)
      json.withUnsafeBytes(body)
      arrays.forEachPiece(body)
    } catch {
      fatalError("a \(noun) cannot be encoded: \(error); this is a bug in swift-linear-regression")
    }
  }

  /// The first line of a file with this JSON, its end of line included, and these arrays.
  func firstLine(_ json: [UInt8], _ arrays: ArrayStore = ArrayStore()) -> [UInt8] {
    var checksum = Checksum()
    json.withUnsafeBytes { checksum.add($0) }
    arrays.forEachPiece { checksum.add($0) }
    return firstLine(json.count + arrays.count, checksum)
  }

  private func firstLine(_ count: Int, _ checksum: Checksum) -> [UInt8] {
    Array("\(formatName) \(version) \(count) \(checksum.text)\n".utf8)
  }

  /// Whether an open file begins as this format's do.
  func begins(_ file: RandomAccessFile) throws(TabularError) -> Bool {
    try file.bytes(formatName.utf8.count + 1).starts(with: "\(formatName) ".utf8)
  }

  /// Whether a regular file begins as this format's do.
  func begins(_ path: String) -> Bool {
    Files.start(of: path, 200).starts(with: "\(formatName) ".utf8)
  }

  /// Opens a file, or reads standard input for the path "-": of a pipe no more than its first line says.
  ///
  /// - Parameter others: formats that the file may have instead.
  /// - Throws: ``TabularError/file(path:operation:reason:)``.
  func file(_ path: String, or others: [Envelope] = []) throws(TabularError) -> RandomAccessFile {
    func end(_ bytes: [UInt8]) -> Int {
      let format = ([self] + others).first { bytes.starts(with: "\($0.formatName) ".utf8) }
      guard let line = try? format?.firstLine(of: bytes, name: "") else { return bytes.count }
      return line.end + min(line.count, 1 << 60)
    }
    return try RandomAccessFile(path, upTo: (Self.longestFirstLine, end))
  }

  /// The contents of a file; they are as they were written, but not therefore meaningful.
  ///
  /// - Throws: ``TabularError``: a file that cannot be read, another kind of file, one of another version, a damaged
  ///   one.
  func open<Contents: Decodable>(_ file: RandomAccessFile) throws(TabularError) -> Contents {
    let (json, start) = try checkedJSON(file), decoder = JSONDecoder.ofModels
    // Arrays are read to where they are used: the file is never in memory as a whole.
    let arrays = ArrayStore(count: file.size - start) { try file.read($0, at: start + $1) }
    decoder.userInfo[.arrayStore] = arrays
    do {
      let contents = try decoder.decode(Contents.self, from: Data(json))
      try file.requireUnchanged()
      if arrays.isUsedUp { return contents }
    } catch {
      throw error as? TabularError ?? damaged(Self.text(error), name: file.name)
    }
    throw damaged("its arrays are not those of its contents", name: file.name)
  }

  /// The JSON of a file, and where the arrays begin, once all bytes are those that were written.
  private func checkedJSON(_ file: RandomAccessFile) throws(TabularError) -> (json: [UInt8], end: Int) {
    let (start, expected) = try checkedStart(file)
    var offset = start, checksum = Checksum(), json: [UInt8] = [], end: Int?
    while offset < file.size {
      let bytes = try file.bytes(1 << 20, at: offset)
      bytes.withUnsafeBytes { checksum.add($0) }
      if end == nil {
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        json += line
        if line.count < bytes.count { end = offset + line.count + 1 }
      }
      offset += bytes.count
    }
    guard checksum.text == expected else {
      throw damaged("its checksum does not match its contents", name: file.name)
    }
    return (json, end ?? offset)
  }

  /// Where the contents begin, behind a first line that is this format's and has the file's size, and their checksum.
  private func checkedStart(
    _ file: RandomAccessFile
  ) throws(TabularError) -> (start: Int, checksum: String) {
    let line = try firstLine(of: file.bytes(Self.longestFirstLine), name: file.name)
    guard file.size - line.end == line.count else {
      throw damaged(
        "it has \(file.size - line.end) bytes where its first line says \(line.count)", name: file.name)
    }
    return (line.end, line.checksum)
  }

  /// A first line has no more bytes.
  private static let longestFirstLine = 200

  /// What the first line of a file says that begins with these bytes: where the line ends, how many bytes follow, and
  /// their checksum.
  private func firstLine(
    of bytes: [UInt8], name: String
  ) throws(TabularError) -> (end: Int, count: Int, checksum: String) {
    let line = bytes.prefix(Self.longestFirstLine).prefix { $0 != UInt8(ascii: "\n") }
    let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    guard words.first == formatName else {
      throw error(
        FileKind(bytes)?.description(insteadOf: "a \(noun)") ?? "this is not a \(noun)\(otherwise)", name
      )
    }
    guard words.count == 4, line.count < bytes.count, let version = Int(words[1]), "\(version)" == words[1],
      version > 0
    else { throw damaged("its first line is not whole", name: name) }
    guard version <= versions.upperBound else {
      throw error(
        "the \(noun) has version \(version), this software reads up to \(self.version); update it", name)
    }
    guard version >= versions.lowerBound else {
      throw error("the \(noun) has version \(version), which is no longer read; \(remedy)", name)
    }
    guard let count = Int(words[2]), count >= 0, "\(count)" == words[2] else {
      throw damaged("its first line is not whole", name: name)
    }
    return (line.count + 1, count, words[3])
  }

  /// The error of a damaged file; also for contents that turn out not to fit together once they are read.
  ///
  /// - Parameter name: what the file is called in messages.
  func damaged(_ what: String = Self.misfit, name: String) -> TabularError {
    error("the \(noun) is damaged: \(what); \(remedy)", name)
  }

  private func error(_ message: String, _ name: String) -> TabularError {
    .model(path: name, message: message)
  }

  static let misfit = "its contents do not fit together"

  /// What is wrong with contents that cannot be decoded, in words.
  static func text(_ error: any Error) -> String {
    switch error as? DecodingError {
    case .keyNotFound(let key, _): "\"\(printable(key.stringValue))\" is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "\"\(printable(context.codingPath.map(\.stringValue).joined(separator: ".")))\" does not have a value of its kind"
    default: misfit
    }
  }
}
