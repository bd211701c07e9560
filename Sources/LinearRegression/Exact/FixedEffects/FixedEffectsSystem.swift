internal import LinearAlgebra

/// DᵀWD, the matrix of the normal equations of the fixed effects, by its action: its diagonal blocks are the weights of
/// the levels, the others the cross-tabulations of two categories each.
///
/// Unknowns are the effects of all levels, one category behind the other, that with the most levels first: it is
/// eliminated exactly where the Schur complement is asked for.
struct FixedEffectsSystem: Sendable {
  /// The categories, that with the most levels first.
  let order: [Int]

  /// Number of levels, and of the first unknown, of each category in that order.
  let levels: [Int]
  let offsets: [Int]

  /// Σ of the weights of each level.
  let diagonal: [Double]

  private let views: [View]

  /// The combinations by their level of one category.
  private struct View: Sendable {
    /// Where those of each level begin.
    var starts: [Int32]
    /// The unknowns of the other categories' levels, in the order of the categories; none of its own.
    var unknowns: [[Int32]]
    var weights: [Double]
    /// Ranges of levels for threads to take, with some ten thousand combinations each.
    var parts: [Range<Int>]

    /// Σ w x over the levels of another category that a level meets.
    @inline(__always)
    func sum<Lanes: DoubleLanes>(_ level: Int, _ other: Int, _ x: UnsafeBufferPointer<Lanes>) -> Lanes {
      var sum = Lanes.zero
      unknowns[other].withUnsafeBufferPointer { unknowns in
        weights.withUnsafeBufferPointer { weights in
          for cell in Int(starts[level])..<Int(starts[level + 1]) {
            sum += x[Int(unknowns[cell])] * weights[cell]
          }
        }
      }
      return sum
    }
  }

  /// Number of unknowns.
  var count: Int { diagonal.count }

  /// The unknowns without those of the category with the most levels.
  var rest: Range<Int> { levels[0]..<count }

  init(_ table: CrossTabulation, levels counts: [Int]) {
    let order = counts.indices.sorted { counts[$0] == counts[$1] ? $0 < $1 : counts[$0] > counts[$1] }
    let levels = order.map { counts[$0] }
    let offsets = levels.indices.map { levels[..<$0].reduce(0, +) }
    self.order = order
    self.levels = levels
    self.offsets = offsets
    let views = order.indices.map { position in
      let (cells, starts) = table.sorted(by: order[position], levels: levels[position])
      let unknowns = order.indices.map { other -> [Int32] in
        if other == position { return [] }
        let codes = table.codes[order[other]], offset = Int32(offsets[other])
        return codes.withUnsafeBufferPointer { codes in cells.map { codes[Int($0)] + offset } }
      }
      var parts: [Range<Int>] = [], first = 0
      for level in 0..<levels[position]
      where starts[level + 1] - starts[first] >= 1 << 14 || level + 1 == levels[position] {
        parts.append(first..<level + 1)
        first = level + 1
      }
      return View(
        starts: starts, unknowns: unknowns, weights: CrossTabulation.gathered(table.weights, cells),
        parts: parts)
    }
    diagonal = views.flatMap { view in
      view.weights.withUnsafeBufferPointer { weights in
        view.starts.indices.dropLast().map { level in
          var sum = 0.0, lost = 0.0
          for cell in Int(view.starts[level])..<Int(view.starts[level + 1]) {
            let weight = weights[cell] - lost, total = sum + weight
            (lost, sum) = ((total - sum) - weight, total)
          }
          return sum
        }
      }
    }
    self.views = views
  }

  /// y ← A x
  func multiply<Lanes: DoubleLanes>(_ x: [Lanes], _ y: inout [Lanes]) {
    for position in levels.indices {
      addNeighbours(of: position, levels.indices.filter { $0 != position }, x, &y) { unknown, sum in
        x[unknown] * diagonal[unknown] + sum
      }
    }
  }

  /// ‖b − A x‖² and ‖b‖² in the norm of the inverse diagonal.
  func residual<Lanes: DoubleLanes>(_ b: [Lanes], _ x: [Lanes]) -> (square: Lanes, size: Lanes) {
    var product = b, square = Lanes.zero, size = Lanes.zero
    multiply(x, &product)
    for unknown in b.indices where diagonal[unknown] > 0 {
      let r = b[unknown] - product[unknown]
      square += r * (r / diagonal[unknown])
      size += b[unknown] * (b[unknown] / diagonal[unknown])
    }
    return (square, size)
  }

  /// y ← S x with the Schur complement S of the largest category's block; only the rest of the unknowns counts, and
  /// y is used for the others.
  func multiplySchur<Lanes: DoubleLanes>(_ x: [Lanes], _ y: inout [Lanes]) {
    addNeighbours(of: 0, Array(levels.indices.dropFirst()), x, &y) { unknown, sum in
      diagonal[unknown] > 0 ? sum * (-1 / diagonal[unknown]) : .zero
    }
    // Below the first category y is written after it was read: its elements there are those of x, the others are not.
    var mixed = x
    mixed.replaceSubrange(0..<levels[0], with: y[0..<levels[0]])
    for position in levels.indices.dropFirst() {
      addNeighbours(of: position, levels.indices.filter { $0 != position }, mixed, &y) { unknown, sum in
        x[unknown] * diagonal[unknown] + sum
      }
    }
    for unknown in 0..<levels[0] { y[unknown] = .zero }
  }

  /// b of the Schur complement from that of the whole: bᵣ − Bᵀ D₀⁻¹ b₀.
  func eliminate<Lanes: DoubleLanes>(_ b: [Lanes]) -> [Lanes] {
    var scaled = b, result = b
    for unknown in 0..<levels[0] {
      scaled[unknown] = diagonal[unknown] > 0 ? b[unknown] * (1 / diagonal[unknown]) : .zero
      result[unknown] = .zero
    }
    for position in levels.indices.dropFirst() {
      addNeighbours(of: position, [0], scaled, &result) { unknown, sum in b[unknown] - sum }
    }
    return result
  }

  /// The effects of the largest category from those of the others.
  func substitute<Lanes: DoubleLanes>(_ b: [Lanes], _ x: inout [Lanes]) {
    let rest = x
    addNeighbours(of: 0, Array(levels.indices.dropFirst()), rest, &x) { unknown, sum in
      diagonal[unknown] > 0 ? (b[unknown] - sum) * (1 / diagonal[unknown]) : .zero
    }
  }

  /// The diagonal of the Schur complement, as far as combinations tell it; not below what rounding leaves of 0.
  var schurDiagonal: [Double] {
    var result = diagonal
    for position in levels.indices.dropFirst() {
      let view = views[position], unknowns = view.unknowns[0], weights = view.weights
      for level in 0..<levels[position] {
        var taken = 0.0
        for cell in Int(view.starts[level])..<Int(view.starts[level + 1]) {
          taken += weights[cell] * (weights[cell] / diagonal[Int(unknowns[cell])])
        }
        let unknown = offsets[position] + level
        result[unknown] = max(diagonal[unknown] - taken, 1e-3 * diagonal[unknown])
      }
    }
    return result
  }

  /// For each unknown of a category `body` of Σ w x over the other categories' levels that it meets, on all threads.
  private func addNeighbours<Lanes: DoubleLanes>(
    of position: Int, _ others: [Int], _ x: [Lanes], _ y: inout [Lanes], _ body: (Int, Lanes) -> Lanes
  ) {
    let view = views[position], offset = offsets[position]
    x.withUnsafeBufferPointer { x in
      y.withUnsafeMutableBufferPointer { y in
        withoutActuallyEscaping(body) { body in
          // Safe: each thread has levels of its own.
          nonisolated(unsafe) let (x, y, body) = (x, y, body)
          concurrently(view.parts.count) { part in
            for level in view.parts[part] {
              var sum = Lanes.zero
              for other in others { sum += view.sum(level, other, x) }
              y[offset + level] = body(offset + level, sum)
            }
          }
        }
      }
    }
  }

  /// The graph of two categories: for each level of the first the other's levels that it meets, each once.
  func forEachPair(
    _ first: Int, _ second: Int, _ body: (_ level: Int, _ other: Int, _ weight: Double) -> Void
  ) {
    let view = views[first]
    var sums = [Double](repeating: 0, count: levels[second]), met: [Int] = []
    for level in 0..<levels[first] {
      for cell in Int(view.starts[level])..<Int(view.starts[level + 1]) {
        let other = Int(view.unknowns[second][cell]) - offsets[second]
        if sums[other] == 0 { met.append(other) }
        sums[other] += view.weights[cell]
      }
      for other in met {
        body(level, other, sums[other])
        sums[other] = 0
      }
      met.removeAll(keepingCapacity: true)
    }
  }
}
