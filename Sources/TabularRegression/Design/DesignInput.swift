internal import LinearAlgebra
internal import LinearRegression

/// The fields of a block that a design uses: rows chosen, numbers filled, levels counted as the design counts them.
struct DesignInput {
  let design: Design
  let table: Table
  let rowCount: Int
  /// Nil for all.
  let kept: [Int]?
  private var evaluator = Evaluator()
  /// For each variable that is a category, the level of each kept row.
  private var levels: [[Int32]] = []
  /// The category that has no columns.
  private let absorption: Design.Absorption?
  /// Its levels.
  private var words: [String] = []

  init(
    _ design: Design, _ table: Table, _ use: Design.Use, _ unseen: UnseenPolicy,
    _ absorption: Design.Absorption?, isExtended: Bool
  ) throws(TabularError) {
    self.design = design
    self.absorption = absorption
    self.table = table
    let targets = use == .prediction ? [] : unique(design.targetColumns)
    let others = targets + (use == .fit ? [design.weights].compactMap { $0 } : [])
    var isLeftOut = try Self.missing(design, table, others)
    for (index, variable) in design.variables.enumerated() {
      let isAbsorbed = absorption?.variable == index
      if isAbsorbed, absorption!.isOpen {
        let found = try Self.levels(asTheyCome: variable, table)
        levels.append(found.codes)
        words = found.words
      } else {
        levels.append(try Self.levels(variable, design, table, unseen, &isLeftOut))
        if isAbsorbed { words = variable.levels ?? [] }
      }
    }
    kept = isLeftOut.isEmpty ? nil : isLeftOut.indices.filter { !isLeftOut[$0] }
    rowCount = kept?.count ?? table.rowCount
    if let kept {
      levels = levels.map { levels in levels.isEmpty ? [] : kept.map { levels[$0] } }
      dropWordsWithoutRows()
    }
    let numbers = Set(
      design.variables.filter { $0.levels == nil || $0.variable.isLogical }.flatMap(\.variable.columns))
    let exact = isExtended ? design.exactColumns : []
    for name in numbers.union(design.offsets.flatMap(\.columns) + others) {
      let digits = exact.contains(name) ? try table.find(name).digits : nil
      if let rounded = digits?.rounded {
        evaluator.columns[name] = rounded
      } else {
        evaluator.columns[name] = try table.numbers(name)
      }
      evaluator.low[name] = digits?.low
    }
    for source in design.sources {
      guard let fill = source.fill, let column = evaluator.columns[source.name],
        column.contains(where: \.isNaN)
      else { continue }
      evaluator.columns[source.name] = column.map { $0.isNaN ? fill : $0 }
    }
    if let kept {
      evaluator.columns = evaluator.columns.mapValues { column in kept.map { column[$0] } }
      evaluator.low = evaluator.low.mapValues { column in kept.map { column[$0] } }
    }
    for center in design.centers { evaluator.centers[center.operand] = center }
    for polynomials in design.polynomials { evaluator.polynomials[polynomials.key] = polynomials }
    for (index, variable) in design.variables.enumerated() where variable.variable.isLogical {
      levels[index] = try truths(variable.variable)
    }
  }

  /// 1 for each kept row where a comparison is true, 0 for the others: positions among ``Design/truthValues``.
  private func truths(_ variable: Variable) throws(TabularError) -> [Int32] {
    guard let expression = variable.expression else { return [] }
    let values = evaluator.values(expression, 0..<rowCount)
    if let row = values.firstIndex(where: \.isNaN) {
      throw evaluator.fault(variable.name, [expression], at: row, ofBlock: blockRow(row), table)
    }
    return values.map { $0 == 1 ? 1 : 0 }
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

  /// The level of each row, 0 where it is left out; empty for a variable that is no category.
  private static func levels(
    _ variable: Design.ResolvedVariable, _ design: Design, _ table: Table, _ unseen: UnseenPolicy,
    _ isLeftOut: inout [Bool]
  ) throws(TabularError) -> [Int32] {
    guard let levels = variable.levels, let name = variable.variable.levelColumn else { return [] }
    let kind = design.sources.first { $0.name == name }?.kind
    var positions: [String: Int32] = [:]
    if case .words(let words) = try table.find(name).values, words.levels.count < levels.count / 8 {
      // Few of many levels are looked for.
      let wanted = Set(words.levels + words.levels.map(Design.level) + Design.truthValues)
      for (index, level) in levels.enumerated() where wanted.contains(level) {
        positions[level] = Int32(index)
      }
    } else {
      positions = Dictionary(uniqueKeysWithValues: zip(levels, levels.indices.map(Int32.init)))
    }
    /// −1 for one that is not known.
    func position(_ word: String) -> Int32 {
      let level = kind == .booleans ? Design.boolean(word) ?? word : word
      return positions[level] ?? positions[Design.level(level)] ?? (unseen == .reference ? 0 : -1)
    }
    var codes: [Int32]
    let isMissing: (Int) -> Bool
    let text: (Int) -> String
    switch try table.find(name).values {
    case .mixed(let fault): throw fault.error
    case .words(let words):
      let known = words.levels.map(position)
      codes = words.codes.map { $0 < 0 ? 0 : known[Int($0)] }
      isMissing = { words.codes[$0] < 0 }
      text = { words.levels[Int(words.codes[$0])] }
    case .numbers(let numbers):
      var known: [Double: Int32] = [:]
      codes = numbers.map { value in
        if value.isNaN { return 0 }
        if let code = known[value] { return code }
        let code = position(Expression.text(of: value + 0))
        known[value] = code
        return code
      }
      isMissing = { numbers[$0].isNaN }
      text = { Expression.text(of: numbers[$0]) }
    }
    guard codes.contains(-1) else { return codes }
    if isLeftOut.isEmpty { isLeftOut = Array(repeating: false, count: codes.count) }
    let unknown = codes.indices.filter { codes[$0] < 0 && !isMissing($0) && !isLeftOut[$0] }
    if unseen == .error, let row = unknown.first {
      throw table.fault(
        name, row: row, count: unknown.count,
        "the level \(shown(text(row))) was not there in the fit, which had \(listed(levels)); correct it, or predict nothing or the reference for it"
      )
    }
    for row in unknown { isLeftOut[row] = true }
    for row in codes.indices where codes[row] < 0 { codes[row] = 0 }
    return codes
  }

  /// The level of each row and the levels, counted as they come; 0 where one is missing, and the row left out.
  private static func levels(
    asTheyCome variable: Design.ResolvedVariable, _ table: Table
  ) throws(TabularError) -> (codes: [Int32], words: [String]) {
    switch try table.find(variable.variable.columns[0]).values {
    case .mixed(let fault): throw fault.error
    case .words(var column):
      if case .category = variable.variable {
        let levels = column.levels.map(Design.level)
        if levels != column.levels {
          var once = TableColumn.Words(), positions: [String: Int32] = [:]
          once.append(TableColumn.Words(codes: column.codes, levels: levels), &positions)
          column = once
        }
      }
      return (column.codes.map { max($0, 0) }, column.levels)
    case .numbers(let numbers):
      var known: [Double: Int32] = [:], words: [String] = []
      let codes = numbers.map { value in
        if value.isNaN { return 0 as Int32 }
        if let code = known[value] { return code }
        let code = Int32(words.count)
        known[value] = code
        words.append(Expression.text(of: value + 0))  // −0 is 0
        return code
      }
      return (codes, words)
    }
  }

  /// Leaves out levels that only rows have that are not kept.
  private mutating func dropWordsWithoutRows() {
    guard let absorption, absorption.isOpen else { return }
    let variable = absorption.variable
    var numbers = Array(repeating: -1 as Int32, count: words.count), kept: [String] = []
    for (row, code) in levels[variable].enumerated() {
      if numbers[Int(code)] < 0 {
        numbers[Int(code)] = Int32(kept.count)
        kept.append(words[Int(code)])
      }
      levels[variable][row] = numbers[Int(code)]
    }
    self.words = kept
  }

  /// The levels of the category that has no columns.
  var absorbedLevels: DesignRows.LevelCodes? {
    absorption.map { DesignRows.LevelCodes(codes: levels[$0.variable], words: words) }
  }

  private func blockRow(_ row: Int) -> Int { kept?[row] ?? row }

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
    return weights
  }

  func features(isExtended: Bool, effects: [Double]?) throws(TabularError) -> ExtendedMatrix {
    let groups = ColumnGroup.groups(of: design, without: absorption, effects: effects != nil)
    let width = design.columns.count - (absorption?.columns.count ?? 0) + (effects == nil ? 0 : 1)
    // Products lose digits beyond Doubles.
    let needsLow = isExtended && groups.contains { $0.hasLow(design, evaluator) }
    var low = needsLow ? [Double](repeating: 0, count: rowCount * width) : []
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
        let tile = Tile(design, evaluator, rows, needsLow: needsLow)
        for group in groups {
          let row = group.write(tile, levels, into: elements, width: width)
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
