internal import LinearRegression

/// The rows of a formula, of which each rank reads its part of the leaves: what comes out has the bits of one process
/// that reads all.
struct RankedRows<Source: TableSource, Reduction: ShareReduction> {
  let communicator: any Communicator
  /// The rows of this rank.
  let rows: FormulaRows<Source, Reduction>
  /// Where parts are kept; nil where they are not.
  var kept: KeptParts?

  /// What all rows were reduced to.
  struct Whole {
    let share: Share
    let hasLow: (X: Bool, y: Bool)
  }

  /// What all rows were reduced to, on rank 0; nil there where they are few, and on the others.
  ///
  /// Two rounds of messages where the design depends on all rows, else one. A rank sends at most 2 log₂ L factors of its
  /// L leaves, and those that it has received.
  ///
  /// - Parameters:
  ///   - few: rows of so many blocks are few: they are left to rank 0.
  ///   - progress: called with the number of rows that were read.
  /// - Throws: ``TabularError``, as one process would; on ranks but the first ``TabularError/elsewhere``.
  func reduced(few: Int, progress: (Int) -> Void) throws(TabularError) -> Whole? {
    if let matrix = rows.source.matrix, matrix.rowCount <= few * matrix.blockRows { return nil }
    let source = rows.source.source
    var survey: DesignSurvey?
    let needsSurvey = try communicator.agree(try rows.needsSurvey())
    if needsSurvey {
      survey = try RankedSurvey(communicator: communicator, rows: rows).survey(few: few, progress: progress)
      if survey == nil { return nil }
    }
    let reduced = try communicator.reduce(
      try part(survey, few: few, progress: progress),
      encode: { (part) in Envelope.ofRanks.bytes(of: part) },
      decode: { (bytes) throws(TabularError) in
        try Envelope.ofRanks.open(RandomAccessFile(bytes, name: "MPI"))
      },
      join: { (part, later) throws(TabularError) in try part.merge(later, named: source) })
    var whole: Whole?
    // The others end with rank 0 where this fails.
    try communicator.onFirst { () throws(TabularError) in
      guard let reduced else { return }
      if !needsSurvey, reduced.blocks <= few { return }
      if let failure = reduced.failure { throw failure }
      whole = Whole(
        share: try reduced.share.whole(isPart: rows.isPart, named: source),
        hasLow: (reduced.hasLowX, reduced.hasLowY))
    }
    return whole
  }
}

extension RankedRows {
  /// What this rank's rows were reduced to.
  private func part(
    _ survey: DesignSurvey?, few: Int, progress: (Int) -> Void
  ) throws(TabularError) -> PartialReduction {
    func reduce() throws(TabularError) -> PartialReduction {
      try rows.partialReduction(knowing: survey, keeping: few, progress: progress)
    }
    guard let kept else { return try reduce() }
    let survey = survey.map { String(decoding: Envelope.ofRanks.bytes(of: $0).prefix(200), as: UTF8.self) }
    return try kept.part(
      rows.source.division,
      [
        "\(Reduction.self)", rows.formula.text, rows.weights ?? "", rows.method.weightKind.rawValue,
        rows.missing.description,
        String(survey?.prefix { $0 != "\n" } ?? ""),
      ] + rows.source.division.facts, reduce: reduce)
  }
}

/// A survey of rows of which each rank reads its part.
struct RankedSurvey<Source: TableSource, Reduction: RowReduction> {
  let communicator: any Communicator
  /// The rows of this rank.
  let rows: FormulaRows<Source, Reduction>

  /// What all ranks have found in their rows, on all ranks; nil where these are few.
  func survey(few: Int, progress: (Int) -> Void) throws(TabularError) -> DesignSurvey? {
    let source = rows.source.source
    let whole = try communicator.reduce(
      try SavedSurvey(rows, progress: progress),
      encode: { (survey) in survey.fileBytes },
      decode: { (bytes) throws(TabularError) in try SavedSurvey(RandomAccessFile(bytes, name: "MPI")) },
      join: { (survey, later) throws(TabularError) in try survey.merge(later, named: source) })
    let bytes = try communicator.broadcast(whole.map { $0.blocks <= few ? [] : $0.fileBytes })
    if bytes.isEmpty { return nil }
    return try communicator.agree(
      try SavedSurvey(RandomAccessFile(bytes, name: "MPI")).whole(named: source))
  }
}
