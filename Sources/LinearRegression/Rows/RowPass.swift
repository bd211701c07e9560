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
/// The rows are cut into leaves, whose height follows from the width of the rows and not from their number. Threads
/// take leaves; each leaf adds up its blocks in order, and leaves are merged along one fixed binary tree
/// (``MergeTree``): the result has the same bits whatever the number of threads. Wide rows that are reduced to a
/// triangle are one leaf, for merging wide triangles would take as long: there threads share the work on each block.
///
/// Under a ``PassMonitor`` that was asked to stop, the blocks that are left are left out: whoever asked discards what
/// comes of it.
struct RowPass {
  /// Number of rows.
  let rows: Int

  /// Rows of a block; the last one of a leaf may be shorter.
  let blockRows: Int

  /// Rows of a leaf, whole blocks; the last one may be shorter.
  let leafRows: Int

  /// Plans a pass.
  ///
  /// - Parameters:
  ///   - rows: number of rows.
  ///   - blockRows: rows of a block, chosen from the width alone.
  ///   - leafRows: rows of a leaf at least, chosen from the width alone: enough that starting and merging leaves costs
  ///     little beside adding their rows. Nil for four blocks, where a partial result is small beside a block.
  init(rows: Int, blockRows: Int, leafRows: Int? = nil) {
    self.rows = rows
    self.blockRows = blockRows
    let wanted = leafRows ?? 4 * blockRows
    self.leafRows = (wanted + blockRows - 1) / blockRows * blockRows
  }

  /// Reduces all rows of a source.
  ///
  /// - Parameters:
  ///   - source: the rows, as many as the pass was planned for.
  ///   - start: makes the reduction of no rows; called once for each leaf, on any thread.
  func reduce<Source: RowSource, Result: Reduction>(
    _ source: Source, _ start: @escaping () -> Result
  ) -> Result where Result.Block == Source.Block {
    precondition(source.rowCount == rows)
    if rows == 0 { return start() }
    let leaves = (rows + leafRows - 1) / leafRows, monitor = PassMonitor.current
    monitor?.beginPass(rows: rows)
    let tree = SharedTree<Result>(), next = Atomic(0)
    // Safe: a leaf is worked by one thread, on a reduction of its own, and all are done on return.
    nonisolated(unsafe) let (source, start) = (source, start)
    Self.onThreads(min(leaves, Parallelism.threads)) {
      var workspace: Result.Workspace?
      while case let leaf = next.add(1, ordering: .relaxed).oldValue, leaf < leaves {
        var result = start()
        if workspace == nil { workspace = result.makeWorkspace(rows: min(rows, blockRows)) }
        add(leaf * leafRows..<min((leaf + 1) * leafRows, rows), of: source, to: &result, &workspace!, monitor)
        tree.put(result, leaf: leaf, of: leaves)
      }
    }
    return tree.whole
  }

  private static func onThreads(_ threads: Int, _ work: @Sendable () -> Void) {
    if threads == 1 { work() } else { DispatchQueue.concurrentPerform(iterations: threads) { _ in work() } }
  }

  /// Adds the rows of a leaf, block by block. What a block does is compiled here, once for each kind of rows and
  /// reduction.
  @inline(never)
  private func add<Source: RowSource, Result: Reduction>(
    _ range: Range<Int>, of source: Source, to result: inout Result, _ workspace: inout Result.Workspace,
    _ monitor: PassMonitor?
  ) where Result.Block == Source.Block {
    var start = range.lowerBound
    while start < range.upperBound {
      if let monitor, monitor.isStopped { return }
      let end = min(start + blockRows, range.upperBound)
      result.add(source.block(start..<end), &workspace)
      monitor?.take(rows: end - start)
      start = end
    }
  }
}

/// The tree of a pass, into which several threads put leaves.
private final class SharedTree<Value: Reduction>: @unchecked Sendable {
  // Safe: the tree is used under the lock, and what is taken out of it by the thread that took it.
  private let lock = Mutex(())
  private var tree = MergeTree<Value>()

  /// What all leaves were reduced to.
  var whole: Value { tree.subtrees[0].value }

  /// Puts a leaf in and merges what can then be merged.
  func put(_ value: Value, leaf: Int, of count: Int) {
    nonisolated(unsafe) var subtree = MergeTree.Subtree(
      leaves: leaf..<leaf + 1, before: MergeTree<Value>.height(before: leaf, of: count),
      after: MergeTree<Value>.height(before: leaf + 1, of: count), value: value)
    while true {
      nonisolated(unsafe) var pair: (MergeTree<Value>.Subtree, MergeTree<Value>.Subtree)?
      lock.withLock { _ in
        tree.insert(subtree)
        pair = tree.takePair()
      }
      guard let (left, right) = pair.take() else { return }
      subtree = left
      subtree.merge(right) { $0.merge($1) }
    }
  }
}
