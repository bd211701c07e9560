private import Dispatch
internal import LinearAlgebra
private import Synchronization

/// Where rows come from: hands them out in blocks, which several threads may ask for at once.
protocol RowSource: SendableMetatype {
  /// Consecutive rows.
  associatedtype Block

  /// Number of rows.
  var rowCount: Int { get }

  /// The rows of a range within `0 ..< rowCount`.
  func block(_ rows: Range<Int>) -> Block
}

/// What rows are reduced to: takes blocks of them and joins with another of its kind.
protocol Reduction: SendableMetatype {
  /// The blocks that it takes.
  associatedtype Block

  /// Room to work in, one for each thread.
  associatedtype Workspace

  /// Makes room for blocks of at most so many rows.
  func makeWorkspace(rows: Int) -> Workspace

  /// Takes a block of rows.
  mutating func add(_ block: Block, _ workspace: inout Workspace)

  /// Takes what later rows were reduced to.
  mutating func merge(_ later: Self)
}

extension Reduction where Workspace == Void {
  func makeWorkspace(rows: Int) {}
}

/// One pass over rows, in blocks that fit in the cache, on all cores: one reduction over one source.
///
/// The blocks are divided into shares that depend on the shape alone. Threads take shares; each share adds up its
/// blocks in order, and shares are merged in order: the result has the same bits whatever the number of threads.
struct RowPass {
  /// Number of rows.
  let rows: Int

  /// Rows of a block; the last one may be shorter.
  let blockRows: Int

  /// At most so many partial results exist at a time.
  private let maximumShares: Int

  /// Plans a pass in blocks of a given number of rows.
  ///
  /// - Parameters:
  ///   - rows: number of rows.
  ///   - blockRows: rows of a block, chosen from the shape alone.
  ///   - partialBytes: what a partial result takes: large ones are kept for fewer shares.
  ///   - isDivided: whether threads share the rows; otherwise one block is taken after the other.
  init(rows: Int, blockRows: Int, partialBytes: Int = 0, isDivided: Bool = true) {
    self.rows = rows
    self.blockRows = min(max(rows, 1), blockRows)
    maximumShares = isDivided ? max(2, min(32, (32 << 20) / max(1, partialBytes))) : 1
  }

  private var blocks: Int { (rows + blockRows - 1) / blockRows }

  /// Few enough that their partial results are small beside the data, enough for many cores.
  private var shares: Int { min(blocks, maximumShares) }

  /// Reduces all rows of a source.
  ///
  /// - Parameters:
  ///   - source: the rows, as many as the pass was planned for.
  ///   - start: makes the reduction of no rows; called once for each share.
  func reduce<Source: RowSource, Result: Reduction>(
    _ source: Source, _ start: () -> Result
  ) -> Result where Result.Block == Source.Block {
    precondition(source.rowCount == rows)
    if blocks <= 1 {
      var result = start()
      if rows > 0 {
        var workspace = result.makeWorkspace(rows: rows)
        result.add(source.block(0..<rows), &workspace)
      }
      return result
    }
    return withUnsafeTemporaryAllocation(of: Result.self, capacity: shares) { partials in
      for share in 0..<shares { partials.initializeElement(at: share, to: start()) }
      let threads = min(shares, Parallelism.threads)
      let next = Atomic(0)
      // Safe: every share is worked by one thread, on a reduction of its own, and all are done on return.
      nonisolated(unsafe) let (partials, source) = (partials, source)
      let work = { @Sendable (_: Int) in
        var share = next.add(1, ordering: .relaxed).oldValue
        if share >= shares { return }
        var workspace = partials[share].makeWorkspace(rows: blockRows)
        while share < shares {
          for block in share * blocks / shares..<(share + 1) * blocks / shares {
            let block = source.block(block * blockRows..<min((block + 1) * blockRows, rows))
            partials[share].add(block, &workspace)
          }
          share = next.add(1, ordering: .relaxed).oldValue
        }
      }
      if threads == 1 { work(0) } else { DispatchQueue.concurrentPerform(iterations: threads, execute: work) }
      var result = partials.moveElement(from: 0)
      for share in 1..<shares { result.merge(partials.moveElement(from: share)) }
      return result
    }
  }
}
