internal import LinearAlgebra

/// The combinations of levels of several categories that rows have, each once: a sparse contingency table.
struct CrossTabulation: Sendable {
  /// For each category the level of each combination.
  private(set) var codes: [[Int32]]

  /// Rows of each combination; what cannot be counted in 32 bits stays at the largest number.
  private(set) var rows: [Int32] = []

  /// Σ of the weights of these rows.
  private(set) var weights: [Double] = []

  /// So many combinations stand there once.
  private var merged = 0

  init(categories: Int) { codes = Array(repeating: [], count: categories) }

  /// Number of combinations; before ``merge(levels:)`` one may stand there several times.
  var count: Int { rows.count }

  /// Takes rows; those of weight 0 are absent.
  ///
  /// - Parameter levels: number of levels of each category so far.
  mutating func append(
    _ range: Range<Int>, of codes: [[Int32]], weights: [Double]?, levels: [Int]
  ) {
    for (category, codes) in codes.enumerated() {
      if let weights {
        self.codes[category] += range.lazy.filter { weights[$0] > 0 }.map { codes[$0] }
      } else {
        self.codes[category] += codes[range]
      }
    }
    let added = weights.map { $0[range].filter { $0 > 0 } } ?? Array(repeating: 1, count: range.count)
    self.weights += added
    rows += repeatElement(1, count: added.count)
    // Merging whenever the table has doubled costs a constant number of passes over it.
    if count > 2 * merged + 1 << 22 { merge(levels: levels) }
  }

  /// Joins combinations that stand there several times; they are then in the order of their levels.
  ///
  /// - Complexity: O(combinations · categories + levels), by counting sorts.
  mutating func merge(levels: [Int]) {
    if merged == count { return }
    var order = Array(0..<Int32(count))
    for category in codes.indices.reversed() {
      order = Self.sorted(order, by: codes[category], levels: levels[category]).order
    }
    let sorted = order
    codes.withUnsafeMutableBufferPointer { codes in
      // Safe: each thread has categories of its own.
      nonisolated(unsafe) let codes = codes
      concurrently(codes.count) { codes[$0] = Self.gathered(codes[$0], sorted) }
    }
    let rows = Self.gathered(rows, sorted), weights = Self.gathered(weights, sorted)
    var isFirst = [Bool](repeating: false, count: count)
    if !isFirst.isEmpty { isFirst[0] = true }
    for codes in codes {
      codes.withUnsafeBufferPointer { codes in
        for cell in isFirst.indices.dropFirst() where codes[cell] != codes[cell - 1] { isFirst[cell] = true }
      }
    }
    // What the last sum has lost (Kahan 1965, doi:10.1145/363707.363723).
    var last = -1, lost = 0.0
    for cell in isFirst.indices {
      if isFirst[cell] {
        last += 1
        lost = 0
        self.rows[last] = rows[cell]
        self.weights[last] = weights[cell]
        for category in codes.indices { codes[category][last] = codes[category][cell] }
      } else {
        let weight = weights[cell] - lost, total = self.weights[last] + weight
        lost = (total - self.weights[last]) - weight
        self.weights[last] = total
        let (sum, overflow) = self.rows[last].addingReportingOverflow(rows[cell])
        self.rows[last] = overflow ? .max : sum
      }
    }
    merged = last + 1
    for category in codes.indices { codes[category].removeLast(count - merged) }
    self.weights.removeLast(count - merged)
    self.rows.removeLast(count - merged)
  }

  /// The elements in an order.
  static func gathered<Element>(_ elements: [Element], _ order: [Int32]) -> [Element] {
    elements.withUnsafeBufferPointer { elements in order.map { elements[Int($0)] } }
  }

  /// Removes combinations.
  mutating func removeAll(where isRemoved: (Int) -> Bool) {
    let kept = rows.indices.filter { !isRemoved($0) }
    if kept.count == count { return }
    codes = codes.map { codes in kept.map { codes[$0] } }
    rows = kept.map { rows[$0] }
    weights = kept.map { weights[$0] }
    merged = min(merged, count)
  }

  /// The combinations by their level of a category, and where those of each level begin.
  func sorted(by category: Int, levels: Int) -> (order: [Int32], starts: [Int32]) {
    Self.sorted(Array(0..<Int32(count)), by: codes[category], levels: levels)
  }

  /// A stable counting sort.
  private static func sorted(
    _ order: [Int32], by codes: [Int32], levels: Int
  ) -> (order: [Int32], starts: [Int32]) {
    var starts = [Int32](repeating: 0, count: levels + 1)
    for code in codes { starts[Int(code) + 1] += 1 }
    for level in 0..<levels { starts[level + 1] += starts[level] }
    var places = starts
    let sorted = [Int32](unsafeUninitializedCapacity: order.count) { sorted, count in
      count = order.count
      places.withUnsafeMutableBufferPointer { places in
        codes.withUnsafeBufferPointer { codes in
          for cell in order {
            let level = Int(codes[Int(cell)])
            sorted[Int(places[level])] = cell
            places[level] += 1
          }
        }
      }
    }
    return (sorted, starts)
  }
}
