internal import LinearAlgebra
internal import LinearRegression

extension FittedModel {
  /// What becomes of rows that the fit says nothing of.
  package struct Policies: Sendable {
    /// Of rows with a level that it did not see.
    package var unseen: UnseenPolicy
    /// Of rows whose prediction it does not determine.
    package var unestimable: UnestimablePolicy

    package init(unseen: UnseenPolicy = .error, unestimable: UnestimablePolicy = .missing) {
      (self.unseen, self.unestimable) = (unseen, unestimable)
    }
  }

  /// Rows of a block that do not have a dependency of the fit's columns, in order.
  struct Unestimable {
    /// What it is, for messages.
    let kind: String
    /// The column that was left out.
    let column: String
    var rows: [Int]
  }

  /// The features of rows, with the columns of the condensed model if there is one.
  struct FeatureRows {
    /// The rows that are predicted.
    let design: DesignRows
    let condensed: Condensed?
    /// Rows of the block that are not estimable; among those that are predicted where they are kept.
    let unestimable: [Unestimable]

    /// The level of each row, of the category that has no columns in a condensed model; nil for none.
    var levelCodes: [Int32]? { condensed == nil ? nil : design.levels?.codes }

    /// The model of the columns.
    func model(_ whole: FittedModel) -> LinearModel { condensed?.model ?? whole.model }

    /// One value per row of the block, from one per kept row.
    func spread<Value>(_ values: [Value], over count: Int, missing: Value) -> [Value] {
      design.spread(values, over: count, missing: missing)
    }
  }

  /// The features of a block of rows.
  ///
  /// - Parameters:
  ///   - use: what they are for.
  ///   - weights: the column that weighs them, where they are for that; nil for 1.
  ///   - forLeverages: whether there have to be leverages of them.
  ///   - isExtended: whether digits beyond Doubles are wanted.
  func rows(
    of table: Table, for use: Design.Use = .prediction, weights: String? = nil, _ policies: Policies,
    forLeverages: Bool = false, isExtended: Bool = false
  ) throws(TabularError) -> FeatureRows {
    let condensed = condensed(forLeverages: forLeverages), dependencies = dependencies
    var design = design
    design.weights = weights
    let rows = try design.rows(
      of: table, for: use, unseen: policies.unseen, isExtended: isExtended, absorbing: condensed?.absorption,
      effects: condensed?.effects)
    if let effects { return try featureRows(effects, rows, table, policies) }
    let estimability = Estimability(dependencies, levels: condensed?.absorption.columns) { column in
      condensed?.absorption.position(ofOther: column, effects: true) ?? column
    }
    let unmet = estimability.unmet(rows.X.high, levels: rows.levels?.codes)
    let names = unmet.isEmpty ? [] : self.design.distinctNames
    return FeatureRows(
      design: unmet.isEmpty || policies.unestimable == .keep ? rows : rows.leavingOut(unmet.map(\.row)),
      condensed: condensed,
      unestimable: Dictionary(grouping: unmet, by: \.dependency).sorted { $0.key < $1.key }.map {
        let dependency = dependencies[$0.key]
        return Unestimable(
          kind: dependency.described(width: 60) { names[$0] }, column: names[dependency.feature],
          rows: $0.value.map { rows.blockRow($0.row) })
      })
  }

  /// How many rows are not estimable, by the dependency.
  func tally(_ unestimable: [Unestimable], _ table: Table) -> RowTally {
    unestimable.isEmpty ? RowTally() : RowTally(unestimable.map { ($0.kind, $0.rows) }, table)
  }

  /// The rows that are not estimable, by the column that was left out.
  func byColumn(_ unestimable: [Unestimable]) -> [(kind: String, rows: [Int])] {
    unestimable.map { ($0.column, $0.rows) }
  }

  /// What a row has to meet so that the fit determines its prediction: the dependencies of columns that were left out,
  /// or that SGD kept, whose coefficients then depend on where it began. A penalty decides between coefficients that
  /// fit equally well, and so does the choice of the least norm.
  private var dependencies: [Redundancy] {
    if let training { return training.redundancy == nil ? [] : training.redundant }
    return certificate?.solver == .svd ? [] : certificate?.redundant ?? []
  }
}
