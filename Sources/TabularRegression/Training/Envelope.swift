/// What stands around the contents of a file, so that damage is noticed before they are read: a line with the format's
/// name, its version, the number of bytes that follow and their checksum, then that many bytes.
///
///     linreg-share 1 6 85944171f73967e8
///     foobar
struct Envelope {
  /// The file's first word, such as "linreg-share"; without spaces.
  let formatName: String

  /// The version that is written; files of newer ones are refused.
  let currentVersion: Int

  /// What messages call the file, such as "share".
  let noun: String

  /// What messages advise where the file is damaged, such as "accumulate it again".
  let remedy: String

  /// The bytes of a file with these contents.
  ///
  /// - Parameter version: an earlier version that they are in, which older software reads; nil for the current one.
  func seal(_ payload: some Collection<UInt8>, version: Int? = nil) -> [UInt8] {
    let header = "\(formatName) \(version ?? currentVersion) \(payload.count) \(Checksum.text(of: payload))\n"
      .utf8
    var bytes: [UInt8] = []
    bytes.reserveCapacity(header.count + payload.count)
    bytes += header
    bytes += payload
    return bytes
  }

  /// Whether a file begins as one of this format does, whatever follows.
  func isAround(_ bytes: [UInt8]) -> Bool {
    bytes.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") }.elementsEqual(formatName.utf8)
  }

  /// The contents of a file and the version they are in, from 1 to the current one; they are as they were written, but not
  /// therefore meaningful.
  ///
  /// - Throws: ``TabularError/model(path:message:)``: another kind of file, one of a newer version, a damaged one.
  func open(
    _ bytes: [UInt8], path: String
  ) throws(TabularError) -> (version: Int, payload: ArraySlice<UInt8>) {
    if !isAround(bytes) {
      throw .model(
        path: path,
        message: FileKind(bytes)?.description(insteadOf: "a \(noun)")
          ?? "this is not a \(noun) of swift-linear-regression")
    }
    let end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
    let words = String(decoding: bytes[..<end].prefix(200), as: UTF8.self).split(
      separator: " ", omittingEmptySubsequences: false)
    guard words.count == 4, end < bytes.endIndex, let version = Int(words[1]), "\(version)" == words[1],
      version > 0
    else { throw damaged("its first line is not whole", path: path) }
    guard version <= currentVersion else {
      throw .model(
        path: path,
        message: "the \(noun) has version \(version), this software reads up to \(currentVersion); update it")
    }
    let payload = bytes[(end + 1)...]
    guard "\(payload.count)" == words[2] else {
      throw damaged(
        "it has \(payload.count) bytes where its first line says \(printable(String(words[2])))", path: path)
    }
    guard Checksum.text(of: payload) == words[3] else {
      throw damaged("its checksum does not match its contents", path: path)
    }
    return (version, payload)
  }

  /// The error of a damaged file; also for contents that turn out not to fit together once they are read.
  func damaged(_ what: String, path: String) -> TabularError {
    .model(path: path, message: "the \(noun) is damaged: \(what); \(remedy)")
  }
}
