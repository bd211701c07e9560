/// FNV-1a with 64 bits (draft-eastlake-fnv): finds accidents, not forgery. One changed byte always changes it.
enum Checksum {
  /// The checksum in 16 hexadecimal digits.
  static func text(of bytes: some Sequence<UInt8>) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
