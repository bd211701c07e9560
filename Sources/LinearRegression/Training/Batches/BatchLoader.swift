internal import LinearAlgebra

/// Hands out the rows of an epoch in chunks of whole batches: rows in order where they lie, if steps take them as they
/// are stored, others copied together.
///
/// While one chunk is worked the next one is copied by whichever thread is free: from memory, gathering rows takes
/// longer than the steps on them.
final class BatchLoader<Source: BatchSource> {
  typealias Input = Source.Input
  typealias Scalar = Source.Scalar

  private let source: Source
  private let batchSize: Int
  private let rowBytes: Int
  private let rowsPerChunk: Int

  /// The chunk that is worked and the one that is copied; made when first needed.
  private var buffers: [RowBuffer<Scalar>] = []

  init(_ source: Source, _ rows: Rows<Input>, batchSize: Int) {
    self.source = source
    self.batchSize = batchSize
    rowBytes = max(1, rows.columnCount * MemoryLayout<Scalar>.stride)
    rowsPerChunk = max(1, ChunkSize.bytes / rowBytes / batchSize) * batchSize
  }

  /// Calls `work` with the rows at the positions `start` ..< `end` of an epoch, chunk by chunk; `end` is rounded up to
  /// whole batches.
  ///
  /// - Parameters:
  ///   - start: where a batch begins.
  ///   - cut: where a batch ends in any case.
  ///   - parts: calls of `work` for each chunk, which threads can do at the same time.
  ///   - work: does one part of the work on a chunk.
  ///   - goesOn: called after all parts of a chunk; says whether there is use in another.
  @specialized(where Source == StoredBatches<Float>)
  @specialized(where Source == StoredBatches<Double>)
  @specialized(where Source == StandardizedBatches<Float>)
  @specialized(where Source == StandardizedBatches<Double>)
  func forEachChunk(
    _ rows: Rows<Input>, _ order: EpochOrder, from start: Int, to end: Int, cut: Int = .max,
    parts: Int = 1,
    _ work: @escaping (_ chunk: Batch<Scalar>, _ part: Int) -> Void,
    goesOn: @escaping (_ positions: Range<Int>) -> Bool
  ) {
    if start >= end { return }
    let isInPlace = order.isInOrder && Source.readsInPlace
    // Rows in place need no chunks, but parts should not run far from each other: they read the same rows.
    let limit = isInPlace && parts == 1 ? Int.max : rowsPerChunk
    func chunk(at start: Int) -> Range<Int> {
      start >= end ? start..<start : self.chunk(order, at: start, to: end, cut: cut, limit: limit)
    }
    // A round works one chunk and copies the next; the first one only copies.
    var (now, next) = (start..<start, chunk(at: start)), turn = 1
    func pieces() -> Int { isInPlace ? 0 : pieceCount(next) }
    if !isInPlace { prepareBuffers(rows, count: next.upperBound < end ? 2 : 1) }
    let threads = next.upperBound < end ? Parallelism.threads : min(Parallelism.threads, max(parts, pieces()))
    forEachRound(isInPlace ? 0 : pieces(), threads: isInPlace && parts == 1 ? 1 : threads) { index in
      let ownParts = now.isEmpty ? 0 : parts
      if index < ownParts {
        work(isInPlace ? self.source.batch(rows, now) : self.buffers[turn].batch(now.count), index)
      } else {
        let piece = index - ownParts, count = pieces()
        self.copy(
          rows, order,
          next.lowerBound + piece * next.count / count..<next.lowerBound
            + (piece + 1) * next.count / count,
          into: self.buffers[1 - turn], at: piece * next.count / count)
      }
    } next: {
      if !now.isEmpty && !goesOn(now) || next.isEmpty { return nil }
      (now, turn) = (next, 1 - turn)
      next = chunk(at: now.upperBound)
      return parts + pieces()
    }
  }

  /// Consecutive rows of the data, whatever the order of an epoch.
  func withRows<Result>(
    _ range: Range<Int>, of rows: Rows<Input>, _ body: (Batch<Scalar>) -> Result
  ) -> Result {
    if Source.readsInPlace { return body(source.batch(rows, range)) }
    let buffer = RowBuffer<Scalar>(
      rows: range.count, features: rows.featureCount, targets: rows.targetCount,
      isWeighted: rows.weights != nil)
    source.copy(RowSelection(firstRow: 0, offsets: nil, places: range), of: rows, into: buffer, at: 0)
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

  private func prepareBuffers(_ rows: Rows<Input>, count: Int) {
    while buffers.count < count {
      buffers.append(
        RowBuffer(
          rows: min(rowsPerChunk, rows.rowCount), features: rows.featureCount, targets: rows.targetCount,
          isWeighted: rows.weights != nil))
    }
  }

  /// The number of pieces that a chunk is copied in: threads take one after the other, so that none waits long for
  /// another, but small ones would not be worth it.
  private func pieceCount(_ chunk: Range<Int>) -> Int {
    chunk.isEmpty ? 0 : max(1, min(16, chunk.count * rowBytes / (64 << 10)))
  }

  /// Copies the rows at some positions of an epoch into a buffer, from row `start` of it on.
  private func copy(
    _ rows: Rows<Input>, _ order: EpochOrder, _ positions: Range<Int>,
    into buffer: RowBuffer<Scalar>, at start: Int
  ) {
    var position = positions.lowerBound
    while position < positions.upperBound {
      let span = order.span(at: position), first = span.positions.lowerBound
      let end = min(positions.upperBound, span.positions.upperBound)
      order.withRows(of: span) { offsets in
        source.copy(
          RowSelection(firstRow: span.firstRow, offsets: offsets, places: position - first..<end - first),
          of: rows, into: buffer, at: start + position - positions.lowerBound)
      }
      position = end
    }
  }
}

/// The size of a chunk: so large that threads do not often wait for each other, and so small that two chunks stay in
/// the last-level cache. It changes no result; tests make it small.
enum ChunkSize {
  @TaskLocal static var bytes = 4 << 20
}
