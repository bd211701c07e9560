internal import LinearAlgebra
internal import LinearRegression

/// The fields of a block that a design uses: rows chosen, numbers filled, levels counted as the design counts them.
struct DesignInput {
  let design: Design
  let table: Table
  let rowCount: Int
  /// Nil for all.
  let kept: [Int]?
  private(set) var evaluator = Evaluator()
  /// For each variable that is a category, the level of each kept row.
  private var levels: [[Int32]] = []
  /// The category that has no columns.
  private let absorption: Design.Absorption?
  /// Its levels.
  private var words = WordList()
  /// The level of each kept row of the columns that have effects.
  let effectLevels: [DesignRows.LevelCodes]

  init(
    _ design: Design, _ table: Table, _ use: Design.Use, _ unseen: UnseenPolicy,
    _ absorption: Design.Absorption?, isExtended: Bool
  ) throws(TabularError) {
    self.design = design
    self.absorption = absorption
    self.table = table
    let targets = use.needsTargets ? unique(design.targetColumns) : []
    let weights = use.needsWeights ? [design.weights].compactMap { $0 } : []
    let others = targets + weights
    var isLeftOut = try Self.missing(design, table, others)
    for (index, variable) in design.variables.enumerated() {
      let isAbsorbed = absorption?.variable == index
      if isAbsorbed, absorption!.isOpen {
        let found = try Self.levels(asTheyCome: variable, table)
        levels.append(found.codes)
        words = found.words
      } else {
        levels.append(try Self.levels(variable, design, table, unseen, &isLeftOut))
        if isAbsorbed { words = WordList(variable.levels ?? []) }
      }
    }
    kept = isLeftOut.isEmpty ? nil : isLeftOut.indices.filter { !isLeftOut[$0] }
    rowCount = kept?.count ?? table.rowCount
    effectLevels = try Self.effectLevels(design.effects, table, kept)
    if let kept {
      levels = levels.map { levels in levels.isEmpty ? [] : kept.map { levels[$0] } }
      dropWordsWithoutRows()
    }
    try load(use, weights, isExtended: isExtended)
    for source in design.sources {
      guard let fill = source.fill, let column = evaluator.columns[source.name],
        column.contains(where: \.isNaN)
      else { continue }
      evaluator.columns[source.name] = column.map { $0.isNaN ? fill : $0 }
    }
    if let kept {
      evaluator.columns = evaluator.columns.mapValues { column in kept.map { column[$0] } }
      evaluator.low = evaluator.low.mapValues { column in kept.map { column[$0] } }
      for name in evaluator.words.keys { evaluator.words[name]?.keep(kept) }
    }
    for center in design.centers { evaluator.centers[center.operand] = center }
    for polynomials in design.polynomials { evaluator.polynomials[polynomials.key] = polynomials }
    for spline in design.splines { evaluator.splines[spline.call] = SplineBasis(spline) }
    for (index, variable) in design.variables.enumerated() where variable.variable.isLogical {
      levels[index] = try truths(variable.variable)
    }
  }

  /// Takes the numbers, and the fields that are compared with words.
  private mutating func load(
    _ use: Design.Use, _ weights: [String], isExtended: Bool
  ) throws(TabularError) {
    let expressions =
      design.variables.filter { $0.levels == nil || $0.variable.isLogical }.compactMap(\.variable.expression)
      + design.offsets + (use.needsTargets ? design.targets : [])
    let exact = isExtended ? design.exactColumns : []
    for name in Set(expressions.flatMap(\.numberColumns) + weights) {
      let digits = exact.contains(name) ? try table.find(name).digits : nil
      if let rounded = digits?.rounded {
        evaluator.columns[name] = rounded
      } else {
        evaluator.columns[name] = try table.numbers(name)
      }
      evaluator.low[name] = digits?.low
    }
    for name in Set(expressions.flatMap(\.wordColumns)) {
      evaluator.words[name] = try ComparedWords(name, table, design.sources.first { $0.name == name }?.kind)
    }
  }

  /// Takes what is true of the same rows.
  mutating func takeTruths(from other: DesignInput) {
    for (index, variable) in design.variables.enumerated() where variable.variable.isLogical {
      levels[index] = other.levels[index]
    }
  }

  /// Whether a field of each row is missing; empty where the rows can all be used.
  private static func missing(
    _ design: Design, _ table: Table, _ others: [String]
  ) throws(TabularError) -> [Bool] {
    let filled = Set(design.sources.filter { $0.fill != nil }.map(\.name))
    let names = design.sources.map(\.name).filter { !filled.contains($0) } + others
    let fields = try MissingFields(table, in: names)
    if design.missing == .drop { return fields.isMissing }
    let fault = MissingFault(fields, table) { name in
      var column = ColumnSummary()
      column.isFilled = !others.contains(name)
      column.isCategory = design.categories.contains(name)
      return column.messageOfMissing(design.missing)
    }
    if let fault { throw fault.error }
    return []
  }

  /// Leaves out levels that only rows have that are not kept.
  private mutating func dropWordsWithoutRows() {
    guard let absorption, absorption.isOpen else { return }
    let used = TableColumn.Words(codes: levels[absorption.variable], levels: words).withoutUnused
    (levels[absorption.variable], words) = (used.codes, used.levels)
  }

  /// The levels of the category that has no columns.
  var absorbedLevels: DesignRows.LevelCodes? {
    absorption.map { DesignRows.LevelCodes(codes: levels[$0.variable], words: words) }
  }

  func blockRow(_ row: Int) -> Int { kept?[row] ?? row }

  func targets(_ expressions: [Expression]) throws(TabularError) -> Matrix<Double> {
    var columns: [ArraySlice<Double>] = []
    for expression in expressions { columns.append(try finiteValues(expression, "\(expression)")) }
    if columns.count == 1 { return Matrix(column: Array(columns[0])) }
    return Matrix(rows: rowCount, columns: columns.count) { i, j in columns[j][columns[j].startIndex + i] }
  }

  /// What targets are beyond Doubles; nil where that is not known of any.
  func low(ofTargets expressions: [Expression]) -> Matrix<Double>? {
    let low = expressions.map { expression -> [Double]? in
      if case .column(let name) = expression { evaluator.low[name] } else { nil }
    }
    if low.allSatisfy({ $0 == nil }) { return nil }
    return Matrix(rows: rowCount, columns: low.count) { i, j in low[j]?[i] ?? 0 }
  }

  /// The sum of the offsets in each row; nil where there are none.
  func offset() throws(TabularError) -> [Double]? {
    if design.offsets.isEmpty { return nil }
    var sum = [Double](repeating: 0, count: rowCount)
    for expression in design.offsets {
      let values = try finiteValues(expression, "offset(\(expression))")
      sum = zip(sum, values).map(+)
    }
    return sum
  }

  private func finiteValues(_ expression: Expression, _ name: String) throws(TabularError) -> ArraySlice<
    Double
  > {
    let values = evaluator.values(expression, 0..<rowCount)
    if let row = values.indices.first(where: { !values[$0].isFinite }) {
      throw evaluator.fault(name, [expression], at: row, ofBlock: blockRow(row), table)
    }
    return values
  }

  func weights() throws(TabularError) -> [Double]? {
    guard let name = design.weights, let weights = evaluator.columns[name] else { return nil }
    if let row = weights.firstIndex(where: { !$0.isFinite }) {
      throw evaluator.fault(name, [.column(name)], at: row, ofBlock: blockRow(row), table)
    }
    if let row = weights.firstIndex(where: { $0 < 0 }) {
      throw table.fault(
        name, row: blockRow(row), count: weights.count { $0 < 0 },
        "the weight is negative; weights are zero or more")
    }
    if design.weightKind == .frequency, let row = weights.firstIndex(where: { $0 != $0.rounded() }) {
      throw table.fault(
        name, row: blockRow(row), count: weights.count { $0 != $0.rounded() },
        "\(Expression.text(of: weights[row])) is no whole number; frequency weights count equal rows")
    }
    return weights
  }

  func features(isExtended: Bool, effects: [Double]?) throws(TabularError) -> ExtendedMatrix {
    let groups = ColumnGroup.groups(of: design, without: absorption, effects: effects != nil)
    let width = design.columns.count - (absorption?.columns.count ?? 0) + (effects == nil ? 0 : 1)
    // Products lose digits beyond Doubles.
    let needsLow = isExtended && groups.contains { $0.hasLow(design, evaluator) }
    var low = needsLow ? [Double](repeating: 0, count: rowCount * width) : []
    let codes = design.variables.map { variable in
      variable.variable.contrasts.flatMap { contrasts in
        variable.levels.map { ContrastCodes(contrasts, levels: $0.count) }
      }
    }
    var fault: (row: Int, group: ColumnGroup)?
    let high = [Double](unsafeUninitializedCapacity: rowCount * width) { elements, count in
      count = rowCount * width
      let tileRows = max(64, 4096 / max(1, width))
      let hasCategories = groups.contains { !$0.categories.isEmpty }
      for start in stride(from: 0, to: rowCount, by: tileRows) {
        let rows = start..<min(start + tileRows, rowCount)
        if hasCategories {
          UnsafeMutableBufferPointer(rebasing: elements[rows.lowerBound * width..<rows.upperBound * width])
            .initialize(repeating: 0)
        }
        let tile = Tile(design, evaluator, rows, levels, codes, needsLow: needsLow)
        for group in groups {
          let row = group.write(tile, design, levels, into: elements, width: width)
          if let row, fault == nil { fault = (row, group) }
          if needsLow { group.writeLow(tile, into: &low, width: width) }
        }
        if let absorption, let effects {
          for row in rows {
            elements[row * width + absorption.columns.first] = effects[Int(levels[absorption.variable][row])]
          }
        }
        if fault != nil {
          count = 0
          return
        }
      }
    }
    if let (row, group) = fault {
      throw evaluator.fault(
        group.name(design), group.expressions(design), at: row, ofBlock: blockRow(row), table)
    }
    let matrix = Matrix(rows: rowCount, columns: width, elements: high)
    return ExtendedMatrix(
      high: matrix, low: needsLow ? Matrix(rows: rowCount, columns: width, elements: low) : nil)
  }
}
