internal import LinearAlgebra

/// The order in which an epoch visits the rows.
public enum RowOrder: String, Sendable, Codable, CaseIterable {
  /// From the first row to the last.
  case inOrder

  /// In a new random order every epoch: a permutation of all rows, four bytes for each.
  case shuffled

  /// Blocks of neighbouring rows in a new random order every epoch, the rows of each shuffled among themselves: reads
  /// memory, or a file, nearly in order, and converges like a full shuffle unless neighbouring rows are alike
  /// (CorgiPile: Xu, Qiu, Wang et al. 2022, doi:10.1145/3514221.3526150).
  case shuffledBlocks
}

/// Which rows an epoch visits when: position 0 ..< n → row, laid out in spans that batches do not cross.
struct EpochOrder: Sendable {
  /// n
  let rowCount: Int
  private let layout: Layout

  private enum Layout: Sendable {
    case inOrder
    case permutation([Int32])
    case blocks(BlockOrder)
  }

  /// The order of the next epoch.
  /// - Complexity: O(n) for a shuffle, O(number of blocks) for blocks, else O(1).
  init(_ order: RowOrder, rowCount: Int, blockRows: Int, using generator: inout SeededGenerator) {
    self.rowCount = rowCount
    switch order {
    case .inOrder: layout = .inOrder
    case .shuffled: layout = .permutation(generator.permutation(rowCount))
    case .shuffledBlocks: layout = .blocks(BlockOrder(rowCount, blockRows, using: &generator))
    }
  }

  /// Whether rows come in the order that they are stored in.
  var isInOrder: Bool {
    if case .inOrder = layout { true } else { false }
  }

  /// A span of positions, and the row that its offsets count from.
  struct Span {
    let positions: Range<Int>
    let firstRow: Int
    fileprivate let block: Int
  }

  /// The span that a position lies in.
  func span(at position: Int) -> Span {
    switch layout {
    case .inOrder, .permutation: Span(positions: 0..<rowCount, firstRow: 0, block: 0)
    case .blocks(let blocks): blocks.span(at: position)
    }
  }

  /// Calls `body` with the rows of a span, counted from its first row, in the order of its positions; with nil where
  /// they are in order.
  func withRows<Result>(of span: Span, _ body: (UnsafePointer<Int32>?) -> Result) -> Result {
    switch layout {
    case .inOrder: body(nil)
    case .permutation(let rows): rows.withUnsafeBufferPointer { body($0.baseAddress) }
    case .blocks(let blocks):
      blocks.rows(of: span).withUnsafeBufferPointer { body($0.baseAddress) }
    }
  }
}

extension EpochOrder {
  /// The first value that is not finite in the rows at some positions.
  func firstNonFinite<Scalar>(
    in rows: Rows<Scalar>, _ positions: Range<Int>
  ) -> (DataError.Variable, row: Int, column: Int)? {
    let span = span(at: positions.lowerBound), first = span.positions.lowerBound
    let block = rows.block(span.firstRow..<span.firstRow + span.positions.count)
    return withRows(of: span) { rows in
      block.firstNonFinite(rows, positions.lowerBound - first..<positions.upperBound - first)
    }.map { ($0, $1 + span.firstRow, $2) }
  }
}

/// Blocks in random order, and the order inside them: one for all blocks of an epoch, so that it costs nothing beside
/// them.
private struct BlockOrder: Sendable {
  private let rowCount: Int
  private let blockRows: Int
  private let blocks: [Int32]

  /// The order inside the blocks, and inside the last one, which may be short.
  private let inside: [Int32]
  private let insideLast: [Int32]

  /// The place of the last block, which may be short, in the order.
  private let shortPlace: Int

  init(_ rowCount: Int, _ blockRows: Int, using generator: inout SeededGenerator) {
    self.rowCount = rowCount
    self.blockRows = blockRows
    blocks = generator.permutation((rowCount + blockRows - 1) / blockRows)
    inside = generator.permutation(min(blockRows, rowCount))
    insideLast = generator.permutation(rowCount - max(0, blocks.count - 1) * blockRows)
    shortPlace = blocks.firstIndex(of: Int32(blocks.count - 1)) ?? 0
  }

  private func start(ofPlace place: Int) -> Int {
    place <= shortPlace ? place * blockRows : place * blockRows - (blocks.count * blockRows - rowCount)
  }

  func span(at position: Int) -> EpochOrder.Span {
    var place = position / blockRows
    // Behind the short block everything lies a little earlier.
    while place + 1 < blocks.count, start(ofPlace: place + 1) <= position { place += 1 }
    let block = Int(blocks[place]), first = start(ofPlace: place)
    let count = min(blockRows, rowCount - block * blockRows)
    return EpochOrder.Span(positions: first..<first + count, firstRow: block * blockRows, block: block)
  }

  func rows(of span: EpochOrder.Span) -> [Int32] { span.block == blocks.count - 1 ? insideLast : inside }
}

/// Rows of a block in ``RowOrder/shuffledBlocks``: at least two batches, so that they differ from epoch to epoch, and
/// at most a mebibyte if that is more: small beside the data, and large enough for its rows to differ.
func shuffledBlockRows(rowBytes: Int, batchSize: Int) -> Int {
  let rows = (1 << 20) / max(1, rowBytes)
  return max(2, rows / batchSize) * batchSize
}
