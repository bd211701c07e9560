#if canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#else
  private import Darwin
#endif
private import Dispatch
internal import LinearAlgebra

/// One pass over the rows of a problem, in blocks that fit in the cache, on all cores.
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
  init(rows: Int, blockRows: Int, partialBytes: Int = 0) {
    self.rows = rows
    self.blockRows = min(max(rows, 1), blockRows)
    maximumShares = max(2, min(16, (64 << 20) / max(1, partialBytes)))
  }

  private var blocks: Int { (rows + blockRows - 1) / blockRows }

  /// Few enough that their partial results are small beside the data, enough for many cores.
  private var shares: Int { min(blocks, maximumShares) }

  /// Reduces all rows to one result.
  ///
  /// - Parameters:
  ///   - partial: an empty result; called once for each share.
  ///   - scratch: room to work in; called once for each thread.
  ///   - add: adds a block of rows; called from several threads, each with its own partial result and scratch.
  ///   - merge: adds the result of later rows.
  func reduce<Partial, Scratch>(
    _ partial: () -> Partial, scratch: () -> Scratch, add: (inout Partial, inout Scratch, Range<Int>) -> Void,
    merge: (inout Partial, Partial) -> Void
  ) -> Partial {
    if shares <= 1 {
      var only = partial()
      var room = scratch()
      if rows > 0 { add(&only, &room, 0..<rows) }
      return only
    }
    return withUnsafeTemporaryAllocation(of: Partial.self, capacity: shares) { partials in
      for share in 0..<shares { partials.initializeElement(at: share, to: partial()) }
      let threads = min(shares, Self.threads)
      // Safe: every share is worked by one thread, on a partial result of its own, and all are done on return.
      nonisolated(unsafe) let (partials, add, scratch) = (partials, add, scratch)
      DispatchQueue.concurrentPerform(iterations: threads) { thread in
        var room = scratch()
        for share in stride(from: thread, to: shares, by: threads) {
          for block in share * blocks / shares..<(share + 1) * blocks / shares {
            add(&partials[share], &room, block * blockRows..<min((block + 1) * blockRows, rows))
          }
        }
      }
      var result = partials.moveElement(from: 0)
      for share in 1..<shares { merge(&result, partials.moveElement(from: share)) }
      return result
    }
  }

  /// Reduces all rows to one result, where no room to work in is needed.
  func reduce<Partial>(
    _ partial: () -> Partial, add: (inout Partial, Range<Int>) -> Void,
    merge: (inout Partial, Partial) -> Void
  ) -> Partial {
    reduce(partial, scratch: {}, add: { partial, _, rows in add(&partial, rows) }, merge: merge)
  }
}

extension RowPass {
  /// Number of threads that take shares: one for each core that is online.
  @TaskLocal static var threads = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}
