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

  /// A chunk of some mebibytes keeps threads from waiting for each other, and stays in the last-level cache.
  private static var chunkBytes: Int { 1 << 20 }

  init(_ source: Source, _ rows: Observations<Input>, batchSize: Int) {
    self.source = source
    self.batchSize = batchSize
    let rowBytes = max(1, rows.columnCount * MemoryLayout<Scalar>.stride)
    rowsPerChunk = max(1, Self.chunkBytes / rowBytes / batchSize) * batchSize
  }

  /// Rows at consecutive positions of an epoch.
  struct Chunk {
    var positions: Range<Int>
    fileprivate var span: EpochOrder.Span

    /// Places of some of its rows in the span's order.
    fileprivate func places(_ rows: Range<Int>) -> Range<Int> {
      let first = positions.lowerBound - span.positions.lowerBound
      return first + rows.lowerBound..<first + rows.upperBound
    }
  }

  /// Works the positions `start` ..< `end` of an epoch, `end` rounded up to whole batches.
  ///
  /// - Parameters:
  ///   - start: where a batch begins.
  ///   - parts: pieces of work on a chunk that threads can do beside each other.
  ///   - work: does one part of the work on a chunk.
  ///   - goesOn: called after all parts of a chunk; says whether there is use in another.
  @specialized(where Source == StoredBatches<Float>)
  @specialized(where Source == StoredBatches<Double>)
  @specialized(where Source == StandardizedBatches<Float>)
  @specialized(where Source == StandardizedBatches<Double>)
  func forEachChunk(
    _ rows: Observations<Input>, _ order: EpochOrder, from start: Int, to end: Int, parts: Int = 1,
    _ work: @escaping (_ chunk: Batch<Scalar>, _ part: Int) -> Void, goesOn: (Chunk) -> Bool
  ) {
    if start >= end { return }
    let isInPlace = order.isInOrder && source.batch(rows, 0..<0) != nil
    // Rows in place need no chunks, but parts should not run far from each other: they read the same rows.
    let limit = isInPlace && parts == 1 ? Int.max : rowsPerChunk
    var chunk = chunk(order, at: start, to: end, limit: limit), turn = 0
    if !isInPlace {
      prepareBuffers(rows)
      copy(rows, order, chunk, into: buffers[0], beside: 0) { _ in }
    }
    while true {
      let next =
        chunk.positions.upperBound < end
        ? self.chunk(order, at: chunk.positions.upperBound, to: end, limit: limit) : nil
      // Safe: parts and copies write to places of their own, and all are done on return.
      nonisolated(unsafe) let (work, now) = (
        work, isInPlace ? source.batch(rows, chunk.positions)! : buffers[turn].batch(chunk.positions.count)
      )
      if isInPlace {
        forEachInParallel(parts) { work(now, $0) }
      } else {
        copy(rows, order, next, into: buffers[1 - turn], beside: parts) { work(now, $0) }
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

  private func chunk(_ order: EpochOrder, at start: Int, to end: Int, limit: Int) -> Chunk {
    let span = order.span(at: start)
    let batches = (min(end, span.positions.upperBound) - start + batchSize - 1) / batchSize
    let count = min(batches * batchSize, limit, span.positions.upperBound - start)
    return Chunk(positions: start..<start + count, span: span)
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
    _ rows: Observations<Input>, _ order: EpochOrder, _ chunk: Chunk?, into buffer: RowBuffer<Scalar>,
    beside parts: Int, _ work: @escaping (Int) -> Void
  ) {
    let count = chunk?.positions.count ?? 0
    let pieces = min(8, (count + 63) / 64)
    // Safe: as above.
    nonisolated(unsafe) let (source, rows, buffer, work) = (source, rows, buffer, work)
    forEachInParallel(parts + pieces) { index in
      if index < parts { return work(index) }
      guard let chunk else { return }
      let piece = (index - parts) * count / pieces..<(index - parts + 1) * count / pieces
      order.withRows(of: chunk.span) { positions in
        source.copy(
          RowSelection(
            firstRow: chunk.span.firstRow, positions: positions, places: chunk.places(piece)),
          of: rows, into: buffer, at: piece.lowerBound)
      }
    }
  }
}
