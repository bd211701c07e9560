#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif

/// A result as a message between ranks: the bytes, or the error as JSON, and then a byte that tells which of them it
/// is, 1 for an error. At the end it costs no second array.
extension Result<[UInt8], TabularError> {
  /// A failure where there is one, or else bytes.
  init(_ bytes: consuming [UInt8], unless failure: TabularError?) {
    self = if let failure { .failure(failure) } else { .success(bytes) }
  }

  /// The message.
  consuming func message() -> [UInt8] {
    switch consume self {
    case .success(var bytes):
      bytes.append(0)
      return bytes
    case .failure(let error):
      guard let json = try? JSONEncoder.ofModels.encode(error) else {
        fatalError("an error cannot be encoded: \(error); this is a bug in swift-linear-regression")
      }
      return json + [1]
    }
  }

  /// What a message says; a failure too where it is no such message.
  init(message: consuming [UInt8]) {
    switch message.popLast() {
    case 0:
      self = .success(message)
    case 1:
      let error = try? JSONDecoder.ofModels.decode(TabularError.self, from: Data(message))
      self = .failure(error ?? .unreadableMessage)
    default:
      self = .failure(.unreadableMessage)
    }
  }
}

extension TabularError {
  /// A message of another rank is not what this program writes.
  static let unreadableMessage = unusable(
    file: "MPI",
    message: "a message of another rank cannot be read; start the same version of the program on all")
}

/// Several pieces of bytes as one: before each its size, in 8 bytes, the least significant first.
enum MessageParts {
  /// The pieces as one.
  static func joined(_ parts: [[UInt8]]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(parts.reduce(0) { $0 + 8 + $1.count })
    for part in parts {
      bytes += size(part.count)
      bytes += part
    }
    return bytes
  }

  /// The pieces again.
  ///
  /// - Throws: ``TabularError/unusable(file:message:)`` where the bytes are not those of pieces.
  static func split(_ bytes: [UInt8]) throws(TabularError) -> [[UInt8]] {
    var parts: [[UInt8]] = [], rest = bytes[...]
    while !rest.isEmpty {
      guard let count = size(rest), count <= rest.count - 8 else { throw .unreadableMessage }
      parts.append(Array(rest.dropFirst(8).prefix(count)))
      rest = rest.dropFirst(8 + count)
    }
    return parts
  }

  /// A size in 8 bytes.
  static func size(_ count: Int) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } }

  /// The size that the first 8 bytes tell; nil where there are fewer or they tell none.
  static func size(_ bytes: ArraySlice<UInt8>) -> Int? {
    if bytes.count < 8 { return nil }
    let count = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    return count < 0 ? nil : count
  }
}
