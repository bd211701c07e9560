/// A small, fast random number generator whose numbers follow from its seed: xoshiro256++, its state filled by
/// SplitMix64.
///
/// Source: Blackman and Vigna 2021, doi:10.1145/3460772. Not for cryptography.
public struct SeededGenerator: RandomNumberGenerator, Equatable, Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  /// Creates the generator that belongs to `seed`.
  public init(seed: UInt64) {
    var counter = seed
    func splitMix64() -> UInt64 {
      counter &+= 0x9E37_79B9_7F4A_7C15
      var z = counter
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
    state = (splitMix64(), splitMix64(), splitMix64(), splitMix64())
  }

  init(state: (UInt64, UInt64, UInt64, UInt64)) {
    self.state = state
  }

  /// The state, from which the same numbers follow.
  var words: [UInt64] { [state.0, state.1, state.2, state.3] }

  /// Whether the same numbers follow.
  public static func == (a: SeededGenerator, b: SeededGenerator) -> Bool { a.state == b.state }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    func rotate(_ x: UInt64, _ bits: UInt64) -> UInt64 { (x << bits) | (x >> (64 - bits)) }
    let result = rotate(state.0 &+ state.3, 23) &+ state.0
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = rotate(state.3, 45)
    return result
  }

  /// A number drawn evenly from 0 ..< 1, with 53 random bits.
  public mutating func nextUniform() -> Double {
    nextUnit()
  }

  /// An integer drawn evenly from 0 ..< `bound`.
  ///
  /// Multiplies instead of dividing and rejects the few values that would favour some results (Lemire 2019,
  /// doi:10.1145/3230636).
  /// - Precondition: `bound` is positive.
  public mutating func nextInteger(below bound: Int) -> Int {
    require(bound > 0, "no integer lies below \(bound)")
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// A number drawn from the normal distribution with mean 0 and standard deviation 1 (Box and Muller 1958,
  /// doi:10.1214/aoms/1177706645).
  public mutating func nextNormal() -> Double { nextStandardNormal() }
}

extension RandomNumberGenerator {
  /// A number drawn evenly from 0 ..< 1, with 53 random bits.
  @inline(__always)
  mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number drawn from the normal distribution with mean 0 and standard deviation 1, by Box and Muller's method.
  @inline(__always)
  mutating func nextStandardNormal() -> Double {
    let radius = (-2 * CLibrary.logarithm(1 - nextUnit())).squareRoot()
    return radius * CLibrary.cosine(2 * .pi * nextUnit())
  }
}

extension SeededGenerator {
  /// The numbers 0 ..< `count` in random order, every order equally likely.
  ///
  /// Many of them are first dealt out to buckets at random, which are then shuffled one by one: they fit in the cache,
  /// where swaps all over the array would not (Rao 1961, Sankhyā A 23; Sandelius 1962,
  /// doi:10.1111/j.2517-6161.1962.tb00474.x).
  /// - Precondition: `count` is below 2³¹.
  /// - Complexity: O(count).
  package mutating func permutation(_ count: Int) -> [Int32] {
    require(
      count <= Int32.max, "cannot shuffle \(count) rows; at most \(Int32.max): use .shuffledBlocks")
    return [Int32](unsafeUninitializedCapacity: count) { rows, initialized in
      if count < 1 << 15 {
        for i in 0..<count { rows.initializeElement(at: i, to: Int32(i)) }
        swapAtRandom(rows)
      } else {
        deal(into: rows)
      }
      initialized = count
    }
  }

  private mutating func deal(into rows: UnsafeMutableBufferPointer<Int32>) {
    let bits = 6, buckets = 1 << bits
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: rows.count) { bucket in
      withUnsafeTemporaryAllocation(of: Int.self, capacity: buckets + 1) { ends in
        ends.initialize(repeating: 0)
        var random: UInt64 = 0
        for i in 0..<rows.count {
          if i % 10 == 0 { random = next() }
          bucket[i] = UInt8(truncatingIfNeeded: random) & UInt8(buckets - 1)
          random >>= UInt64(bits)
          ends[Int(bucket[i]) + 1] += 1
        }
        for b in 0..<buckets { ends[b + 1] += ends[b] }
        // Where each bucket begins; once dealt, where it ends.
        for i in 0..<rows.count {
          let b = Int(bucket[i])
          rows.initializeElement(at: ends[b], to: Int32(i))
          ends[b] += 1
        }
        for b in 0..<buckets {
          swapAtRandom(UnsafeMutableBufferPointer(rebasing: rows[(b == 0 ? 0 : ends[b - 1])..<ends[b]]))
        }
      }
    }
  }

  /// Fisher and Yates's shuffle with 32 random bits a place; the values that would favour some results are drawn again
  /// (Lemire 2019).
  private mutating func swapAtRandom(_ rows: UnsafeMutableBufferPointer<Int32>) {
    guard rows.count > 1, let rows32 = rows.baseAddress else { return }
    var random: UInt64 = 0, isFresh = false
    var generator = self  // in registers
    var last = rows.count - 1
    while last > 0 {
      let bound = UInt64(last + 1)
      var product: UInt64
      repeat {
        random = isFresh ? random >> 32 : generator.next()
        isFresh.toggle()
        product = (random & 0xFFFF_FFFF) * bound
      } while product & 0xFFFF_FFFF < bound && product & 0xFFFF_FFFF < (1 << 32) % bound
      let other = Int(product >> 32), kept = rows32[last]
      rows32[last] = rows32[other]
      rows32[other] = kept
      last -= 1
    }
    self = generator
  }
}

extension SeededGenerator: Codable {
  /// Decodes the state, four words.
  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    func word() throws -> UInt64 { try container.decode(UInt64.self) }
    let state = (try word(), try word(), try word(), try word())
    if state == (0, 0, 0, 0) {
      // It would give nothing but zeros.
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "a generator of zeros")
    }
    if !container.isAtEnd {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a generator of more than four words")
    }
    self.init(state: state)
  }

  /// Encodes the state, four words.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    for word in words { try container.encode(word) }
  }
}
