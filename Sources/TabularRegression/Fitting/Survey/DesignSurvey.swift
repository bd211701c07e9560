internal import LinearRegression

/// What has to be known about rows before a formula becomes a ``Design``: levels, ranges, means. A reduction over
/// blocks of rows.
///
/// ```swift
/// var survey = try DesignSurvey(formula, columns: table.columnNames, source: table.source)
/// try survey.add(table)
/// let design = try survey.design()
/// ```
package struct DesignSurvey: Sendable {
  /// Rows so far.
  package private(set) var rowCount = 0

  /// Rows that are left out, for a field is missing.
  package private(set) var droppedRows = 0

  /// The columns that are used.
  var columns: Set<String> { Set(used) }

  /// Whether there is a missing field that the policy does not allow.
  package var hasMissingFault: Bool { missingFault != nil }

  let formula: Formula
  /// Names of the columns of the tables.
  let tableColumns: [String]
  let source: String
  let weights: String?
  /// What the weights mean.
  let weightKind: WeightKind
  let missing: MissingPolicy
  let expansion: TermExpansion
  /// Columns of the features, in order.
  let features: [String]
  /// All columns that are used.
  let used: [String]
  private(set) var summaries: [String: ColumnSummary] = [:]
  private(set) var centers: [Expression: Moments] = [:]
  private(set) var polynomials: [OrthogonalPolynomials.Key: PowerTriangle] = [:]
  /// The numbers that knots are found among: of each operand of splines, all of them.
  private(set) var samples: [Expression: [Double]] = [:]
  private(set) var missingFault: MissingFault?

  /// Prepares a survey.
  ///
  /// - Parameters:
  ///   - formula: the formula.
  ///   - columns: names of the columns of the tables to come.
  ///   - weights: name of the column that weighs the rows; nil for 1.
  ///   - weightKind: what the weights mean.
  ///   - missing: what becomes of missing fields.
  ///   - source: where the rows come from, for messages.
  /// - Throws: ``TabularError``: a column that is not there, no feature, the target among the features; frequencies, where
  ///   numbers are computed from all rows.
  package init(
    _ formula: Formula, columns: [String], weights: String? = nil, weightKind: WeightKind = .analytic,
    missing: MissingPolicy = .refuse, source: String
  ) throws(TabularError) {
    let known = Set(columns)
    for name in formula.namedColumns + (weights.map { [$0] } ?? []) where !known.contains(name) {
      throw .noColumn(name, file: source, available: columns)
    }
    let expansion = formula.terms(columns: columns, weights: weights)
    if expansion.isTooLong {
      throw .unusable(
        file: source,
        message:
          "the formula has more than \(Design.mostColumns) columns, which is the most of a fit; leave some out"
      )
    }
    let target = formula.target
    if expansion.terms.isEmpty, !formula.isInterceptAlone, formula.effects.isEmpty {
      throw .unusable(
        file: source,
        message: formula.hasIntercept || formula.tree.hasRest
          ? "there is no column beside the target \"\(printable(target))\" to predict it from; add a feature"
          : "the formula has neither a term nor an intercept; add a feature, or write \(printable(target)) ~ 1"
      )
    }
    let variables = Set(expansion.terms.joined()).sorted().map { expansion.variables[$0] }
    let offsets = formula.offsets
    let features = unique(
      variables.flatMap(\.columns) + offsets.flatMap(\.columns) + formula.effects.joined())
    let targets = unique(formula.targets.flatMap(\.columns))
    if let both = targets.first(where: features.contains) {
      throw .unusable(
        file: source,
        message: "the target \"\(printable(both))\" is among the features; leave it out of one of the two")
    }
    used = unique(features + targets + (weights.map { [$0] } ?? []))
    (self.formula, self.source, self.weights, self.missing) = (formula, source, weights, missing)
    (self.weightKind, tableColumns) = (weightKind, columns)
    (self.expansion, self.features) = (expansion, features)
    for name in used { summaries[name] = ColumnSummary() }
    for name in targets + (weights.map { [$0] } ?? []) { summaries[name]?.isFilled = false }
    if let weights { summaries[weights]?.isNumber = true }
    for variable in variables { mark(variable) }
    for expression in formula.targets + offsets { mark(expression) }
    for name in formula.effects.joined() {
      // Their levels are counted where the rows are reduced.
      summaries[name]?.isCategory = true
      summaries[name]?.countsLevels = false
    }
    let expressions = variables.compactMap(\.expression) + formula.targets + offsets
    for operand in expressions.flatMap(\.centredOperands) { centers[operand] = Moments() }
    try requireEqualRows()
  }

  /// Takes down what the columns of a variable have to hold, and what has to be known of all rows.
  private mutating func mark(_ variable: Variable) {
    switch variable {
    case .category(let call): summaries[call.column]?.isCategory = true
    case .expression(.column): break  // whatever the column holds
    case .expression(let expression): mark(expression)
    case .powers(let call):
      mark(call.operand)
      if let key = OrthogonalPolynomials.Key(variable) {
        polynomials[key] = PowerTriangle(degree: call.degree)
      }
    case .spline(let call):
      mark(call.operand)
      if !call.isComplete { samples[call.operand] = [] }
    }
  }

  /// Takes down what the columns of an expression have to hold.
  private mutating func mark(_ expression: Expression) {
    for name in expression.numberColumns { summaries[name]?.isNumber = true }
    for name in expression.wordColumns { summaries[name]?.isCategory = true }
  }

  /// Takes the rows of a table.
  ///
  /// - Throws: ``TabularError``: a field that is not a number where one is needed.
  /// - Complexity: one pass over each column that is used.
  package mutating func add(_ table: Table) throws(TabularError) {
    for name in used { try summaries[name]?.look(name, table) }
    let isDropping = missing == .drop
    let fields = try MissingFields(
      table, in: isDropping ? used : used.filter { !(missing.fills && summaries[$0]!.canBeFilled) })
    let dropped = isDropping ? fields.isMissing : []
    if !isDropping, let fault = MissingFault(fields, table, { summaries[$0]!.messageOfMissing(missing) }) {
      if missingFault == nil { missingFault = fault } else { missingFault?.merge(fault) }
    }
    for name in features {
      let column = try table.find(name)
      let values = summaries[name]!.isCategory ? column.values : column.roundedValues
      try summaries[name]?.add(values, dropped, needsMean: missing == .mean)
    }
    for operand in centers.keys { centers[operand]?.merge(Moments(try Self.values(operand, table))) }
    for key in polynomials.keys {
      polynomials[key]?.merge(PowerTriangle(try Self.values(key.operand, table), degree: key.degree))
    }
    for operand in samples.keys { try keep(try Self.values(operand, table), of: operand) }
    rowCount += table.rowCount
    droppedRows += dropped.count { $0 }
  }

  /// Keeps numbers that knots are found among.
  private mutating func keep(_ numbers: [Double], of operand: Expression) throws(TabularError) {
    samples[operand]?.append(contentsOf: numbers)
    // Sorting needs no more.
    try FitMemory.check(
      bytes: 8 * Double(samples.values.reduce(0) { $0 + $1.count }), source: source,
      remedy: "give knots and Boundary.knots"
    ) { "the numbers of ns() and bs()" }
  }

  /// The values of an expression in the rows in which its columns are there: R too takes means from all of them.
  private static func values(_ operand: Expression, _ table: Table) throws(TabularError) -> [Double] {
    var evaluator = Evaluator()
    let names = unique(operand.columns)
    for name in names { evaluator.columns[name] = try table.numbers(name) }
    let values = evaluator.values(operand, 0..<table.rowCount)
    let isMissing = try MissingFields(table, in: names).isMissing
    if isMissing.isEmpty, values.allSatisfy(\.isFinite) { return Array(values) }
    var present: [Double] = []
    for (row, value) in values.enumerated() where isMissing.isEmpty || !isMissing[row] {
      if !value.isFinite {
        throw evaluator.fault("\(operand)", [operand], at: row, ofBlock: row, table)
      }
      present.append(value)
    }
    return present
  }

  /// Joins with the survey of later rows.
  ///
  /// - Throws: ``TabularError`` where a column holds numbers in one and words in the other.
  /// - Precondition: both have the same formula and columns.
  package mutating func merge(_ later: DesignSurvey) throws(TabularError) {
    precondition(used == later.used)
    for name in used {
      if summaries[name]!.merge(later.summaries[name]!) { continue }
      throw .unusable(
        file: later.source,
        message:
          "column \"\(printable(name))\" holds numbers in some rows and words in others; correct it, or make the column a category by C(\(FormulaParser.quoted(name)))"
      )
    }
    for (operand, moments) in later.centers { centers[operand]?.merge(moments) }
    for (key, powers) in later.polynomials { polynomials[key]?.merge(powers) }
    for (operand, numbers) in later.samples { try keep(numbers, of: operand) }
    if missingFault == nil {
      missingFault = later.missingFault
    } else if let fault = later.missingFault {
      missingFault?.merge(fault)
    }
    rowCount += later.rowCount
    droppedRows += later.droppedRows
  }

  /// Takes what was counted in rows, which were surveyed elsewhere.
  ///
  /// - Returns: false where they are none of these columns.
  mutating func take(
    rows: (all: Int, dropped: Int), _ summaries: [ColumnSummary], _ centers: [Moments],
    _ polynomials: [PowerTriangle], _ samples: [[Double]], _ fault: MissingFault?
  ) -> Bool {
    let operands = sortedCenters, keys = sortedPolynomials, sampled = sortedSamples
    guard summaries.count == used.count, centers.count == operands.count, polynomials.count == keys.count,
      zip(keys, polynomials).allSatisfy({ $0.degree == $1.degree }), samples.count == sampled.count,
      samples.allSatisfy({ $0.allSatisfy(\.isFinite) }),
      0...1 << 53 ~= rows.all, 0...rows.all ~= rows.dropped, fault?.isSound ?? true
    else { return false }
    for (name, summary) in zip(used, summaries) { self.summaries[name] = summary }
    for (operand, moments) in zip(operands, centers) { self.centers[operand] = moments }
    for (key, powers) in zip(keys, polynomials) { self.polynomials[key] = powers }
    for (operand, numbers) in zip(sampled, samples) { self.samples[operand] = numbers }
    (rowCount, droppedRows, missingFault) = (rows.all, rows.dropped, fault)
    return true
  }

  /// Whether the formula names a level that others are compared with.
  var namesReference: Bool {
    expansion.variables.contains { if case .category(let call) = $0 { call.reference != nil } else { false } }
  }

  /// What means are taken of, in an order that is always the same.
  var sortedCenters: [Expression] { centers.keys.sorted { $0.description < $1.description } }
  var sortedPolynomials: [OrthogonalPolynomials.Key] {
    polynomials.keys.sorted { $0.description < $1.description }
  }

  var sortedSamples: [Expression] { samples.keys.sorted { $0.description < $1.description } }

  /// Leaves the levels of a column to be counted where the rows are reduced; ``take(levels:of:)`` gives them back.
  package mutating func leaveLevels(of column: String) { summaries[column]?.countsLevels = false }

  /// Takes the levels of a column in the rows that are kept.
  package mutating func take(levels: [String], of column: String) { summaries[column]?.take(levels: levels) }
}

/// Each once, in order.
func unique(_ names: [String]) -> [String] {
  var seen: Set<String> = []
  return names.filter { seen.insert($0).inserted }
}
