/// How an NPY file stores its elements: numbers that become Doubles, or true and false, which become 1 and 0.
struct NPYElementType: Equatable {
  enum Kind: Character {
    case float = "f"
    case signed = "i"
    case unsigned = "u"
    case boolean = "b"
  }

  let kind: Kind
  /// Bytes of an element.
  let size: Int
  let isBigEndian: Bool

  /// Reads NumPy's name of a type, such as "<f8"; nil for one that is none of these.
  init?(_ name: String) {
    let parts = Array(name)
    guard parts.count == 3, "<>|".contains(parts[0]), let kind = Kind(rawValue: parts[1]),
      let size = parts[2].wholeNumberValue, kind.sizes.contains(size), parts[2].isASCII,
      size == 1 || parts[0] != "|"
    else { return nil }
    (self.kind, self.size, isBigEndian) = (kind, size, parts[0] == ">")
  }

  /// Whether a Float holds each element exactly and the elements are floating-point.
  var isSinglePrecision: Bool { kind == .float && size <= 4 }

  /// Elements at equal distances, as Doubles.
  ///
  /// - Parameters:
  ///   - bytes: where the first one is.
  ///   - stride: bytes from one to the next.
  ///   - count: how many there are.
  /// - Throws: ``InexactInteger`` at the first integer that no Double is equal to.
  func doubles(_ bytes: UnsafeRawPointer, stride: Int, count: Int) throws(InexactInteger) -> [Double] {
    func integers<Bits: FixedWidthInteger & UnsignedInteger, Value: FixedWidthInteger>(
      _: Bits.Type, _: Value.Type
    ) throws(InexactInteger) -> [Double] {
      let numbers = elements(bytes, stride, count) { (bits: Bits) in Double(Value(truncatingIfNeeded: bits)) }
      // Only 64 bits hold more than a Double's 53.
      guard Value.bitWidth == 64 else { return numbers }
      for row in 0..<count where abs(numbers[row]) >= 0x1p53 {
        let value = Value(
          truncatingIfNeeded: (bytes + row * stride).loadUnaligned(as: Bits.self).inOrder(isBigEndian))
        if Value(exactly: numbers[row]) != value { throw InexactInteger(row: row, text: "\(value)") }
      }
      return numbers
    }
    switch (kind, size) {
    case (.float, 2): return elements(bytes, stride, count) { (bits: UInt16) in Self.half(bits) }
    case (.float, 4):
      return elements(bytes, stride, count) { (bits: UInt32) in Double(Float(bitPattern: bits)) }
    case (.float, _): return elements(bytes, stride, count) { (bits: UInt64) in Double(bitPattern: bits) }
    case (.boolean, _): return elements(bytes, stride, count) { (bits: UInt8) in bits == 0 ? 0 : 1 }
    case (.signed, 1): return try integers(UInt8.self, Int8.self)
    case (.signed, 2): return try integers(UInt16.self, Int16.self)
    case (.signed, 4): return try integers(UInt32.self, Int32.self)
    case (.signed, _): return try integers(UInt64.self, Int64.self)
    case (.unsigned, 1): return try integers(UInt8.self, UInt8.self)
    case (.unsigned, 2): return try integers(UInt16.self, UInt16.self)
    case (.unsigned, 4): return try integers(UInt32.self, UInt32.self)
    case (.unsigned, _): return try integers(UInt64.self, UInt64.self)
    }
  }

  /// The number of IEEE 754's binary16: a sign, five bits of exponent, ten of fraction. Not every platform has
  /// `Float16`.
  private static func half(_ bits: UInt16) -> Double {
    let exponent = Int(bits >> 10 & 0x1F), fraction = Double(bits & 0x3FF) * 0x1p-10
    let magnitude =
      switch exponent {
      case 0: fraction * 0x1p-14
      case 0x1F: fraction == 0 ? Double.infinity : .nan
      default: Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction)
      }
    return bits >> 15 == 1 ? -magnitude : magnitude
  }

  @inline(__always)
  private func elements<Bits: FixedWidthInteger>(
    _ bytes: UnsafeRawPointer, _ stride: Int, _ count: Int, _ value: (Bits) -> Double
  ) -> [Double] {
    [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
      for row in 0..<count {
        let bits = (bytes + row * stride).loadUnaligned(as: Bits.self).inOrder(isBigEndian)
        buffer.initializeElement(at: row, to: value(bits))
      }
      initialized = count
    }
  }

  /// An integer that no Double is equal to.
  struct InexactInteger: Error {
    /// Its position among those that were to be converted.
    let row: Int
    let text: String
  }
}

extension NPYElementType.Kind {
  fileprivate var sizes: Set<Int> {
    switch self {
    case .float: [2, 4, 8]
    case .signed, .unsigned: [1, 2, 4, 8]
    case .boolean: [1]
    }
  }
}

extension FixedWidthInteger {
  @inline(__always)
  fileprivate func inOrder(_ isBigEndian: Bool) -> Self {
    isBigEndian ? Self(bigEndian: self) : Self(littleEndian: self)
  }
}
