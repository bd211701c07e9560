internal import LinearAlgebra
public import LinearRegression

/// A share of an exact fit of named columns: one machine's rows or one month's, reduced to some kilobytes, and a row
/// of means for each level of a category that stands alone.
///
/// ```swift
/// var share = try Share("price ~ .", Table(csv: "january.csv"))
/// try share.add(Table(csv: "february.csv"))
/// try share.write(to: "winter.share")
/// let model = try share.solve()
/// ```
public struct Share: Equatable, Sendable {
  /// What was asked for, in R's language.
  public let formula: String

  /// What is predicted from what.
  package private(set) var design: Design

  /// Number of rows that were left out, for a field was missing.
  public private(set) var droppedRows = 0

  /// The category whose levels are taken out of the rows; nil for none.
  private(set) var absorption: Design.Absorption?

  /// The rows, as subtrees of the tree that they are merged along with those of other shares.
  private(set) var parts = MergeTree<ShareRows>()

  /// Number of rows whose weight is not zero.
  public var observations: Int { parts.subtrees.reduce(0) { $0 + $1.value.factor.observations } }

  /// What is predicted: the name of a column, or an expression as R prints it.
  public var target: String { design.target }

  /// Number of targets.
  public var targetCount: Int { design.targets.count }

  /// Names of the columns that it is predicted from, as R prints them.
  public var features: [String] { design.names }

  /// Name of the column that weighs the rows; nil where each counts the same.
  public var weights: String? { design.weights }

  /// What the weights mean.
  public var weightKind: WeightKind { design.weightKind }

  /// Columns whose fields are words, of digits too: to be named where further tables are read.
  public var categories: Set<String> { design.categories }

  /// Takes the rows of a table.
  ///
  /// - Parameters:
  ///   - formula: what to predict from what.
  ///   - table: the data; levels, means and deviations are those of these rows.
  ///   - weights: name of the column that weighs the rows; nil for 1.
  ///   - weightKind: what the weights mean.
  ///   - missing: what becomes of rows in which a field is missing.
  /// - Throws: ``TabularError``: a column that is not there or does not hold what it has to; no feature.
  /// - Complexity: as `LeastSquares.Factor.add`.
  public init(
    _ formula: Formula, _ table: Table, weights: String? = nil, weightKind: WeightKind = .analytic,
    missing: MissingPolicy = .refuse
  ) throws(TabularError) {
    self.init(
      formula.text,
      try Design(
        formula, table, weights: weights, missing: missing, weightKind: weightKind, isPart: true))
    try add(table)
  }

  /// Takes the rows of a table: as with a ``Formula`` of this text.
  public init(
    _ formula: String, _ table: Table, weights: String? = nil, weightKind: WeightKind = .analytic,
    missing: MissingPolicy = .refuse
  ) throws(TabularError) {
    try self.init(Formula(formula), table, weights: weights, weightKind: weightKind, missing: missing)
  }

  /// An empty share of a design.
  package init(_ formula: String, _ design: Design) {
    self.init(formula, design, absorbing: design.absorption(fewest: 2))
  }

  /// An empty share of a design.
  ///
  /// - Parameter absorption: the category whose levels are taken out of the rows; nil for none.
  init(_ formula: String, _ design: Design, absorbing absorption: Design.Absorption?) {
    self.init(formula: formula, design: design, absorption: absorption)
  }

  init(
    formula: String, design: Design, absorption: Design.Absorption?, droppedRows: Int = 0,
    parts: MergeTree<ShareRows> = MergeTree()
  ) {
    self.formula = formula
    self.design = design
    self.absorption = absorption
    self.droppedRows = droppedRows
    self.parts = parts
  }

  /// No rows.
  private var noRows: ShareRows { ShareRows(design, absorption) }

  /// All rows, merged along the tree; levels of the category are counted as the design does.
  ///
  /// - Parameter name: what the share is called in messages.
  func rows(named name: String) throws(TabularError) -> ShareRows {
    do throws(DataError) {
      let whole = try parts.whole { (rows, later) throws(DataError) in try rows.merge(later) }
      var rows = whole ?? noRows
      try rows.renumber(numbers(of: rows.words))
      return rows
    } catch {
      throw tabular(error, name)
    }
  }

  /// Takes rows that follow all others.
  private mutating func append(_ rows: ShareRows, before: UInt64, named name: String) throws(TabularError) {
    // Leaves without rows, which would wait for each other, are as if they were not there.
    if rows.isEmpty { return }
    do throws(DataError) {
      try parts.append(rows, before: before) { (rows, later) throws(DataError) in try rows.merge(later) }
    } catch {
      throw tabular(error, name)
    }
  }

  /// The error under the names of the columns.
  private func tabular(_ error: DataError, _ name: String) -> TabularError {
    guard let absorption, case .overflow(.features, let column) = error else {
      return design.tabular(error, name)
    }
    return design.tabular(.overflow(.features, column: absorption.columns.position(ofOther: column)), name)
  }

  /// The number of each word among the levels of the category in the design.
  private func numbers(of words: WordList) -> [Int32] {
    guard let absorption else { return [] }
    let variable = design.variables[absorption.variable], levels = variable.levels ?? []
    let numbers = Dictionary(uniqueKeysWithValues: zip(levels, levels.indices.map(Int32.init)))
    let isBoolean = design.sources.contains { $0.kind == .booleans && variable.variable.columns == [$0.name] }
    // A word of rows that are left out is no level, and has no weight.
    return words.map { numbers[isBoolean ? Design.boolean($0) ?? $0 : $0] ?? 0 }
  }

  /// Takes the rows of another table, whose columns are found by name.
  ///
  /// - Throws: ``TabularError``; the share is then as it was.
  public mutating func add(_ table: Table) throws(TabularError) {
    let part = try Self.part(design.rows(of: table, absorbing: absorption), isLeaf: false)
    // A copy, for the merges that follow may fail.
    var whole = self
    try whole.take(part, of: table.source)
    self = whole
  }

  /// Joins with a share of the same design, of later rows.
  ///
  /// - Parameter name: what it is called in messages.
  private mutating func join(_ other: Share, named name: String) throws(TabularError) {
    for part in other.parts.subtrees { try append(part.value, before: part.before, named: name) }
    droppedRows += other.droppedRows
    try checkSize(name)
  }

  /// Whether the rows, those that were dropped too, are no more than 2⁵³: then the sum of two shares does not overflow.
  var isCountable: Bool {
    parts.subtrees.reduce(Double(droppedRows)) { $0 + Double($1.value.factor.observations) } <= 0x1p53
  }

  func checkSize(_ name: String) throws(TabularError) {
    if !isCountable { throw .unusable(file: name, message: "there are more rows than can be counted") }
    guard let absorption else { return }
    let levels = parts.subtrees.map(\.value.levels).max() ?? 0
    try FitMemory.check(
      FitMemory.Need(
        features: design.columns.count - absorption.columns.count, targets: design.targets.count,
        levels: levels,
        triangles: 1),
      widest: (design.column(of: absorption), levels), source: name)
  }

  /// Joins with the share of other rows.
  ///
  /// Where a category stands alone in the formula, its levels are those of both.
  /// - Parameters:
  ///   - other: a share of the same formula.
  ///   - name: what it is called in messages.
  /// - Throws: ``TabularError/unusable(file:message:)`` where columns differ, naming one.
  public mutating func merge(_ other: Share, named name: String = "the other share") throws(TabularError) {
    var (mine, theirs) = (self, other)
    if (absorption == nil) != (other.absorption == nil) {
      (mine, theirs) = (try withColumns(named: name), try other.withColumns(named: name))
    }
    if let difference = mine.difference(to: theirs) { throw .unusable(file: name, message: difference) }
    if let levels = try design.commonLevels(other.design, mine.absorption, file: name) {
      if let absorption = mine.absorption { mine.complete(mine.design.withLevels(levels, of: absorption)) }
    }
    try mine.join(theirs, named: name)
    mine.widenRanges(to: theirs)
    self = mine
  }

  /// Takes the ranges of the rows of another share.
  mutating func widenRanges(to other: Share) { design.widenRanges(to: other.design) }

  /// The share with a column for each level; as it is where they are too many.
  func withColumns(named name: String) throws(TabularError) -> Share {
    guard let absorption, design.columnsFault == nil else { return self }
    var share = self
    share.absorption = nil
    do throws(DataError) {
      try share.parts.update { (rows) throws(DataError) in
        try rows.renumber(numbers(of: rows.words))
        rows.takeColumns(absorption.columns)
      }
    } catch {
      throw tabular(error, name)
    }
    return share
  }
}

extension Share: RowReduction {
  static var countsLevels: Bool { true }
  static var keepsTriangles: Bool { true }

  /// The words of the category's levels, each once.
  var levels: [String] { unique(parts.subtrees.flatMap(\.value.words)) }

  static func part(_ rows: DesignRows) throws(TabularError) -> (rows: ShareRows, dropped: Int) {
    try part(rows, isLeaf: true)
  }

  /// - Parameter isLeaf: whether the rows are a few of many that other threads have.
  private static func part(
    _ rows: DesignRows, isLeaf: Bool
  ) throws(TabularError) -> (rows: ShareRows, dropped: Int) {
    do throws(DataError) {
      return (
        ShareRows(try rows.factor(isLeaf: isLeaf), words: rows.levels?.words ?? []),
        rows.droppedRows
      )
    } catch {
      throw rows.tabular(error)
    }
  }

  mutating func take(_ part: (rows: ShareRows, dropped: Int), of source: String) throws(TabularError) {
    try append(part.rows, before: part.rows.factor.hash, named: source)
    droppedRows += part.dropped
    try checkSize(source)
  }

  mutating func complete(_ design: Design) {
    self.design = design
    guard let columns = absorption?.columns, let variable = absorption?.variable else { return }
    absorption = Design.Absorption(
      variable: variable,
      columns: LevelColumns(
        first: columns.first, levels: design.variables[variable].levels?.count ?? 0,
        hasReference: columns.hasReference))
  }
}

extension Share {
  /// Takes rows that need not fit in memory. Each block is a leaf, so that shares merge to the bits of undivided rows.
  ///
  /// - Parameters:
  ///   - formula: what to predict from what.
  ///   - source: where the rows come from.
  ///   - weights: name of the column that weighs the rows; nil for 1.
  ///   - weightKind: what the weights mean.
  ///   - missing: what becomes of rows in which a field is missing.
  ///   - progress: called with the number of rows that were read.
  /// - Throws: ``TabularError``, as ``init(_:_:weights:weightKind:missing:)``; no place for a copy of a pipe's rows where they are
  ///   read twice.
  /// - Complexity: as `LeastSquares.Factor.add`; memory for a few blocks and factors.
  package init(
    _ formula: Formula, reading source: some TableSource, weights: String? = nil,
    weightKind: WeightKind = .analytic, missing: MissingPolicy = .refuse,
    progress: (Int) -> Void = { _ in }
  ) throws(TabularError) {
    var rows = Self.formulaRows(formula, source, weights, missing, weightKind)
    rows.isPart = true
    if let share = try rows.matrixShare(progress: progress) {
      self = share
    } else {
      self = try rows.reduction(progress: progress)
    }
  }

  /// The rows of a formula, on their way to a share.
  static func formulaRows<Source: TableSource>(
    _ formula: Formula, _ source: Source, _ weights: String?, _ missing: MissingPolicy,
    _ weightKind: WeightKind = .analytic
  ) -> FormulaRows<Source, Share> {
    var rows = FormulaRows(formula: formula, source: source, weights: weights, missing: missing) {
      Share(formula.text, $0, absorbing: $1)
    }
    rows.method.weightKind = weightKind
    return rows
  }
}
