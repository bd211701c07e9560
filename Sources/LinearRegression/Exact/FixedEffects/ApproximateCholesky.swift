internal import LinearAlgebra

/// An approximate Cholesky factorisation P L D Lᵀ Pᵀ of the Laplacian of a weighted graph.
///
/// Eliminating a vertex joins all its neighbours with each other; instead of these edges a spanning tree of them is
/// sampled, such that the Laplacian of the rest has the right expectation (Kyng and Sachdeva 2016,
/// doi:10.1109/FOCS.2016.68; Gao, Kyng and Spielman 2023, arXiv:2303.00709). The factor has O(m log n) elements, and as
/// a preconditioner it leaves few iterations, whatever the graph. Vertices of few neighbours go first.
struct ApproximateCholesky: Sendable {
  /// The vertices in the order of their elimination.
  private var vertices: [Int32] = []
  /// Where the column of each begins.
  private var starts: [Int32] = [0]
  /// The neighbours of each at its elimination, and their shares of its weight.
  private var neighbours: [Int32] = []
  private var shares: [Double] = []
  /// 1 / D, 0 for the last vertex of a connected component.
  private var pivots: [Double] = []

  /// A graph on its way to a factor: the edges of each vertex as a list.
  private struct Graph {
    var heads: [Int32]
    var next: [Int32] = []
    var ends: [Int32] = []
    var weights: [Double] = []
    var degrees: [Int32]

    init(vertices: Int) {
      heads = Array(repeating: -1, count: vertices)
      degrees = Array(repeating: 0, count: vertices)
    }

    mutating func join(_ a: Int32, _ b: Int32, _ weight: Double) {
      for (from, to) in [(a, b), (b, a)] {
        next.append(heads[Int(from)])
        heads[Int(from)] = Int32(ends.count)
        ends.append(to)
        weights.append(weight)
        degrees[Int(from)] += 1
      }
    }
  }

  /// - Parameters:
  ///   - count: number of vertices.
  ///   - edges: calls its argument with each edge and its weight, which is above zero.
  ///   - seed: of the random choices.
  /// - Complexity: O(m log² n) for m edges of n vertices.
  init(vertices count: Int, seed: UInt64, edges: ((Int32, Int32, Double) -> Void) -> Void) {
    var graph = Graph(vertices: count), generator = SeededGenerator(seed: seed)
    edges { graph.join($0, $1, $2) }
    // Buckets by degree; one that a vertex has left since is skipped when it comes up.
    let most = 1 << 10
    var buckets = [[Int32]](repeating: [], count: most + 1), lowest = 0
    func bucket(_ vertex: Int32, _ graph: Graph) -> Int { min(most, Int(graph.degrees[Int(vertex)])) }
    for vertex in (0..<Int32(count)).reversed() { buckets[bucket(vertex, graph)].append(vertex) }
    var isGone = Array(repeating: false, count: count)
    while vertices.count < count {
      while buckets[lowest].isEmpty { lowest += 1 }
      guard let vertex = buckets[lowest].popLast(), !isGone[Int(vertex)], bucket(vertex, graph) == lowest
      else {
        continue
      }
      isGone[Int(vertex)] = true
      let touched = eliminate(vertex, &graph, isGone, &generator)
      for other in touched {
        let place = bucket(other, graph)
        buckets[place].append(other)
        lowest = min(lowest, place)
      }
    }
  }

  /// Eliminates a vertex, and returns its neighbours.
  private mutating func eliminate(
    _ vertex: Int32, _ graph: inout Graph, _ isGone: [Bool], _ generator: inout SeededGenerator
  ) -> [Int32] {
    var found: [(vertex: Int32, weight: Double)] = [], edge = graph.heads[Int(vertex)]
    while edge >= 0 {
      let other = graph.ends[Int(edge)]
      if !isGone[Int(other)] {
        found.append((other, graph.weights[Int(edge)]))
        graph.degrees[Int(other)] -= 1
      }
      edge = graph.next[Int(edge)]
    }
    found.sort { $0.vertex < $1.vertex }
    var edges: [(vertex: Int32, weight: Double)] = []
    for (other, weight) in found {
      if edges.last?.vertex == other {
        edges[edges.count - 1].weight += weight
      } else {
        edges.append((other, weight))
      }
    }
    edges.sort { $0.weight == $1.weight ? $0.vertex < $1.vertex : $0.weight < $1.weight }
    // The weight of each and those behind it.
    var behind = edges.map(\.weight)
    for i in behind.indices.dropLast().reversed() { behind[i] += behind[i + 1] }
    let total = behind.first ?? 0
    vertices.append(vertex)
    pivots.append(total > 0 ? 1 / total : 0)
    for (other, weight) in edges {
      neighbours.append(other)
      shares.append(weight / total)
    }
    starts.append(Int32(neighbours.count))
    for i in edges.indices.dropLast() {
      // One of those behind it, with a probability in proportion to its weight.
      let left = Double.random(in: 0..<1, using: &generator) * behind[i + 1]
      var (low, high) = (i + 1, edges.count - 1)
      while low < high {
        let middle = (low + high + 1) / 2
        if behind[middle] > left { low = middle } else { high = middle - 1 }
      }
      graph.join(edges[i].vertex, edges[low].vertex, edges[i].weight * (behind[i + 1] / total))
    }
    return edges.map(\.vertex)
  }

  /// y ← (P L D Lᵀ Pᵀ)⁺ y
  ///
  /// - Complexity: O(elements of L)
  func solve<Lanes: DoubleLanes>(_ y: inout [Lanes]) {
    y.withUnsafeMutableBufferPointer { y in
      neighbours.withUnsafeBufferPointer { neighbours in
        shares.withUnsafeBufferPointer { shares in
          for column in vertices.indices {
            let value = y[Int(vertices[column])]
            for i in Int(starts[column])..<Int(starts[column + 1]) {
              y[Int(neighbours[i])] += value * shares[i]
            }
          }
          for column in vertices.indices.reversed() {
            var value = y[Int(vertices[column])] * pivots[column]
            for i in Int(starts[column])..<Int(starts[column + 1]) {
              value += y[Int(neighbours[i])] * shares[i]
            }
            y[Int(vertices[column])] = value
          }
        }
      }
    }
  }
}

/// An additive Schwarz preconditioner of DᵀWD: an approximate factor for each two categories. The matrix of two is the
/// Laplacian of the graph in which levels are joined by the rows that have both, but for the sign of one of them
/// (Correia 2016, "A feasible estimator for linear models with multi-way fixed effects"). Each level is in as many
/// pairs as there are other categories, and so each pair has its share of it.
struct SchwarzPreconditioner: Sendable {
  private let system: FixedEffectsSystem
  private let pairs: [(first: Int, second: Int, factor: ApproximateCholesky)]

  init(_ system: FixedEffectsSystem) {
    self.system = system
    let numbers = system.levels.indices.flatMap { first in
      system.levels.indices.dropFirst(first + 1).map { (first, $0) }
    }
    var pairs = [(first: Int, second: Int, factor: ApproximateCholesky)?](
      repeating: nil, count: numbers.count)
    pairs.withUnsafeMutableBufferPointer { pairs in
      nonisolated(unsafe) let pairs = pairs
      concurrently(numbers.count) { index in
        let (first, second) = numbers[index], offset = Int32(system.levels[first])
        let factor = ApproximateCholesky(
          vertices: system.levels[first] + system.levels[second], seed: UInt64(index)
        ) { join in
          system.forEachPair(first, second) { join(Int32($0), offset + Int32($1), $2) }
        }
        pairs[index] = (first, second, factor)
      }
    }
    self.pairs = pairs.compactMap { $0 }
  }

  /// z ← M⁻¹ r
  func apply<Lanes: DoubleLanes>(_ r: [Lanes], _ z: inout [Lanes]) {
    let root = (1 / Double(system.levels.count - 1)).squareRoot()
    var parts = [[Lanes]](repeating: [], count: pairs.count)
    parts.withUnsafeMutableBufferPointer { parts in
      nonisolated(unsafe) let (parts, r) = (parts, r)
      concurrently(parts.count) { index in
        let (first, second, factor) = pairs[index]
        var y = range(first).map { r[$0] * root } + range(second).map { r[$0] * -root }
        factor.solve(&y)
        parts[index] = y
      }
    }
    for i in z.indices { z[i] = .zero }
    for (pair, y) in zip(pairs, parts) {
      for (place, unknown) in range(pair.first).enumerated() { z[unknown] += y[place] * root }
      let count = system.levels[pair.first]
      for (place, unknown) in range(pair.second).enumerated() { z[unknown] -= y[count + place] * root }
    }
  }

  private func range(_ position: Int) -> Range<Int> {
    system.offsets[position]..<system.offsets[position] + system.levels[position]
  }
}
