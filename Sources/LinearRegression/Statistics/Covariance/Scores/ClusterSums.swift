internal import CRowKernels
internal import LinearAlgebra

/// The sum of the scores of each of many clusters.
struct ClusterSums: Sendable {
  /// Number of coordinates, m.
  let coordinates: Int

  /// The sums, clusters × m, row-major.
  private(set) var sums: [Double]

  init(coordinates: Int, count: Int, sums: [Double]? = nil) {
    (self.coordinates, self.count) = (coordinates, count)
    self.sums = sums ?? zeros(count * coordinates)
  }

  /// Number of clusters.
  private(set) var count: Int

  /// Adds the scores of rows that stand one cluster after the other.
  ///
  /// - Parameters:
  ///   - order: the rows in the order of their clusters, of which there are as many as here.
  ///   - height: rows of a leaf.
  ///   - write: called on several threads with the number of a leaf, the rows of it or of its next part, and where to
  ///     write their scores, rows × ``coordinates``.
  /// - Complexity: O(rows m) on all cores; the rows of a cluster are added in order, leaf by leaf.
  mutating func add(
    _ order: ClusterOrder, height: Int,
    write: @Sendable (Int, ArraySlice<Int32>, UnsafeMutablePointer<Double>) -> Void
  ) {
    precondition(order.starts.count == count + 1)
    let m = coordinates, count = count, n = order.rows.count, leaves = (n + height - 1) / height
    // The cluster that a leaf starts in may have rows in others: each leaf has a sum of its own for it.
    sums.append(contentsOf: repeatElement(0, count: leaves * m))
    sums.withUnsafeMutableBufferPointer { sums in
      guard let base = sums.baseAddress else { return }
      // Safe: a leaf is worked by one thread, and rows of a cluster that it does not start in are added by it alone.
      nonisolated(unsafe) let sums = base
      concurrently(leaves) { leaf in
        let first = order.cluster(at: leaf * height), part = Self.rowsAtOnce
        var cluster = first, scores: [Double] = zeros(part * m), targets = [Int32](repeating: 0, count: part)
        for start in stride(from: leaf * height, to: min((leaf + 1) * height, n), by: part) {
          let range = start..<min(start + part, (leaf + 1) * height, n)
          for row in range {
            while row >= order.starts[cluster + 1] { cluster += 1 }
            targets[row - start] = Int32(cluster == first ? count + leaf : cluster)
          }
          write(leaf, order.rows[range], &scores)
          add_rows_at(scores, m, targets, range.count, sums)
        }
      }
      for leaf in 0..<leaves {
        let cluster = order.cluster(at: leaf * height)
        for j in 0..<m { sums[cluster * m + j] += sums[(count + leaf) * m + j] }
      }
    }
    sums.removeLast(leaves * m)
  }

  /// Rows whose scores are in the cache.
  private static var rowsAtOnce: Int { 256 }

  /// Adds later sums, each to one of these or behind them.
  mutating func merge(_ later: ClusterSums, _ numbers: [Int32]) {
    precondition(coordinates == later.coordinates && numbers.count == later.count)
    precondition(numbers.allSatisfy { $0 >= 0 })
    let m = coordinates, needed = numbers.reduce(count) { max($0, Int($1) + 1) }
    sums.append(contentsOf: repeatElement(0, count: (needed - count) * m))
    count = needed
    add_rows_at(later.sums, m, numbers, numbers.count, &sums)
  }

  /// The sums Bᵀ S of scores Bᵀ s.
  func transformed(_ B: Matrix<Double>) -> ClusterSums {
    let all = Matrix(rows: count, columns: coordinates, elements: sums)
    return ClusterSums(coordinates: B.columnCount, count: count, sums: gemm(all, B).elements)
  }

  /// Σ S Sᵀ, its upper triangle.
  /// - Complexity: count m² flops on all cores. Uses `dsyrk`.
  var products: Matrix<Double> {
    let m = coordinates, height = max(4 * m, 4096), leaves = (count + height - 1) / height
    var parts = [Matrix<Double>](repeating: .zeros(m, m), count: leaves)
    if m == 0 { return .zeros(0, 0) }
    sums.withUnsafeBufferPointer { sums in
      parts.withUnsafeMutableBufferPointer { parts in
        nonisolated(unsafe) let (sums, parts) = (sums, parts)
        concurrently(leaves) { leaf in
          let first = leaf * height, rows = min(height, count - first)
          parts[leaf].withUnsafeMutableElements { part in
            guard let target = part.baseAddress, let source = sums.baseAddress else { return }
            Double.routines.syrk(.upper, .transpose, m, rows, 1, source + first * m, m, 1, target, m)
          }
        }
      }
    }
    return parts.reduce(into: .zeros(m, m)) { $0 += $1 }
  }
}

/// Rows in the order of their clusters, those of a cluster in their own.
struct ClusterOrder: Sendable {
  /// Positions of rows.
  let rows: [Int32]

  /// Where the rows of each cluster start, and where those of the last one end.
  let starts: [Int]

  /// - Parameters:
  ///   - codes: the cluster of each row.
  ///   - count: how many clusters there are.
  /// - Precondition: codes are from 0 up to the count.
  /// - Complexity: O(rows + clusters), by counting.
  init(_ codes: ArraySlice<Int32>, count: Int) {
    precondition(codes.count <= Int32.max)
    var starts = [Int](repeating: 0, count: count + 1)
    for code in codes { starts[Int(code) + 1] += 1 }
    for cluster in 0..<count { starts[cluster + 1] += starts[cluster] }
    var next = starts
    rows = [Int32](unsafeUninitializedCapacity: codes.count) { rows, filled in
      for (row, code) in codes.enumerated() {
        rows[next[Int(code)]] = Int32(row)
        next[Int(code)] += 1
      }
      filled = codes.count
    }
    self.starts = starts
  }

  /// The cluster of the row at a position in this order.
  func cluster(at position: Int) -> Int {
    var (low, high) = (0, starts.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= position { low = middle } else { high = middle }
    }
    return low
  }
}
