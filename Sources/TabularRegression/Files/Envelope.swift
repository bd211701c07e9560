#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif
internal import LinearAlgebra

/// The form of the package's own files: a line with the format's name, its version, the number of bytes that follow and
/// their checksum; a line of JSON; then arrays as bytes, from a multiple of 8 bytes on, whose places the JSON holds.
///
///     linreg-share 5 168 0b2c2d97
///     {"design":{…},"parts":[{"rows":{"triangle":[16,3], …}}]}
struct Envelope {
  /// The file's first word, such as "linreg-share"; without spaces.
  let formatName: String

  /// The version that is written and read.
  let version: Int

  /// What messages call the file, such as "share".
  let noun: String

  /// What messages advise where the file is damaged, such as "accumulate it again".
  let remedy: String

  /// What messages say of files that are none of this package's, behind "this is not a share".
  var otherwise = " of swift-linear-regression"

  /// Writes a file: whole, or not at all.
  ///
  /// - Parameter temporaryName: the temporary file's name; nil for one that nobody else has.
  func write(
    _ contents: some Encodable, to path: String, temporaryName: String? = nil
  ) throws(TabularError) {
    let file = try OutputFile(path, temporaryName: temporaryName)
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

  /// The contents of a file's bytes; they are as they were written, but not therefore meaningful.
  ///
  /// - Parameter path: the file that they were read from; "-" for standard input.
  /// - Throws: ``TabularError/model(path:message:)``: another kind of file, one of another version, a damaged one.
  func open<Contents: Decodable>(_ bytes: [UInt8], path: String) throws(TabularError) -> Contents {
    let start = try checkedStart(bytes, path)
    let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex - 1
    let arrays = ArrayStore(bytes, from: end + 1), decoder = JSONDecoder.ofModels
    decoder.userInfo[.arrayStore] = arrays
    do {
      let contents = try decoder.decode(Contents.self, from: Data(bytes[start...end]))
      if arrays.isUsedUp { return contents }
    } catch {
      throw damaged(Self.text(error), path: path)
    }
    throw damaged("its arrays are not those of its contents", path: path)
  }

  /// Where the contents begin in the bytes of a file, once they are those that were written.
  private func checkedStart(_ bytes: [UInt8], _ path: String) throws(TabularError) -> Int {
    let line = bytes.prefix(200).prefix { $0 != UInt8(ascii: "\n") }
    let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    guard words.first == formatName else {
      throw error(
        FileKind(bytes)?.description(insteadOf: "a \(noun)") ?? "this is not a \(noun)\(otherwise)", path)
    }
    guard words.count == 4, line.endIndex < bytes.endIndex, bytes[line.endIndex] == UInt8(ascii: "\n"),
      let version = Int(words[1]), "\(version)" == words[1], version > 0
    else { throw damaged("its first line is not whole", path: path) }
    guard version <= self.version else {
      throw error(
        "the \(noun) has version \(version), this software reads up to \(self.version); update it", path)
    }
    guard version == self.version else {
      throw error("the \(noun) has version \(version), which is no longer read; \(remedy)", path)
    }
    let start = line.endIndex + 1, count = bytes.count - start
    guard "\(count)" == words[2] else {
      throw damaged("it has \(count) bytes where its first line says \(printable(words[2]))", path: path)
    }
    var checksum = Checksum()
    bytes.withUnsafeBytes { checksum.add(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    guard checksum.text == words[3] else {
      throw damaged("its checksum does not match its contents", path: path)
    }
    return start
  }

  /// The error of a damaged file; also for contents that turn out not to fit together once they are read.
  func damaged(_ what: String = Self.misfit, path: String) -> TabularError {
    error("the \(noun) is damaged: \(what); \(remedy)", path)
  }

  private func error(_ message: String, _ path: String) -> TabularError {
    .model(path: path == "-" ? "standard input" : path, message: message)
  }

  static let misfit = "its contents do not fit together"

  /// What is wrong with contents that cannot be decoded, in words.
  private static func text(_ error: any Error) -> String {
    switch error as? DecodingError {
    case .keyNotFound(let key, _): "\"\(printable(key.stringValue))\" is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "\"\(printable(context.codingPath.map(\.stringValue).joined(separator: ".")))\" does not have a value of its kind"
    default: misfit
    }
  }
}
