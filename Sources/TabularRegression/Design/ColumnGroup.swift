internal import LinearAlgebra
internal import LinearRegression

/// The numbers of a design's variables in a few rows.
struct Tile {
  let rows: Range<Int>
  /// For each variable that is a number.
  fileprivate var numbers: [ArraySlice<Double>?]
  /// For each variable that stands for powers or splines, or is known beyond Doubles: rows × columns.
  fileprivate var powers: [Int: ExtendedMatrix] = [:]
  /// For each variable that is a category, the level of each row of the block.
  private let levels: [[Int32]]
  /// For each variable that has contrasts.
  private let codes: [ContrastCodes?]

  init(
    _ design: Design, _ evaluator: Evaluator, _ rows: Range<Int>, _ levels: [[Int32]],
    _ codes: [ContrastCodes?], needsLow: Bool
  ) {
    (self.rows, self.levels, self.codes) = (rows, levels, codes)
    numbers = Array(repeating: nil, count: design.variables.count)
    for (index, variable) in design.variables.enumerated() where variable.levels == nil {
      switch variable.variable {
      case .powers(let call):
        if let key = OrthogonalPolynomials.Key(variable.variable), let found = evaluator.polynomials[key] {
          powers[index] = ExtendedMatrix(high: found.values(evaluator.values(call.operand, rows)))
        } else {
          powers[index] = Self.powers(call.operand, call.degree, evaluator, rows)
        }
      case .expression(let expression):
        if needsLow, let (base, degree) = expression.wholePower {
          powers[index] = Self.powers(base, degree, evaluator, rows)
        } else if needsLow, case .column(let name) = expression, evaluator.low[name] != nil {
          powers[index] = Self.powers(expression, 1, evaluator, rows)
        } else {
          numbers[index] = evaluator.values(expression, rows)
        }
      case .spline(let call):
        powers[index] = evaluator.splines[call].map {
          ExtendedMatrix(high: $0.values(evaluator.values(call.operand, rows)))
        }
      case .category: break
      }
    }
  }

  private static func powers(
    _ base: Expression, _ degree: Int, _ evaluator: Evaluator, _ rows: Range<Int>
  ) -> ExtendedMatrix {
    var low: [Double]?
    if case .column(let name) = base { low = evaluator.low[name].map { Array($0[rows]) } }
    return ExtendedMatrix(powersOf: Array(evaluator.values(base, rows)), low: low, degree: degree)
  }

  /// The values of a part in the rows.
  fileprivate func values(_ part: Design.Part, _ design: Design) -> ArraySlice<Double> {
    if let codes = codes[part.variable], let column = design.variables[part.variable].contrast(part) {
      return levels[part.variable][rows].map { codes.value(Int($0), column) }[...]
    }
    if let values = numbers[part.variable] { return values }
    guard let powers = powers[part.variable] else { return [] }
    let column = part.index == 0 ? powers.high.columnCount - 1 : part.index - 1
    return (0..<rows.count).map { powers.high[$0, column] }[...]
  }
}

/// Columns that are the same number, each in the rows of its own levels.
struct ColumnGroup {
  /// The number is the product of these; of none, 1.
  private var numbers: [Design.Part] = []

  /// The variables whose levels tell the columns apart.
  private(set) var categories: [Int] = []

  /// The column for each combination of levels, those of the first category changing fastest; −1 for none.
  private var positions: [Int32] = []

  /// How far apart the levels of each category are in ``positions``.
  private var strides: [Int] = []

  /// The groups of a design's columns.
  ///
  /// - Parameters:
  ///   - absorption: a category that has no columns; nil for none.
  ///   - effects: whether it has one, for the coefficients of its levels.
  static func groups(
    of design: Design, without absorption: Design.Absorption? = nil, effects: Bool = false
  ) -> [ColumnGroup] {
    struct Key: Hashable {
      var numbers: [Design.Part]
      var categories: [Int]
    }
    var groups: [ColumnGroup] = []
    var indices: [Key: Int] = [:]
    let absent = absorption?.columns.range ?? 0..<0
    for position in Array(0..<absent.lowerBound) + Array(absent.upperBound..<design.columns.count) {
      let column = design.columns[position]
      let numbers = column.parts.filter { !design.isIndicator($0) }
      let chosen = column.parts.filter(design.isIndicator)
      let key = Key(numbers: numbers, categories: chosen.map(\.variable))
      let index = indices[key] ?? groups.count
      if index == groups.count {
        indices[key] = index
        groups.append(ColumnGroup(numbers: numbers, categories: key.categories, design))
      }
      let offset = zip(chosen, groups[index].strides).reduce(0) { $0 + $1.0.index * $1.1 }
      groups[index].positions[offset] = Int32(
        absorption?.position(ofOther: position, effects: effects) ?? position)
    }
    return groups
  }

  private init(numbers: [Design.Part], categories: [Int], _ design: Design) {
    self.numbers = numbers
    self.categories = categories
    var count = 1
    for category in categories {
      strides.append(count)
      count *= design.variables[category].levels!.count
    }
    positions = Array(repeating: -1, count: count)
  }

  /// Whether it has digits beyond Doubles: a power and nothing else, or a column of which they are known.
  func hasLow(_ design: Design, _ evaluator: Evaluator) -> Bool {
    guard categories.isEmpty, numbers.count == 1 else { return false }
    switch design.variables[numbers[0].variable].variable {
    case .powers(let call): return !call.isOrthogonal
    case .expression(.column(let name)): return evaluator.low[name] != nil
    case .expression(let expression): return expression.wholePower != nil
    case .category, .spline: return false
    }
  }

  /// The product of the numbers, as R names it.
  func name(_ design: Design) -> String {
    numbers.map(design.name(of:)).joined(separator: ":")
  }

  func expressions(_ design: Design) -> [Expression] {
    numbers.compactMap { design.variables[$0.variable].variable.expression }
  }

  /// Writes the columns in the rows of a tile; where there are categories, they hold zeros.
  ///
  /// - Parameters:
  ///   - levels: of all rows, for each variable that is a category.
  ///   - elements: row after row.
  /// - Returns: the first row whose number is not finite.
  func write(
    _ tile: Tile, _ design: Design, _ levels: [[Int32]], into elements: UnsafeMutableBufferPointer<Double>,
    width: Int
  ) -> Int? {
    let rows = tile.rows
    let factors = numbers.map { tile.values($0, design) }
    let product = factors.dropFirst().reduce(factors.first) { product, factor in
      product.map { zip($0, factor).map(*)[...] }
    }
    guard let product else {
      for row in rows {
        let column = column(ofRow: row, levels)
        if column >= 0 { elements[row * width + column] = 1 }
      }
      return nil
    }
    return product.withUnsafeBufferPointer { values in
      if categories.isEmpty {
        var index = rows.lowerBound * width + Int(positions[0])
        // Without a branch for each, for nearly all are finite.
        var found: UInt64 = 0
        for value in values {
          elements[index] = value
          index += width
          found |= value.isFinite ? 0 : 1
        }
        if found == 0 { return nil }
      } else {
        for (row, value) in zip(rows, values) {
          let column = column(ofRow: row, levels)
          if column >= 0 { elements[row * width + column] = value }
        }
      }
      return values.firstIndex { !$0.isFinite }.map { rows.lowerBound + $0 }
    }
  }

  /// The column that is not zero in a row; −1 where there is none.
  private func column(ofRow row: Int, _ levels: [[Int32]]) -> Int {
    var offset = 0
    for (category, stride) in zip(categories, strides) { offset += Int(levels[category][row]) * stride }
    return Int(positions[offset])
  }

  /// Writes what rounding took from powers and from columns.
  func writeLow(_ tile: Tile, into elements: inout [Double], width: Int) {
    guard categories.isEmpty, numbers.count == 1, let low = tile.powers[numbers[0].variable]?.low else {
      return
    }
    let column = numbers[0].index == 0 ? low.columnCount - 1 : numbers[0].index - 1
    for (offset, row) in tile.rows.enumerated() {
      elements[row * width + Int(positions[0])] = low[offset, column]
    }
  }
}
