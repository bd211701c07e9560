internal import LinearAlgebra

/// For each bin of an axis the number of rows, and the sum and sum of squares of a number of theirs: means and their
/// standard errors.
package struct BinnedSums: Equatable, Sendable {
  package private(set) var axis: BinAxis
  package private(set) var counts: [Int]
  /// Σ v and Σ v² of each bin.
  private(set) var powers: [SIMD2<Double>]

  /// No rows.
  package init(_ axis: BinAxis) {
    self.axis = axis
    counts = Array(repeating: 0, count: axis.count)
    powers = Array(repeating: .zero, count: axis.count)
  }

  /// Takes rows in.
  ///
  /// - Precondition: there are as many values as places; places are finite.
  mutating func add(_ places: [Double], _ values: [Double]) {
    precondition(places.count == values.count)
    widen(to: axis.covering(places))
    let locator = BinAxis.Locator(axis)
    counts.withUnsafeMutableBufferPointer { counts in
      powers.withUnsafeMutableBufferPointer { powers in
        for (place, value) in zip(places, values) {
          let bin = locator.position(place)
          counts[bin] += 1
          powers[bin] += SIMD2(value, value * value)
        }
      }
    }
  }

  /// Takes sums of rows in.
  ///
  /// - Parameters:
  ///   - counts: rows of each bin, those that were there included.
  ///   - sums: Σ v and Σ v² of the others.
  mutating func update(counts: [Int], adding sums: [SIMD2<Double>]) {
    precondition(counts.count == axis.count && sums.count == axis.count)
    self.counts = counts
    for bin in sums.indices { powers[bin] += sums[bin] }
  }

  /// Takes others of its kind in.
  mutating func merge(_ later: BinnedSums) {
    widen(to: axis.covering(later.axis))
    take(later)
  }

  private mutating func take(_ other: BinnedSums) {
    for bin in other.counts.indices where other.counts[bin] > 0 {
      let place = other.axis.position(of: bin, on: axis)
      counts[place] += other.counts[bin]
      powers[place] += other.powers[bin]
    }
  }

  /// Takes an axis that covers this one.
  mutating func widen(to axis: BinAxis) {
    if (axis.exponent, axis.first) == (self.axis.exponent, self.axis.first) { return self.axis = axis }
    var wider = BinnedSums(axis)
    wider.take(self)
    self = wider
  }

  /// Rows of neighbouring bins, taken together.
  package struct Group: Equatable, Sendable {
    /// The bins.
    package let bins: Range<Int>
    package let count: Int
    /// The mean of the middles of the bins, weighted by their rows.
    package let center: Double
    let sum: Double
    let squares: Double

    package var mean: Double { sum / Double(count) }
    /// √(Σ (v − v̄)² / (n − 1)); nil for one row.
    package var deviation: Double? {
      count > 1 ? max(0, (squares - sum * mean) / Double(count - 1)).squareRoot() : nil
    }
    /// Of the mean; nil for one row.
    package var standardError: Double? { deviation.map { $0 / Double(count).squareRoot() } }
  }

  /// The bins of a range.
  package func group(_ bins: Range<Int>) -> Group {
    let count = counts[bins].reduce(0, +)
    let center = bins.reduce(0) { $0 + Double(counts[$1]) / Double(count) * axis.center(of: $1) }
    let range = axis.range ?? center...center, sums = powers[bins].reduce(.zero, +)
    return Group(
      bins: bins, count: count, center: min(max(center, range.lowerBound), range.upperBound),
      sum: sums.x, squares: sums.y)
  }

  /// The bins as groups of neighbours with about the same number of rows, those without rows left out.
  ///
  /// - Parameters:
  ///   - most: the largest number of groups.
  ///   - fewest: rows that a group has at least.
  package func groups(most: Int, fewest: Int) -> [Group] {
    let total = counts.reduce(0, +), height = max(fewest, (total + most - 1) / most)
    var groups: [Group] = [], start = 0, taken = 0
    for bin in counts.indices {
      taken += counts[bin]
      if taken >= height {
        groups.append(group(start..<bin + 1))
        (start, taken) = (bin + 1, 0)
      }
    }
    guard taken > 0 else { return groups }
    // What is left at the end is no group of its own.
    let first = groups.popLast()?.bins.lowerBound ?? start
    return groups + [group(first..<counts.count)]
  }
}

extension BinnedSums: Codable {
  private enum Key: String, CodingKey { case axis, bins, counts, sums, squares }

  /// Encodes the bins that have rows.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(axis, forKey: .axis)
    let bins = counts.indices.filter { counts[$0] > 0 }
    try container.encode(StoredArray(bins), forKey: .bins)
    try container.encode(StoredArray(bins.map { counts[$0] }), forKey: .counts)
    try container.encode(StoredArray(bins.map { powers[$0].x }), forKey: .sums)
    try container.encode(StoredArray(bins.map { powers[$0].y }), forKey: .squares)
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    func numbers(_ key: Key) throws -> [Double] {
      try container.decode(StoredArray<Double>.self, forKey: key).wrappedValue
    }
    self.init(try container.decode(BinAxis.self, forKey: .axis))
    let bins = try container.decode(StoredArray<Int>.self, forKey: .bins).wrappedValue
    let found = try container.decode(StoredArray<Int>.self, forKey: .counts).wrappedValue
    let (foundSums, foundSquares) = (try numbers(.sums), try numbers(.squares))
    guard [found.count, foundSums.count, foundSquares.count].allSatisfy({ $0 == bins.count }),
      bins.allSatisfy(counts.indices.contains), found.allSatisfy({ 1...1 << 40 ~= $0 }),
      (foundSums + foundSquares).allSatisfy(\.isFinite)
    else {
      throw DecodingError.dataCorruptedError(forKey: .bins, in: container, debugDescription: "no binned sums")
    }
    for (index, bin) in bins.enumerated() {
      (counts[bin], powers[bin]) = (found[index], SIMD2(foundSums[index], foundSquares[index]))
    }
  }
}
