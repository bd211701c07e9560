internal import LinearAlgebra
internal import LinearRegression

/// The rows of a fit in double-double that do not stay in memory: a share of them, and then, pass by pass over the
/// source, the sums that correct its solution.
struct ExtendedRows {
  /// The rows as a factor; each category has columns.
  private(set) var share: Share

  /// Whether the features, and whether the targets of some rows are known to more digits than Doubles have.
  private(set) var hasLow = (X: false, y: false)

  /// No rows of a design.
  init(_ formula: String, _ design: Design) { share = Share(formula, design, absorbing: nil) }

  /// All rows.
  init(_ share: Share, hasLow: (X: Bool, y: Bool)) { (self.share, self.hasLow) = (share, hasLow) }
}

extension ExtendedRows: RowReduction {
  struct Part: Sendable {
    var share: Share.Part
    var hasLow: (X: Bool, y: Bool)
  }

  static var countsLevels: Bool { false }
  static var keepsTriangles: Bool { true }
  static var keepsDigits: Bool { true }

  static func part(_ rows: DesignRows) throws(TabularError) -> Part {
    Part(share: try Share.part(rows), hasLow: (rows.X.low != nil, rows.lowY != nil))
  }

  mutating func take(_ part: Part, of source: String) throws(TabularError) {
    try share.take(part.share, of: source)
    hasLow = (hasLow.X || part.hasLow.X, hasLow.y || part.hasLow.y)
  }

  mutating func complete(_ design: Design) { share.complete(design) }
}

extension ExtendedRows {
  /// The rows of a formula, on their way to a fit in double-double.
  static func formulaRows<Source: TableSource>(
    _ formula: Formula, _ source: Source, _ weights: String?, _ missing: MissingPolicy
  ) -> FormulaRows<Source, ExtendedRows> {
    FormulaRows(formula: formula, source: source, weights: weights, missing: missing) { design, _ in
      ExtendedRows(formula.text, design)
    }
  }

  /// The models of all targets: the solution of the share, corrected by residuals in double-double.
  ///
  /// - Parameters:
  ///   - source: the rows that the share was made of, or this rank's part of them.
  ///   - method: the settings beside the intercept.
  ///   - sums: goes through all rows under a design and a plan.
  /// - Throws: ``TabularError``: what `LeastSquares` refuses; a file that has changed.
  /// - Complexity: two to four passes, as ``ExtendedSums``; memory for a few blocks of rows.
  func models(
    _ source: some TableSource, _ method: LeastSquares,
    sums: (Design, ExtendedPlan) throws(TabularError) -> ExtendedSums
  ) throws(TabularError) -> [FittedModel] {
    let design = share.design, factor = try share.rows(named: source.source).factor
    var method = method
    method.intercept = design.hasIntercept
    var fit = try Self.tabular(design, source) { () throws(DataError) in
      try ExtendedFit(factor, method, low: hasLow)
    }
    let passes = try fit.refine { (plan) throws(TabularError) in
      try sums(design, plan)
    }
    let solved = try Self.tabular(design, source) { () throws(DataError) in
      try fit.fit(because: "asked for", passes: 1 + passes).counting(
        method.weightKind, weightSum: factor.weightSum)
    }
    return design.targets.indices.map {
      FittedModel(
        share.formula, design, solved, target: $0, method: method, droppedRows: share.droppedRows)
    }
  }

  /// What `body` gives; its errors are told under the names of the columns.
  private static func tabular<Result>(
    _ design: Design, _ source: some TableSource, _ body: () throws(DataError) -> Result
  ) throws(TabularError) -> Result {
    do throws(DataError) { return try body() } catch { throw design.tabular(error, source.source) }
  }

  /// The sums of the rows that are read, along the tree. Each block is a leaf, as in the share.
  static func sums(
    _ design: Design, _ source: some TableSource, _ plan: ExtendedPlan, progress: (Int) -> Void
  ) throws(TabularError) -> MergeTree<ExtendedSums> {
    var tree = MergeTree<ExtendedSums>(), count = 0
    try source.forEachBlock(columns: design.tableColumns(for: .fit)) { (table) throws(TabularError) in
      let rows = try design.rows(of: table, isExtended: true)
      return (
        sums: ExtendedSums(rows.X, rows.response, low: rows.lowY, weights: rows.weights, plan),
        rows: table.rowCount
      )
    } take: { (block) throws(TabularError) in
      tree.append(block.sums, before: block.sums.hash) { $0.merge($1) }
      count += block.rows
      progress(count)
    }
    return tree
  }
}
