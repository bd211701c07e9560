internal import LinearRegression

/// The values of expressions, a tile of rows at a time.
struct Evaluator {
  /// The numbers of columns, by name.
  var columns: [String: [Double]] = [:]
  /// What those columns are beyond Doubles of which it is known.
  var low: [String: [Double]] = [:]
  /// The fields of columns that are compared with words.
  var words: [String: ComparedWords] = [:]
  var centers: [Expression: Design.Center] = [:]
  var polynomials: [OrthogonalPolynomials.Key: OrthogonalPolynomials] = [:]
  var splines: [SplineCall: SplineBasis] = [:]

  /// The value of an expression in each of the rows; a column's are not copied.
  ///
  /// - Precondition: the expression's columns and centers are there.
  func values(_ expression: Expression, _ rows: Range<Int>) -> ArraySlice<Double> {
    switch expression {
    case .number(let value): ArraySlice(repeating: value, count: rows.count)
    // Stands for itself only where fields are compared with it.
    case .word: ArraySlice(repeating: .nan, count: rows.count)
    case .column(let name): columns[name]![rows]
    case .apply(let operation, let operands): applied(operation, operands, rows)
    }
  }

  private func applied(
    _ operation: Expression.Operation, _ operands: [Expression], _ rows: Range<Int>
  ) -> ArraySlice<Double> {
    if let (column, chosen) = Expression.apply(operation, operands).wordTest {
      return words[column]?.areAmong(chosen, isNegated: operation == .notEqual, rows)
        ?? ArraySlice(repeating: .nan, count: rows.count)
    }
    let x = values(operands[0], rows)
    func map(_ function: (Double) -> Double) -> ArraySlice<Double> { x.map(function)[...] }
    func zip(_ function: (Double, Double) -> Double) -> ArraySlice<Double> {
      Swift.zip(x, values(operands[1], rows)).map(function)[...]
    }
    func compare(_ isTrue: (Double, Double) -> Bool) -> ArraySlice<Double> {
      zip { $0.isNaN || $1.isNaN ? .nan : isTrue($0, $1) ? 1 : 0 }
    }
    switch operation {
    case .add: return zip(+)
    case .subtract: return zip(-)
    case .multiply: return zip(*)
    case .divide: return zip(/)
    case .power:
      if operands[1] == .number(2) { return map { $0 * $0 } }
      return zip(CLibrary.power)
    case .less: return compare(<)
    case .lessOrEqual: return compare(<=)
    case .greater: return compare(>)
    case .greaterOrEqual: return compare(>=)
    case .equal: return compare(==)
    case .notEqual: return compare(!=)
    case .isIn, .and, .or, .not: return logical(operation, operands, rows)
    case .negate: return map(-)
    case .identity, .parentheses: return x
    case .combine: return map { _ in .nan }
    case .log where operands.count == 2: return zip(CLibrary.logarithm(_:base:))
    case .log: return map(CLibrary.logarithm)
    case .log2: return map(CLibrary.binaryLogarithm)
    case .log10: return map(CLibrary.decimalLogarithm)
    case .log1p: return map(CLibrary.logarithmOfOnePlus)
    case .exp: return map(CLibrary.exponential)
    case .sqrt: return map { $0.squareRoot() }
    case .abs: return map(Swift.abs)
    case .center:
      let mean = centers[operands[0]]!.mean
      return map { $0 - mean }
    case .scale:
      let center = centers[operands[0]]!
      return map { ($0 - center.mean) / center.deviation }
    }
  }

  /// 1 where it is true, 0 where it is not.
  private func logical(
    _ operation: Expression.Operation, _ operands: [Expression], _ rows: Range<Int>
  ) -> ArraySlice<Double> {
    let x = values(operands[0], rows)
    switch operation {
    case .isIn:
      let chosen = Set(operands[1].constants.compactMap(\.constant))
      return x.map { $0.isNaN ? .nan : chosen.contains($0) ? 1 : 0 }[...]
    case .not: return x.map { $0.isNaN ? .nan : $0 == 0 ? 1 : 0 }[...]
    // A number that is not 0 is true; what is not known matters only where it decides.
    default:
      let decisive = operation == .or
      return zip(x, values(operands[1], rows)).map { x, y in
        let truths = [x, y].map { $0.isNaN ? nil : $0 != 0 }
        if truths.contains(decisive) { return decisive ? 1 : 0 }
        return truths.contains(nil) ? .nan : decisive ? 0 : 1
      }[...]
    }
  }

  /// The error of a value that is not finite: where, of what, and from what.
  func fault(_ name: String, _ expressions: [Expression], at row: Int, ofBlock blockRow: Int, _ table: Table)
    -> TabularError
  {
    var seen: Set<String> = []
    let names = expressions.flatMap(\.columns).filter { seen.insert($0).inserted }
    if expressions.count == 1, case .column(let column) = expressions[0],
      name == column || name == expressions[0].description, let numbers = columns[column]
    {
      return table.fault(
        column, row: blockRow,
        "\(Expression.text(of: numbers[row])) is not a finite number; correct it, or leave the row out"
      )
    }
    let place = table.places[blockRow]
    let given = names.prefix(3).compactMap { name in
      columns[name].map { "\(name) is \(Expression.text(of: $0[row]))" }
    }
    return .malformed(
      file: place.file, line: place.line,
      column: names.first.flatMap { table.field(of: $0) },
      message:
        "\(printable(name)) is not a finite number\(given.isEmpty ? "" : " where \(printable(given.joined(separator: ", ")))"); correct the row, leave it out, or change the formula"
    )
  }
}
