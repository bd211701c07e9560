internal import LinearRegression

extension RankedRows where Reduction == ExtendedRows {
  /// A pass that rank 0 asks the others for.
  private struct Request: Codable {
    let design: Design
    let plan: ExtendedPlan
  }

  /// The sums of a rank's rows, as subtrees of the tree.
  private struct Part: Codable {
    var subtrees: [Subtree]

    struct Subtree: Codable {
      let height: UInt64
      let sums: ExtendedSums
    }

    init(_ tree: MergeTree<ExtendedSums>) {
      subtrees = tree.subtrees.map { Subtree(height: $0.before, sums: $0.value) }
    }

    var tree: MergeTree<ExtendedSums> {
      var tree = MergeTree<ExtendedSums>()
      for part in subtrees { tree.append(part.sums, before: part.height) { $0.merge($1) } }
      return tree
    }
  }

  /// The models of all targets, corrected by residuals in double-double: for each pass rank 0 sends the plan, and sums
  /// of all ranks come back. Nil where rows were few, and on ranks but the first.
  ///
  /// - Parameters:
  ///   - whole: what all rows were reduced to, on rank 0.
  ///   - solving: called with the number of columns before they are solved.
  ///   - progress: called with the number of rows that this rank has read.
  func models(
    _ whole: Whole?, solving: (Int) -> Void, progress: (Int) -> Void
  ) throws(TabularError) -> [FittedModel]? {
    guard communicator.rank == 0 else {
      while try pass(nil, progress: progress) != nil {}
      try communicator.onFirst {}
      return nil
    }
    var models: [FittedModel]?, failure: TabularError?, areWaiting = true
    do throws(TabularError) {
      if let whole {
        solving(whole.share.design.columns.count)
        models = try ExtendedRows(whole.share, hasLow: whole.hasLow).models(rows.source, rows.method) {
          (design, plan) throws(TabularError) in
          // A pass that fails ends the others.
          areWaiting = false
          let tree = try pass(Request(design: design, plan: plan), progress: progress)
          areWaiting = true
          return tree?.whole { $0.merge($1) } ?? ExtendedSums(plan)
        }
      }
    } catch {
      failure = error
    }
    if !areWaiting, let failure { throw failure }
    _ = try communicator.broadcast([])
    try communicator.onFirst { () throws(TabularError) in if let failure { throw failure } }
    return models
  }

  /// One pass, on all ranks.
  ///
  /// - Parameter request: what is to be done, on rank 0.
  /// - Returns: the sums of all rows on rank 0, and of this rank's on others; nil where no pass follows.
  private func pass(_ request: Request?, progress: (Int) -> Void) throws(TabularError) -> MergeTree<
    ExtendedSums
  >? {
    let bytes = try communicator.broadcast(request.map { Envelope.ofRanks.bytes(of: $0) })
    if bytes.isEmpty { return nil }
    let tree = try communicator.reduce(
      try sums(bytes, progress: progress),
      encode: { (tree) in Envelope.ofRanks.bytes(of: Part(tree)) },
      decode: { (bytes) throws(TabularError) -> MergeTree<ExtendedSums> in
        let part: Part = try Envelope.ofRanks.open(RandomAccessFile(bytes, name: "MPI"))
        return part.tree
      },
      join: { (tree, later) in tree.append(contentsOf: later) { $0.merge($1) } })
    return tree ?? MergeTree()
  }

  private func sums(_ bytes: [UInt8], progress: (Int) -> Void) throws(TabularError) -> MergeTree<ExtendedSums>
  {
    let request: Request = try Envelope.ofRanks.open(RandomAccessFile(bytes, name: "MPI"))
    return try ExtendedRows.sums(request.design, rows.source, request.plan, progress: progress)
  }
}
