import LinearAlgebra
import TestSupport
import Testing

@testable import LinearRegression

/// Rows come in the order of the epoch, in whole batches, wherever chunks end and whoever copies them.
@Suite struct BatchLoaderTests {
  private let n = 203, p = 3, k = 2

  /// Elements that tell their row and column.
  private func data<Scalar: BLASScalar>(_: Scalar.Type) -> (X: Matrix<Scalar>, y: Matrix<Scalar>, w: [Scalar])
  {
    (
      Matrix(rows: n, columns: p) { Scalar($0 * 8 + $1) },
      Matrix(rows: n, columns: k) { Scalar($0 * 8 + 5 + $1) },
      (0..<n).map { Scalar($0) }
    )
  }

  /// The rows of an epoch, and where its batches end if nothing cuts them.
  private func plan(_ order: EpochOrder, batchSize: Int) -> (rows: [Int], ends: Set<Int>) {
    var rows: [Int] = [], ends: Set<Int> = []
    while rows.count < n {
      let span = order.span(at: rows.count)
      for place in 0..<span.positions.count {
        rows.append(span.firstRow + order.withRows(of: span) { $0.map { Int($0[place]) } ?? place })
        if (place + 1) % batchSize == 0 || place + 1 == span.positions.count { ends.insert(rows.count) }
      }
    }
    return (rows, ends)
  }

  @Test(arguments: RowOrder.allCases, [1, 3]) func rowsComeInOrder(order: RowOrder, threads: Int) {
    func check<Source: BatchSource>(
      _ source: Source, _ rows: Rows<Source.Input>, chunkBytes: Int
    ) {
      let batchSize = 8
      var generator = SeededGenerator(seed: 11)
      // Blocks of 48 rows, the last of 11.
      let epoch = EpochOrder(order, rowCount: n, blockRows: 48, using: &generator)
      let expected = plan(epoch, batchSize: batchSize)
      let loader = ChunkSize.$bytes.withValue(chunkBytes) {
        BatchLoader(source, rows, batchSize: batchSize)
      }
      // At once; up to where a run is asked to look up, again and again; and with a cut inside of a batch.
      for (step, cut) in [(n, Int.max), (1, Int.max), (50, Int.max), (n, 101)] {
        var position = 0
        while position < n {
          let start = position, end = min(n, position < cut ? cut : n, position + step)
          loader.forEachChunk(rows, epoch, from: start, to: end, cut: position < cut ? cut : .max) {
            batch, _ in
            #expect((batch.weights != nil) == (rows.weights != nil))
            for i in 0..<batch.rows {
              let row = expected.rows[position + i]
              for j in 0..<self.p { #expect(batch.X![i * self.p + j] == Source.Scalar(row * 8 + j)) }
              for t in 0..<self.k { #expect(batch.y![i * self.k + t] == Source.Scalar(row * 8 + 5 + t)) }
              if let weights = batch.weights { #expect(weights[i] == Source.Scalar(row) / 4) }
            }
          } goesOn: { positions in
            #expect(positions.lowerBound == position && !positions.isEmpty)
            position = positions.upperBound
            if cut == .max { #expect(expected.ends.contains(position)) }
            return true
          }
          #expect(position >= end && (position - end < batchSize || step == n))
          if start < cut { #expect(position <= cut) }
        }
        #expect(position == n)
      }
    }
    Parallelism.$threads.withValue(threads) {
      for chunkBytes in [1, 1000, 1 << 20] {
        let (X, y, w) = data(Float.self)
        Rows.with(X, y, weights: w) { rows in
          check(StoredBatches(rows, meanWeight: 4), rows, chunkBytes: chunkBytes)
          check(
            StandardizedBatches<Float>(ColumnUnits(identity: p + k), meanWeight: 4), rows,
            chunkBytes: chunkBytes)
        }
        let wide = data(Double.self)
        Rows.with(wide.X, wide.y) { rows in
          check(StoredBatches(rows, meanWeight: 1), rows, chunkBytes: chunkBytes)
        }
      }
    }
  }

  /// Every part is done once for each chunk, and all of them before the next.
  @Test func partsOfAChunk() {
    let (X, y, _) = data(Double.self)
    var generator = SeededGenerator(seed: 0)
    let order = EpochOrder(.inOrder, rowCount: n, blockRows: n, using: &generator)
    Rows.with(X, y) { rows in
      let loader = ChunkSize.$bytes.withValue(1) {
        BatchLoader(StoredBatches(rows, meanWeight: 1), rows, batchSize: 10)
      }
      for threads in [1, 4] {
        Parallelism.$threads.withValue(threads) {
          let calls = Scratch<Int>(5, repeating: 0)
          var chunks = 0
          loader.forEachChunk(rows, order, from: 0, to: n, parts: 5) { _, part in
            calls.buffer[part] += 1
          } goesOn: { _ in
            chunks += 1
            #expect(calls.buffer.allSatisfy { $0 == chunks })
            return chunks < 7
          }
          #expect(chunks == 7)
        }
      }
    }
  }
}
