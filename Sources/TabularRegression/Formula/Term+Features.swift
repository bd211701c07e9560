internal import LinearAlgebra
internal import LinearRegression

extension ExtendedMatrix {
  /// The features of a table: one column for each term, rows of the table × terms. Powers are formed in double-double; columns
  /// as they are have no low part.
  ///
  /// - Throws: ``TabularError`` where a column is missing or holds something other than numbers.
  init(_ terms: [Term], of table: Table) throws(TabularError) {
    guard terms.contains(where: { $0.degree > 1 }) else {
      self.init(high: try table.matrix(terms.map(\.column)))
      return
    }
    var powers: [String: ExtendedMatrix] = [:]
    for column in Set(terms.map(\.column)) {
      let degree = terms.reduce(1) { $1.column == column ? max($0, $1.degree) : $0 }
      powers[column] = ExtendedMatrix(powersOf: try table.column(column), degree: degree)
    }
    var high = Matrix<Double>.zeros(table.rowCount, terms.count), low = high
    for (j, term) in terms.enumerated() {
      guard let source = powers[term.column] else { continue }
      for i in 0..<table.rowCount {
        high[i, j] = source.high[i, term.degree - 1]
        if let rest = source.low { low[i, j] = rest[i, term.degree - 1] }
      }
    }
    self.init(high: high, low: low)
  }
}
