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
  var parts: [StoredSubtree]

  init(_ share: Share) {
    formula = share.formula
    design = share.design
    droppedRows = share.droppedRows
    parts = share.parts.subtrees.map { StoredSubtree($0, inLevels: share.absorption != nil) }
  }

  /// The share; nil where its parts do not fit.
  var share: Share? {
    guard design.fault == nil, droppedRows >= 0 else { return nil }
    let isInLevels = parts.contains { $0.rows.grouping == .levels }
    let absorption = design.absorption(fewest: 2)
    if isInLevels && absorption == nil { return nil }
    let columns = isInLevels ? absorption!.columns : nil
    let levels = isInLevels ? design.variables[absorption!.variable].levels! : []
    let known = Set(levels)
    var tree = MergeTree<ShareRows>()
    for part in parts {
      guard
        let rows = part.value(
          features: design.columns.count - (columns?.count ?? 0), targets: design.targets.count,
          inLevels: isInLevels)
      else { return nil }
      if rows.hasRows(inOthersThan: known) { return nil }
      do throws(DataError) {
        try tree.append(rows, before: part.height) { (rows, later) throws(DataError) in try rows.merge(later)
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

/// Rows that are merged already, as a file keeps them.
struct StoredSubtree: Codable {
  /// Height of the boundary before them.
  let height: UInt64
  let rows: LeastSquares.Factor
  /// The levels of a category that has no columns, in the order of the factor; not there without one.
  let levels: WordList?

  /// - Parameter inLevels: whether the rows are in the levels of a category.
  init(_ subtree: MergeTree<ShareRows>.Subtree, inLevels: Bool) {
    (height, rows) = (subtree.before, subtree.value.factor)
    levels = inLevels ? subtree.value.words : nil
  }

  /// The rows; nil where they are not those of a design with so many columns, or a level is there twice.
  func value(features: Int, targets: Int, inLevels: Bool) -> ShareRows? {
    let words = levels ?? []
    guard rows.features == features, rows.targets == targets, (rows.grouping == .levels) == inLevels,
      rows.grouping != .none, (levels != nil) == inLevels, rows.levels <= words.count,
      Set(words).count == words.count
    else { return nil }
    return ShareRows(rows, words: words)
  }
}
