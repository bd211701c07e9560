/// A hash of the numbers that a leaf of a ``MergeTree`` holds, as its height: the same on every machine.
package struct LeafHash {
  package private(set) var value: UInt64

  package init(_ start: UInt64) { value = start }

  /// Takes a number: a step of SplitMix64 (Steele, Lea and Flood 2014, doi:10.1145/2714064.2660195).
  package mutating func mix(_ number: Double) {
    value = (value ^ number.bitPattern) &+ 0x9E37_79B9_7F4A_7C15
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    value ^= value >> 31
  }
}
