// Numbers in JSON, which has none that is not finite.

extension KeyedEncodingContainer {
  /// Encodes a number; null where it is not finite or not there.
  package mutating func encode(finite value: Double?, forKey key: Key) throws {
    try encode(value.flatMap { $0.isFinite ? $0 : nil }, forKey: key)
  }

  /// Encodes numbers; null in the place of each that is not finite.
  package mutating func encode(finite values: [Double], forKey key: Key) throws {
    try encode(values.map { $0.isFinite ? $0 : nil }, forKey: key)
  }
}
