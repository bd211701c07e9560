package import LinearRegression

/// What a file of `accumulate` or `merge` holds: a share, or a part of one.
package enum SavedShare: Sendable {
  case whole(Share)
  case part(PartialShare)

  /// Takes the rows of files, or of a part of them, which need not fit in memory.
  ///
  /// - Parameters:
  ///   - formula: what to predict from what.
  ///   - source: where the rows come from.
  ///   - weights: name of the column that weighs the rows; nil for 1.
  ///   - weightKind: what the weights mean.
  ///   - missing: what becomes of rows in which a field is missing.
  ///   - survey: what all rows have, and what it is called in messages; it is used where the design depends on them.
  ///   - whole: all rows, of which `source` reads a part: they are surveyed where there is no survey.
  ///   - progress: called with the number of rows that were read.
  /// - Throws: ``TabularError``, as `Share.init(_:reading:)`; a survey for another fit.
  package init<Source: TableSource>(
    _ formula: Formula, reading source: Source, weights: String? = nil, weightKind: WeightKind = .analytic,
    missing: MissingPolicy = .refuse,
    knowing survey: (survey: SavedSurvey, name: String)? = nil, whole: () throws(TabularError) -> Source,
    progress: (Int) -> Void = { _ in }
  ) throws(TabularError) {
    var rows = Share.formulaRows(formula, source, weights, missing, weightKind)
    rows.isPart = true
    if !source.division.isPart, survey == nil {
      self = .whole(
        try Share(
          formula, reading: source, weights: weights, weightKind: weightKind, missing: missing,
          progress: progress))
      return
    }
    var found: DesignSurvey?
    let needsSurvey = try rows.needsSurvey()
    if let survey, needsSurvey || !source.division.isPart {
      if let fault = survey.survey.fault(for: try rows.surveyOfNone(), source.division) {
        throw .unusable(file: survey.name, message: fault)
      }
      found = try survey.survey.whole(named: survey.name)
    } else if needsSurvey {
      var all = rows
      all.source = try whole()
      found = try SavedSurvey(all, progress: progress).whole(named: source.source)
    }
    let part = try rows.partialReduction(knowing: found, progress: progress).share
    // A fault of the part is told now, and not when all parts are there.
    if let fault = part.fault { throw fault }
    self = source.division.isPart ? .part(part) : .whole(try part.whole(named: source.source))
  }

  /// Reads a file.
  ///
  /// - Parameter path: the file, or "-" for standard input.
  /// - Throws: ``TabularError``: as `Share.init(contentsOf:)`.
  package init(contentsOf path: String) throws(TabularError) {
    try self.init(Share.envelope.file(path, or: [PartialShare.envelope]))
  }

  init(_ file: RandomAccessFile) throws(TabularError) {
    self = try PartialShare.envelope.begins(file) ? .part(PartialShare(file)) : .whole(Share(file))
  }

  /// Writes a file: whole, or not at all.
  package func write(to path: String) throws(TabularError) {
    switch self {
    case .whole(let share): try share.write(to: path)
    case .part(let part): try part.write(to: path)
    }
  }

  /// Number of rows whose weight is not zero.
  package var observations: Int {
    switch self {
    case .whole(let share): share.observations
    case .part(let part): part.observations
    }
  }

  /// Number of features and targets; nil for a part, whose levels may be more in all rows.
  package var columnCount: Int? {
    if case .whole(let share) = self { share.features.count + share.targetCount } else { nil }
  }

  /// "blocks 17–18 of b.csv", what is missing; nil where nothing is.
  package var missingText: String? {
    if case .part(let part) = self { part.missingText } else { nil }
  }

  /// Takes the share of other rows, or another part of the same.
  ///
  /// - Parameter name: what it is called in messages.
  package mutating func merge(_ other: SavedShare, named name: String) throws(TabularError) {
    switch (self, other) {
    case (.whole(var share), .whole(let other)):
      try share.merge(other, named: name)
      self = .whole(share)
    case (.part(var part), .part(let other)):
      try part.merge(other, named: name)
      self = .part(part)
    // Of fewer leaves than parts some are empty.
    case (.whole(let share), .part(let part)) where part.isEmpty && part.none.formula == share.formula: break
    case (.part(let part), .whole(let share)) where part.isEmpty && part.none.formula == share.formula:
      self = other
    default:
      throw .unusable(
        file: name,
        message:
          "a part of files and a share of others cannot be merged; merge all parts of the files first, and their share then"
      )
    }
  }

  /// The share of all leaves, once all parts are there.
  package func finished(named name: String) throws(TabularError) -> SavedShare {
    guard case .part(let part) = self, part.missingText == nil else { return self }
    return .whole(try part.whole(named: name))
  }

  /// The share, with all leaves or those that are there.
  ///
  /// - Parameters:
  ///   - allowsMissing: whether leaves may be missing, as if they did not exist.
  ///   - name: what it is called in messages.
  /// - Throws: ``TabularError/unusable(file:message:)``, which names the leaves that are missing.
  package func share(allowsMissing: Bool, named name: String) throws(TabularError) -> Share {
    switch self {
    case .whole(let share): share
    case .part(let part): try part.whole(allowsMissing: allowsMissing, named: name)
    }
  }
}

/// What files hold that `merge` joins.
package enum SavedParts: Sendable {
  case share(SavedShare)
  case survey(SavedSurvey)
  case covariance(CovarianceShare)

  /// Reads a file.
  ///
  /// - Parameter path: the file, or "-" for standard input.
  /// - Throws: ``TabularError``: as `Share.init(contentsOf:)`.
  package init(contentsOf path: String) throws(TabularError) {
    let file = try Share.envelope.file(
      path, or: [PartialShare.envelope, SavedSurvey.envelope, CovarianceShare.envelope])
    self =
      if try SavedSurvey.envelope.begins(file) {
        .survey(try SavedSurvey(file))
      } else if try CovarianceShare.envelope.begins(file) {
        .covariance(try CovarianceShare(file))
      } else {
        .share(try SavedShare(file))
      }
  }
}
