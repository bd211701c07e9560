internal import LinearRegression

extension Share {
  static let envelope = Envelope(
    formatName: "linreg-share", version: 7, noun: "share", remedy: "accumulate it again")

  /// Writes a file: whole, or not at all.
  ///
  /// - Throws: ``TabularError/file(path:operation:reason:)``; a file that was there before is then as it was.
  public func write(to path: String) throws(TabularError) {
    try Self.envelope.write(ShareRecord(self), to: path)
  }

  /// Reads a file.
  ///
  /// - Parameter path: the file, or "-" for standard input.
  /// - Throws: ``TabularError``: a file that cannot be read, is damaged or truncated, belongs to another version, or is
  ///   no share.
  public init(contentsOf path: String) throws(TabularError) {
    try self.init(Self.envelope.file(path))
  }

  var fileBytes: [UInt8] { Self.envelope.bytes(of: ShareRecord(self)) }

  init(_ file: RandomAccessFile) throws(TabularError) {
    let record: ShareRecord = try Self.envelope.open(file)
    guard let share = record.share else { throw Self.envelope.damaged(name: file.name) }
    self = share
  }
}

extension Share: Encodable {
  /// Encodes what the share's file holds: the formula, the design, and the parts.
  public func encode(to encoder: any Encoder) throws { try ShareRecord(self).encode(to: encoder) }
}

/// A share's contents.
private struct ShareRecord: Codable {
  var formula: String
  var design: Design
  var droppedRows: Int
  /// In the order of their rows.
  var parts: [Part]

  /// Rows that are merged already.
  struct Part: Codable {
    /// Height of the boundary before them.
    var height: UInt64
    var rows: LeastSquares.Factor
    /// The levels of a category that has no columns, in the order of the factor; not there without one.
    var levels: StoredStrings?
  }

  init(_ share: Share) {
    formula = share.formula
    design = share.design
    droppedRows = share.droppedRows
    parts = share.parts.subtrees.map {
      Part(
        height: $0.before, rows: $0.value.factor,
        levels: share.absorption == nil ? nil : StoredStrings($0.value.words))
    }
  }

  /// The share; nil where its parts do not fit.
  var share: Share? {
    guard design.fault == nil, droppedRows >= 0 else { return nil }
    let isInLevels = parts.contains { $0.rows.grouping == .levels }
    let absorption = design.absorption(fewest: 2)
    if isInLevels && absorption == nil { return nil }
    let columns = isInLevels ? absorption!.columns : nil
    let levels = isInLevels ? design.variables[absorption!.variable].levels! : []
    let numbers = Dictionary(uniqueKeysWithValues: zip(levels, levels.indices))
    var tree = MergeTree<ShareRows>()
    for part in parts {
      let rows = part.rows, words = part.levels?.strings ?? []
      guard rows.targets == design.targets.count, (rows.grouping == .levels) == isInLevels,
        rows.grouping != .none, rows.features == design.columns.count - (columns?.count ?? 0),
        (part.levels != nil) == isInLevels, rows.levels <= words.count
      else { return nil }
      var isThere = Array(repeating: false, count: levels.count), others: Set<String> = []
      for (level, word) in words.enumerated() {
        let number = numbers[word], isTwice: Bool
        if let number {
          isTwice = isThere[number]
          isThere[number] = true
        } else {
          isTwice = !others.insert(word).inserted
        }
        // Booleans are written in several ways.
        let isKnown = number != nil || numbers[Design.boolean(word) ?? word] != nil
        if isTwice || !isKnown && rows.hasRows(level: level) { return nil }
      }
      do throws(DataError) {
        try tree.append(ShareRows(rows, words: words), before: part.height) {
          (rows, later) throws(DataError) in
          try rows.merge(later)
        }
      } catch {
        return nil
      }
    }
    let share = Share(
      formula: formula, design: design, absorption: isInLevels || parts.isEmpty ? absorption : nil,
      droppedRows: droppedRows, parts: tree)
    return share.isCountable ? share : nil
  }
}
