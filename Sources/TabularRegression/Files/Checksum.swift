private import CZlib

/// CRC-32 as of gzip and PNG (RFC 1952, section 8): finds accidents, not forgery. A changed byte always changes it.
struct Checksum {
  /// The checksum's 32 bits.
  private(set) var value: UInt = 0

  /// Takes the bytes that follow.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    value = crc32_z(value, start.assumingMemoryBound(to: UInt8.self), bytes.count)
  }

  /// The checksum in 8 hexadecimal digits.
  var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
