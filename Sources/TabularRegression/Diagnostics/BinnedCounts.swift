internal import LinearAlgebra

/// How many rows lie in each bin of two axes.
package struct BinnedCounts: Equatable, Sendable {
  package private(set) var x: BinAxis
  package private(set) var y: BinAxis
  /// Bin i of x and bin j of y at i · y.count + j.
  package private(set) var counts: [Int]

  /// No rows.
  package init(_ x: BinAxis, _ y: BinAxis) {
    (self.x, self.y) = (x, y)
    counts = Array(repeating: 0, count: x.count * y.count)
  }

  /// The rows in bin i of x and bin j of y.
  package subscript(i: Int, j: Int) -> Int { counts[i * y.count + j] }

  /// Number of rows.
  package var total: Int { counts.reduce(0, +) }

  /// How many rows lie in each bin of y.
  package var countsOfY: [Int] {
    (0..<y.count).map { j in (0..<x.count).reduce(0) { $0 + self[$1, j] } }
  }

  /// How many rows lie in each bin of x.
  package var countsOfX: [Int] {
    (0..<x.count).map { i in counts[i * y.count..<(i + 1) * y.count].reduce(0, +) }
  }

  /// Counts rows.
  ///
  /// - Precondition: there are as many values of x as of y, none of them NaN; on axes that are not fixed they are
  ///   finite.
  mutating func add(_ xs: [Double], _ ys: [Double]) {
    precondition(xs.count == ys.count)
    widen(to: x.covering(xs), y.covering(ys))
    let (columns, rows) = (BinAxis.Locator(x), BinAxis.Locator(y)), height = y.count
    // Positions are below the number of bins of each axis.
    counts.withUnsafeMutableBufferPointer { counts in
      for index in xs.indices { counts[columns.position(xs[index]) * height + rows.position(ys[index])] += 1 }
    }
  }

  /// Counts the rows of another histogram of its kind too.
  mutating func merge(_ later: BinnedCounts) {
    widen(to: x.covering(later.x), y.covering(later.y))
    later.forEach { i, j, count in
      counts[later.x.position(of: i, on: x) * y.count + later.y.position(of: j, on: y)] += count
    }
  }

  /// Makes sure that values of x have bins.
  mutating func widen(toCover xs: [Double]) { widen(to: x.covering(xs), y) }

  /// Makes sure that a range of values of x has bins.
  mutating func widen(toCover range: ClosedRange<Double>) { widen(to: x.covering(range), y) }

  /// Changes the counts.
  mutating func update(_ body: (UnsafeMutableBufferPointer<Int>) -> Void) {
    counts.withUnsafeMutableBufferPointer { body($0) }
  }

  private func forEach(_ body: (Int, Int, Int) -> Void) {
    for i in 0..<x.count {
      for j in 0..<y.count where self[i, j] > 0 { body(i, j, self[i, j]) }
    }
  }

  private mutating func widen(to x: BinAxis, _ y: BinAxis) {
    let areSame =
      (x.exponent, x.first, y.exponent, y.first) == (
        self.x.exponent, self.x.first, self.y.exponent, self.y.first
      )
    if areSame { return (self.x, self.y) = (x, y) }
    var wider = BinnedCounts(x, y)
    forEach { i, j, count in
      wider.counts[self.x.position(of: i, on: x) * y.count + self.y.position(of: j, on: y)] += count
    }
    self = wider
  }
}

extension BinnedCounts: Codable {
  private enum Key: String, CodingKey { case x, y, bins, counts }

  /// Encodes the bins that have rows, and their counts.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(x, forKey: .x)
    try container.encode(y, forKey: .y)
    let bins = counts.indices.filter { counts[$0] > 0 }
    try container.encode(StoredArray(bins), forKey: .bins)
    try container.encode(StoredArray(bins.map { counts[$0] }), forKey: .counts)
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let x = try container.decode(BinAxis.self, forKey: .x), y = try container.decode(BinAxis.self, forKey: .y)
    try container.check(x.count * y.count <= 1 << 17, .x, "\(x.count) × \(y.count) bins")
    self.init(x, y)
    let bins = try container.decode(StoredArray<Int>.self, forKey: .bins).wrappedValue
    let found = try container.decode(StoredArray<Int>.self, forKey: .counts).wrappedValue
    guard bins.count == found.count, bins.allSatisfy(counts.indices.contains),
      found.allSatisfy({ 1...1 << 40 ~= $0 })
    else {
      throw DecodingError.dataCorruptedError(forKey: .bins, in: container, debugDescription: "no histogram")
    }
    for (bin, count) in zip(bins, found) { counts[bin] = count }
  }
}
