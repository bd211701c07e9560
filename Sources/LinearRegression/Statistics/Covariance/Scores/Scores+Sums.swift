internal import CRowKernels
internal import LinearAlgebra

// Rows are cut into leaves by their width alone; those are worked on all cores and added in order, so that sums do not
// depend on the number of threads.

extension Scores {
  /// Adds Σ sᵢ sᵢᵀ.
  func addProducts<Scalar>(of rows: Rows<Scalar>, to sums: inout ScoreSums) {
    let order = width, height = max(256, order)
    work(Leaf.of(0..<rows.rowCount, height: 16 * height), rows, into: &sums) { rows, leaf in
      leaf.products = zeros(order * order)
      var scores: [Double] = zeros(min(height, rows.rowCount) * order)
      for start in stride(from: 0, to: rows.rowCount, by: height) {
        let block = rows.block(start..<min(start + height, rows.rowCount))
        write(block, &leaf, into: &scores)
        if basis != nil {
          add_cross_products(scores, order, block.rowCount, order, &leaf.products)
        } else if order > 0 {
          Double.routines.syrk(
            .upper, .transpose, order, block.rowCount, 1, scores, order, 1, &leaf.products, order)
        }
      }
    }
  }

  /// Adds the sums of the scores of each cluster of one way.
  func add<Scalar>(_ rows: Rows<Scalar>, _ clusters: Clusters, _ way: Int, to sums: inout ScoreSums) {
    let height = 1 << 12
    // So many rows that their order is small.
    for start in stride(from: 0, to: rows.rowCount, by: 1 << 24) {
      let range = start..<min(start + 1 << 24, rows.rowCount)
      let order = ClusterOrder(clusters.codes[range], count: clusters.count)
      var leaves = Leaf.of(0..<range.count, height: height)
      leaves.withUnsafeMutableBufferPointer { leaves in
        // Safe: a leaf is worked by one thread.
        nonisolated(unsafe) let (leaves, rows) = (leaves, rows.block(range))
        sums.clusters[way].add(order, height: height) { leaf, positions, target in
          rows.at(positions) { write($0, &leaves[leaf], into: target) }
        }
      }
      // Each way has all rows.
      if way == 0 { for leaf in leaves { sums.add(leaf) } }
    }
  }

  /// Adds the products of scores and of those of earlier rows.
  func addLagged<Scalar>(_ rows: Rows<Scalar>, to sums: inout ScoreSums) {
    let n = rows.rowCount, m = width, lead = sums.lagged?.lags ?? 0
    let height = max(4 * m, 1 << 10), chunk = height * 4 * Parallelism.threads
    // The scores before a chunk that lags reach back to stand before its own.
    var scores: [Double] = zeros((lead + min(n, chunk)) * m)
    for start in stride(from: 0, to: n, by: chunk) {
      let range = start..<min(start + chunk, n)
      scores.withUnsafeMutableBufferPointer { scores in
        nonisolated(unsafe) let own = scores.baseAddress.map { $0 + lead * m }
        work(Leaf.of(range, height: height), rows, into: &sums) { block, leaf in
          guard let own else { return }
          write(block, &leaf, into: own + (leaf.rows.lowerBound - start) * m)
        }
      }
      sums.lagged?.add(&scores, rows: range.count, height: height)
    }
  }

  /// Calls `body` with the rows of each leaf, on all cores, and adds what they come to.
  private func work<Scalar>(
    _ leaves: [Leaf], _ rows: Rows<Scalar>, into sums: inout ScoreSums,
    _ body: @Sendable (Rows<Scalar>, inout Leaf) -> Void
  ) {
    var leaves = leaves
    leaves.withUnsafeMutableBufferPointer { leaves in
      // Safe: a leaf is worked by one thread.
      nonisolated(unsafe) let (leaves, rows) = (leaves, rows)
      concurrently(leaves.count) { body(rows.block(leaves[$0].rows), &leaves[$0]) }
    }
    for leaf in leaves { sums.add(leaf) }
  }
}

extension ScoreSums {
  /// Adds what a leaf has come to.
  fileprivate mutating func add(_ leaf: Scores.Leaf) {
    observations += leaf.observations
    weightSum += leaf.weightSum
    squares += leaf.squares
    fullLeverageRows += leaf.fullLeverageRows
    guard !leaf.products.isEmpty else { return }
    products += Matrix(rows: coordinates, columns: coordinates, elements: leaf.products)
  }
}
