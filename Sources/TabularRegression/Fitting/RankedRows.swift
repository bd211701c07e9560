internal import LinearRegression

/// The rows of a formula, of which each rank reads its part of the leaves: what comes out has the bits of one process
/// that reads all.
struct RankedRows<Source: TableSource> {
  let communicator: any Communicator
  /// The rows of this rank.
  let rows: FormulaRows<Source, Share>

  /// What a rank has found in its rows.
  private struct Found: Codable {
    var share: PartialShare
    /// Blocks that have rows.
    var blocks: Int
    /// Why rows could not be reduced, though they may be known to digits that a fit in memory can use.
    var failure: TabularError?

    static var envelope: Envelope {
      Envelope(
        formatName: "linreg-rank", version: 1, noun: "message of a rank",
        remedy: "start the same version of the program on all")
    }
  }

  /// What all rows were reduced to, on rank 0; nil there where they are few, and on the others.
  ///
  /// Two rounds of messages where the design depends on all rows, else one. A rank sends at most 2 log₂ L factors of its
  /// L leaves, and those that it has received.
  ///
  /// - Parameters:
  ///   - few: rows of so many blocks are few: they are left to rank 0.
  ///   - isPart: whether rows of other files follow.
  ///   - progress: called with the number of rows that were read.
  /// - Throws: ``TabularError``, as one process would; on ranks but the first ``TabularError/elsewhere``.
  func share(few: Int, isPart: Bool = false, progress: (Int) -> Void) throws(TabularError) -> Share? {
    if let matrix = rows.source.matrix, matrix.rowCount <= few * matrix.blockRows { return nil }
    let needsSurvey = try communicator.agree(try rows.needsSurvey())
    var survey: DesignSurvey?
    if needsSurvey {
      guard let found = try self.survey(few: few, progress: progress) else { return nil }
      survey = found
    }
    let known = survey, source = rows.source.source
    let whole = try communicator.reduce(
      try find(known, few: few, progress: progress),
      encode: { (found) in Found.envelope.bytes(of: found) },
      decode: { (bytes) throws(TabularError) in
        try Found.envelope.open(RandomAccessFile(bytes, name: "MPI"))
      },
      join: { (found, later) throws(TabularError) in
        found.blocks += later.blocks
        found.failure = found.failure ?? later.failure
        try found.share.merge(later.share, named: source)
      })
    var share: Share?
    // Others wait for the outcome.
    let isFew = try communicator.broadcast(
      try { () throws(TabularError) -> [UInt8] in
        guard let whole else { return [] }
        if !needsSurvey, whole.blocks <= few { return [1] }
        if let failure = whole.failure { throw failure }
        share = try whole.share.whole(isPart: isPart, named: source)
        return [0]
      }())
    return isFew == [1] ? nil : share
  }

  private func find(
    _ survey: DesignSurvey?, few: Int, progress: (Int) -> Void
  ) throws(TabularError) -> Found {
    var blocks = 0, failure: TabularError?
    let share = try rows.partialShare(knowing: survey, keeping: few, progress: progress) {
      (blocks, failure) = ($0, $1)
    }
    return Found(share: share, blocks: blocks, failure: failure)
  }

  /// What all ranks have found in their rows, on all ranks; nil where these are few.
  private func survey(few: Int, progress: (Int) -> Void) throws(TabularError) -> DesignSurvey? {
    let source = rows.source.source
    let whole = try communicator.reduce(
      try SavedSurvey(rows, progress: progress),
      encode: { (survey) in survey.fileBytes },
      decode: { (bytes) throws(TabularError) in
        try SavedSurvey(RandomAccessFile(bytes, name: "the survey of a rank"))
      },
      join: { (survey, later) throws(TabularError) in try survey.merge(later, named: source) })
    let bytes = try communicator.broadcast(whole.map { $0.blocks <= few ? [] : $0.fileBytes })
    if bytes.isEmpty { return nil }
    return try communicator.agree(
      try SavedSurvey(RandomAccessFile(bytes, name: "the survey of all ranks")).whole(named: source))
  }
}
