package import LinearAlgebra
package import LinearRegression

/// The columns of a design, evaluated on a block of rows.
package struct DesignRows: DesignedRows, Sendable {
  /// Where the rows come from, for messages.
  let source: String

  let design: Design

  /// The category that has no columns in X; nil where all have.
  let absorption: Design.Absorption?

  /// The features, kept rows × columns; the low part is there only if it was asked for.
  package let X: ExtendedMatrix

  /// The targets, kept rows × k; without columns where they were not asked for.
  package let y: Matrix<Double>

  /// What the targets are beyond Doubles, kept rows × k; nil for nothing, or where it was not asked for.
  let lowY: Matrix<Double>?

  /// The error of the values of each column of [X y] where the nearest Doubles to what a text says stand for it, as a
  /// root mean square; empty where they are exact, or it was not asked for.
  var roundings: [Double] = []

  /// What is added to the prediction of each kept row; nil for nothing.
  package var offset: [Double]?

  /// The targets less the offset: what the columns explain.
  package var response: Matrix<Double> {
    guard let offset, y.columnCount > 0 else { return y }
    return Matrix(rows: y.rowCount, columns: y.columnCount) { y[$0, $1] - offset[$0] }
  }

  /// One weight per kept row; nil for 1.
  package let weights: [Double]?

  /// The levels of the category that has no columns in X; nil where all have.
  package let levels: LevelCodes?

  /// The levels of each of the columns that have effects of their own.
  let effectLevels: [LevelCodes]

  /// The rows of the block that are kept; nil for all.
  package let kept: [Int]?

  /// Rows of the block that were left out.
  package let droppedRows: Int

  /// The level of each kept row.
  package struct LevelCodes: Sendable {
    /// Positions among the words.
    package let codes: [Int32]

    /// The levels: those of the design, or, where it does not know them yet, those that were found here.
    package let words: WordList
  }

  /// Row of the block of each row here.
  package func blockRow(_ row: Int) -> Int { kept?[row] ?? row }

  /// One value per row of the block, from one per kept row.
  package func spread<Value>(_ values: [Value], over count: Int, missing: Value) -> [Value] {
    guard let kept else { return values }
    var result = Array(repeating: missing, count: count)
    for (row, value) in zip(kept, values) { result[row] = value }
    return result
  }

  /// The rows whose weight is not zero.
  var weighted: DesignRows {
    let absent = weights.map { weights in weights.indices.filter { weights[$0] == 0 } } ?? []
    return absent.isEmpty ? self : leavingOut(absent)
  }

  /// The rows but some of them.
  func leavingOut(_ rows: some Sequence<Int>) -> DesignRows {
    var isKept = Array(repeating: true, count: X.high.rowCount)
    for row in rows { isKept[row] = false }
    let rest = isKept.indices.filter { isKept[$0] }
    func chosen(_ matrix: Matrix<Double>) -> Matrix<Double> {
      Matrix(rows: rest.count, columns: matrix.columnCount) { matrix[rest[$0], $1] }
    }
    func chosen(_ values: [Double]) -> [Double] { rest.map { values[$0] } }
    return DesignRows(
      source: source, design: design, absorption: absorption,
      X: ExtendedMatrix(high: chosen(X.high), low: X.low.map(chosen)), y: chosen(y),
      lowY: lowY.map(chosen), roundings: roundings, offset: offset.map(chosen), weights: weights.map(chosen),
      levels: levels.map { levels in
        LevelCodes(codes: rest.map { levels.codes[$0] }, words: levels.words)
      },
      effectLevels: effectLevels.map { levels in
        LevelCodes(codes: rest.map { levels.codes[$0] }, words: levels.words)
      },
      kept: rest.map(blockRow), droppedRows: droppedRows + X.high.rowCount - rest.count)
  }
}

extension Design {
  /// What rows are evaluated for, and so which columns they need.
  package enum Use: Sendable {
    /// Features, targets and weights.
    case fit
    /// Features and targets.
    case evaluation
    /// Features.
    case prediction
    /// Features and weights.
    case weightedPrediction

    var needsTargets: Bool { self == .fit || self == .evaluation }
    var needsWeights: Bool { self == .fit || self == .weightedPrediction }
  }

  /// The columns of the design for a block of rows.
  ///
  /// Rows with a missing field are left out or filled as the policy says, rows with a level that the fit did not see as
  /// `unseen` says.
  /// - Parameters:
  ///   - table: the rows; columns are found by name.
  ///   - use: what they are for.
  ///   - unseen: what becomes of new levels.
  ///   - isExtended: whether powers and columns are wanted to more digits than a Double's.
  ///   - absorption: a category whose columns X lacks; its levels stand beside X. Nil for none.
  ///   - effects: a number for each of its levels, which X has a column of where those of the levels were; nil for no
  ///     such column.
  /// - Throws: ``TabularError``: a column that is not there, a field that is no number or is missing, a new level, a
  ///   value that is not finite.
  /// - Complexity: O(rows · columns); an array of the result's size, and tiles that fit the first-level cache.
  package func rows(
    of table: Table, for use: Use = .fit, unseen: UnseenPolicy = .error, isExtended: Bool = false,
    absorbing absorption: Absorption? = nil, effects: [Double]? = nil
  ) throws(TabularError) -> DesignRows {
    if absorption == nil, let fault = columnsFault {
      throw .unusable(file: table.source, message: fault)
    }
    let input = try DesignInput(self, table, use, unseen, absorption, isExtended: isExtended)
    let y = try input.targets(use.needsTargets ? targets : [])
    return DesignRows(
      source: table.source, design: self, absorption: absorption,
      X: try input.features(isExtended: isExtended, effects: effects), y: y,
      lowY: isExtended ? input.low(ofTargets: targets) : nil,
      roundings: use == .fit ? roundings(of: table, isExtended: isExtended, absorbing: absorption) : [],
      offset: try input.offset(),
      weights: use.needsWeights ? try input.weights() : nil, levels: input.absorbedLevels,
      effectLevels: input.effectLevels, kept: input.kept,
      droppedRows: table.rowCount - input.rowCount)
  }
}
