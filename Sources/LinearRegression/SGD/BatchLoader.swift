internal import LinearAlgebra

/// Hands out the rows of an epoch in chunks of whole batches: rows in order where they lie, if steps take them as they
/// are stored, others copied together.
///
/// While one chunk is worked the next one is copied by whichever thread is free: from memory, gathering rows takes longer
/// than the steps on them.
final class BatchLoader<Source: BatchSource> {
  typealias Input = Source.Input
  typealias Scalar = Source.Scalar

  private let source: Source
  private let batchSize: Int
  private let rowsPerChunk: Int

  /// The chunk that is worked and the one that is copied; made when first needed.
  private var buffers: [RowBuffer<Scalar>] = []

  /// - Parameter chunkBytes: so large that threads do not often wait for each other, and so small that two chunks stay in
  ///   the last-level cache.
  init(_ source: Source, _ rows: Observations<Input>, batchSize: Int, chunkBytes: Int = 4 << 20) {
    self.source = source
    self.batchSize = batchSize
    let rowBytes = max(1, rows.columnCount * MemoryLayout<Scalar>.stride)
    rowsPerChunk = max(1, chunkBytes / rowBytes / batchSize) * batchSize
  }

  /// Works the positions `start` ..< `end` of an epoch, `end` rounded up to whole batches.
  ///
  /// - Parameters:
  ///   - start: where a batch begins.
  ///   - cut: where a batch ends in any case.
  ///   - parts: pieces of work on a chunk that threads can do beside each other.
  ///   - work: does one part of the work on a chunk.
  ///   - goesOn: called after all parts of a chunk; says whether there is use in another.
  @specialized(where Source == StoredBatches<Float>)
  @specialized(where Source == StoredBatches<Double>)
  @specialized(where Source == StandardizedBatches<Float>)
  @specialized(where Source == StandardizedBatches<Double>)
  func forEachChunk(
    _ rows: Observations<Input>, _ order: EpochOrder, from start: Int, to end: Int, cut: Int = .max,
    parts: Int = 1,
    _ work: @escaping (_ chunk: Batch<Scalar>, _ part: Int) -> Void, goesOn: (_ positions: Range<Int>) -> Bool
  ) {
    if start >= end { return }
    let isInPlace = order.isInOrder && source.batch(rows, 0..<0) != nil
    // Rows in place need no chunks, but parts should not run far from each other: they read the same rows.
    let limit = isInPlace && parts == 1 ? Int.max : rowsPerChunk
    var chunk = chunk(order, at: start, to: end, cut: cut, limit: limit), turn = 0
    if !isInPlace {
      prepareBuffers(rows)
      copy(rows, order, chunk, into: buffers[0], beside: 0) { _ in }
    }
    while true {
      let next =
        chunk.upperBound < end
        ? self.chunk(order, at: chunk.upperBound, to: end, cut: cut, limit: limit) : nil
      // Safe: parts and copies write to places of their own, and all are done on return.
      nonisolated(unsafe) let (work, now) = (
        work, isInPlace ? source.batch(rows, chunk)! : buffers[turn].batch(chunk.count)
      )
      if isInPlace {
        forEachInParallel(parts) { work(now, $0) }
      } else {
        copy(rows, order, next ?? 0..<0, into: buffers[1 - turn], beside: parts) { work(now, $0) }
      }
      guard goesOn(chunk), let next else { return }
      chunk = next
      turn = 1 - turn
    }
  }

  /// Consecutive rows of the data, whatever the order of an epoch.
  func withRows<Result>(
    _ range: Range<Int>, of rows: Observations<Input>, _ body: (Batch<Scalar>) -> Result
  ) -> Result {
    if let batch = source.batch(rows, range) { return body(batch) }
    let buffer = RowBuffer<Scalar>(
      rows: range.count, features: rows.featureCount, targets: rows.targetCount,
      isWeighted: rows.weights != nil)
    source.copy(RowSelection(firstRow: 0, positions: nil, places: range), of: rows, into: buffer, at: 0)
    return withExtendedLifetime(buffer) { body(buffer.batch(range.count)) }
  }

  /// The positions of a chunk: whole batches, which cross neither the spans of the order nor a cut.
  private func chunk(_ order: EpochOrder, at start: Int, to end: Int, cut: Int, limit: Int) -> Range<Int> {
    var position = start
    while position < end && position - start < limit {
      let span = order.span(at: position).positions, upper = min(span.upperBound, cut)
      let batches = (min(end, upper) - position + batchSize - 1) / batchSize
      let count = min(batches * batchSize, limit - (position - start), upper - position)
      position += count
      // Behind a batch that is cut short batches begin anew.
      if count % batchSize != 0 { break }
    }
    return start..<position
  }

  private func prepareBuffers(_ rows: Observations<Input>) {
    if !buffers.isEmpty { return }
    buffers = (0..<2).map { _ in
      RowBuffer(
        rows: min(rowsPerChunk, rows.rowCount), features: rows.featureCount, targets: rows.targetCount,
        isWeighted: rows.weights != nil)
    }
  }

  /// Copies a chunk in pieces, and does other work beside it.
  private func copy(
    _ rows: Observations<Input>, _ order: EpochOrder, _ chunk: Range<Int>, into buffer: RowBuffer<Scalar>,
    beside parts: Int, _ work: @escaping (Int) -> Void
  ) {
    let pieces = min(16, (chunk.count + 63) / 64)
    // Safe: as above.
    nonisolated(unsafe) let (source, rows, buffer, work) = (source, rows, buffer, work)
    forEachInParallel(parts + pieces) { index in
      if index < parts { return work(index) }
      let piece = index - parts
      let end = chunk.lowerBound + (piece + 1) * chunk.count / pieces
      var position = chunk.lowerBound + piece * chunk.count / pieces
      while position < end {
        let span = order.span(at: position), first = span.positions.lowerBound
        let next = min(end, span.positions.upperBound)
        order.withRows(of: span) { positions in
          source.copy(
            RowSelection(
              firstRow: span.firstRow, positions: positions, places: position - first..<next - first),
            of: rows, into: buffer, at: position - chunk.lowerBound)
        }
        position = next
      }
    }
  }
}
