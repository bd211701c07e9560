/// An array that a file keeps as bytes beside its text: an encoder or decoder with an ``ArrayStore`` in its `userInfo`
/// has the array's place in the text, any other the elements.
@propertyWrapper
package struct StoredArray<Element: Codable & BitwiseCopyable & Sendable>: Codable {
  package var wrappedValue: [Element]

  package init(wrappedValue: [Element]) { self.wrappedValue = wrappedValue }

  package init(_ array: [Element]) { self.init(wrappedValue: array) }

  package init(from decoder: any Decoder) throws {
    guard let store = decoder.userInfo[.arrayStore] as? ArrayStore else {
      wrappedValue = try [Element](from: decoder)
      return
    }
    let place = try [Int](from: decoder)
    guard place.count == 2, let array: [Element] = try store.array(at: place[0], count: place[1]) else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "no array is at \(place)"))
    }
    wrappedValue = array
  }

  package func encode(to encoder: any Encoder) throws {
    guard let store = encoder.userInfo[.arrayStore] as? ArrayStore else {
      return try wrappedValue.encode(to: encoder)
    }
    try store.append(wrappedValue).encode(to: encoder)
  }
}

extension KeyedDecodingContainer {
  /// Throws where a condition that decoded values have to meet is not met.
  package func check(_ condition: Bool, _ key: Key, _ problem: String) throws {
    if condition { return }
    throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: problem)
  }

  /// A number of rows, steps or epochs, from 0 to 2⁵³: as exact in a Double, and far from where sums of them overflow.
  package func count(_ key: Key) throws -> Int {
    let count = try decode(Int.self, forKey: key)
    try check(0...1 << 53 ~= count, key, "a count of \(count)")
    return count
  }

  /// Finite numbers: so many, if that is known.
  package func numbers(_ key: Key, _ count: Int? = nil) throws -> [Double] {
    let numbers = try decode(StoredArray<Double>.self, forKey: key).wrappedValue
    let areThere = count.map { $0 == numbers.count } ?? true
    try check(areThere && numbers.allSatisfy(\.isFinite), key, "\(numbers.count) numbers")
    return numbers
  }
}

extension StoredArray: Equatable where Element: Equatable {}
extension StoredArray: Sendable {}

extension CodingUserInfoKey {
  /// Where an encoder or decoder has its ``ArrayStore``.
  package static let arrayStore = CodingUserInfoKey(rawValue: "swift-linear-regression.arrays")!
}

/// The arrays of a file, one behind the other, each from a multiple of 8 bytes on and filled up with zeros; numbers are
/// little-endian, as on every machine that this package runs on. An array's place is its offset in bytes and its number
/// of elements.
///
/// One encoder or decoder uses it, in one thread.
package final class ArrayStore: @unchecked Sendable {
  /// Number of bytes.
  package private(set) var count: Int

  private var arrays: [((UnsafeRawBufferPointer) -> Void) -> Void] = []

  private let read: (UnsafeMutableRawBufferPointer, Int) throws -> Void
  private var taken: [Range<Int>] = []
  private var takenCount = 0

  /// A store without arrays, to be written.
  package init() { (count, read) = (0, { _, _ in }) }

  /// The arrays of a file.
  ///
  /// - Parameters:
  ///   - count: their number of bytes.
  ///   - read: fills a buffer with the bytes from an offset on.
  package init(count: Int, read: @escaping (UnsafeMutableRawBufferPointer, Int) throws -> Void) {
    (self.count, self.read) = (count, read)
  }

  private func filled(_ size: Int) -> Int { (size + 7) / 8 * 8 }

  /// Adds an array, and returns its place.
  func append<Element: BitwiseCopyable & Sendable>(_ array: [Element]) -> [Int] {
    let place = [count, array.count], size = array.count * MemoryLayout<Element>.stride
    let zeros = [UInt8](repeating: 0, count: filled(size) - size)
    count += filled(size)
    arrays.append { body in
      array.withUnsafeBytes { body($0) }
      zeros.withUnsafeBytes { body($0) }
    }
    return place
  }

  /// Calls `body` with the bytes, piece after piece.
  package func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Void) { for array in arrays { array(body) } }

  /// The array of a place; nil where there is none, or more were asked for than there are.
  func array<Element: BitwiseCopyable>(at offset: Int, count length: Int) throws -> [Element]? {
    let (size, overflow) = length.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    guard offset >= 0, offset % 8 == 0, offset <= count, length >= 0, !overflow, size <= count - offset,
      filled(size) <= count - takenCount
    else { return nil }
    takenCount += filled(size)
    taken.append(offset..<offset + filled(size))
    return try [Element](unsafeUninitializedCapacity: length) { elements, initialized in
      try read(UnsafeMutableRawBufferPointer(start: elements.baseAddress, count: size), offset)
      initialized = length
    }
  }

  /// Whether every byte belongs to one array that was asked for, and to no second one.
  package var isUsedUp: Bool {
    let ends = taken.sorted { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
    return ends.reduce(0) { end, range in range.lowerBound == end ? range.upperBound : -1 } == count
  }
}
