internal import LinearAlgebra
internal import LinearRegression

extension Design {
  /// The error of the values of each column of [X y] that comes from the rounding of a text's numbers to Doubles, as a
  /// root mean square; empty where none are rounded.
  ///
  /// Some rows are evaluated twice, the second time with their numbers moved up or down by a unit in the last place,
  /// of which a rounding is 1/√12 in the mean square. Whole numbers are exact.
  /// - Parameters:
  ///   - isExtended: whether columns keep the digits that are known of them.
  ///   - absorption: a category whose columns X lacks.
  func roundings(of table: Table, isExtended: Bool, absorbing absorption: Absorption?) -> [Double] {
    let exact = isExtended ? exactColumns : [], used = tableColumns(for: .fit)
    let rounded = table.columns.lazy.filter { column in
      column.isFromText && used.contains(column.name)
        && !(exact.contains(column.name) && column.digits != nil)
    }.map(\.name).sorted()
    if rounded.isEmpty || table.rowCount == 0 { return [] }
    let count = min(table.rowCount, 32)
    let sample = (0..<count).map { $0 * table.rowCount / count }
    func evaluated(
      moving names: [String], truths: DesignInput? = nil
    ) -> (input: DesignInput, X: Matrix<Double>, y: Matrix<Double>)? {
      // What is wrong with the rows is told when all of them are evaluated.
      let rows = table.sample(sample, moving: names, known: exactColumns)
      guard var input = try? DesignInput(self, rows, .fit, .error, absorption, isExtended: false) else {
        return nil
      }
      if let truths { input.takeTruths(from: truths) }
      guard let X = try? input.features(isExtended: false, effects: nil), let y = try? input.targets(targets)
      else { return nil }
      return (input, X.high, y)
    }
    // What is true of the number that stands for a text, such as x == 0.1, is meant of the text.
    guard let values = evaluated(moving: []),
      let moved = evaluated(moving: rounded, truths: values.input), values.y.rowCount > 0,
      values.X.shape == moved.X.shape
    else { return [] }
    func roundings(_ a: Matrix<Double>, _ b: Matrix<Double>) -> [Double] {
      (0..<a.columnCount).map { j in
        let squares = (0..<a.rowCount).reduce(0) { $0 + (a[$1, j] - b[$1, j]) * (a[$1, j] - b[$1, j]) }
        return (squares / Double(a.rowCount) / 12).squareRoot()
      }
    }
    let all = roundings(values.X, moved.X) + roundings(values.y, moved.y)
    return all.allSatisfy { $0.isFinite } && all.contains { $0 > 0 } ? all : []
  }
}

extension Table {
  /// Some rows, the numbers of some columns moved to a neighbouring Double unless they are whole.
  ///
  /// - Parameter known: columns that move only where their text is known to be no Double.
  fileprivate func sample(_ rows: [Int], moving names: [String], known: Set<String>) -> Table {
    let columns = columns.map { column in
      let number = names.firstIndex(of: column.name)
      let values: TableColumn.Values =
        switch column.roundedValues {
        case .numbers(let numbers):
          .numbers(
            rows.map { row in
              let value = numbers[row]
              let isExact =
                if let digits = column.digits, known.contains(column.name) {
                  digits.low[row] == 0
                } else {
                  value == value.rounded() && abs(value) < 0x1p50
                }
              guard let number, !isExact else { return value }
              // Columns move in different ways.
              return (row >> (number % 5)) & 1 == 0 ? value.nextUp : value.nextDown
            })
        case .words(let words):
          .words(words.of(rows))
        case .mixed(let fault): .mixed(fault)
        }
      return TableColumn(name: column.name, values: values, field: column.field)
    }
    return Table(source: source, columns: columns, rowCount: rows.count, places: places)
  }
}
