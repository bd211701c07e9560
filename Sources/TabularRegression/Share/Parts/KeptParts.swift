#if canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#else
  private import Darwin
#endif

/// A folder in which ranks keep what they have reduced their parts to, so that a run that was ended can be started again
/// and goes on with the parts that are missing.
package struct KeptParts: Sendable {
  private let folder: String

  /// - Throws: ``TabularError/file(path:operation:reason:)`` where there is no such folder and none can be made.
  package init(in folder: String) throws(TabularError) {
    if mkdir(folder, 0o777) != 0, errno != EEXIST { throw Files.failure(folder, .write) }
    var status = stat()
    if stat(folder, &status) != 0 { throw Files.failure(folder, .write) }
    if status.st_mode & S_IFMT != S_IFDIR { throw Files.failure(folder, .write, errno: ENOTDIR) }
    if access(folder, W_OK | X_OK) != 0 { throw Files.failure(folder, .write) }
    self.folder = folder
  }

  private struct Contents: Codable {
    /// What the part depends on.
    let facts: [String]
    let part: PartialReduction
  }

  private static let envelope = Envelope(
    formatName: "linreg-kept", version: 1, noun: "part", remedy: "remove it")

  /// The part of a rank: as it was kept, if it is of the same rows and the same fit, or else as `reduce` gives it.
  ///
  /// - Parameters:
  ///   - division: the leaves that are read.
  ///   - facts: what the part depends on.
  func part(
    _ division: Division, _ facts: [String], reduce: () throws(TabularError) -> PartialReduction
  ) throws(TabularError) -> PartialReduction {
    var checksum = Checksum()
    for fact in facts { Array("\(fact)\n".utf8).withUnsafeBytes { checksum.add($0) } }
    let path =
      "\(folder)/\(division.range.lowerBound)-\(division.range.upperBound)-\(checksum.text).part"
    if Self.envelope.begins(path),
      let contents: Contents = try? Self.envelope.open(Self.envelope.file(path)), contents.facts == facts
    {
      return contents.part
    }
    let part = try reduce()
    if part.failure == nil { try Self.envelope.write(Contents(facts: facts, part: part), to: path) }
    return part
  }
}
