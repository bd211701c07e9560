internal import LinearAlgebra

/// A linear hypothesis on the coefficients β of a model: L β = c.
struct LinearHypothesis {
  /// L, restrictions × coefficients, the intercept's first (if there is one).
  private(set) var L: Matrix<Double>
  /// c
  private(set) var values: [Double]
  /// What is said of restrictions that follow from the others, and were left out.
  private(set) var notes: [String] = []
  let names: [String]

  /// - Parameters:
  ///   - text: such as "a = b, c = 0"; see ``HypothesisParser``.
  ///   - model: the model.
  ///   - source: what messages call it.
  /// - Throws: ``TabularError``: a text that is not one of hypotheses; a coefficient that there is not, that was left out,
  ///   or whose name is the intercept's too; restrictions that contradict each other.
  init(_ text: String, on model: FittedModel, named source: String) throws(TabularError) {
    let names = (model.hasIntercept ? [FittedModel.interceptName] : []) + model.design.distinctNames
    self.names = names
    var parser = HypothesisParser(text, names: names) { name in
      let guess = nearest(name, names).map { "is \"\(printable($0))\" meant? they" } ?? "they"
      return .unusable(
        file: source, message: "there is no coefficient \"\(printable(name))\"; \(guess) are \(listed(names))"
      )
    }
    let forms = try parser.parse()
    if model.hasIntercept, model.design.names.contains(FittedModel.interceptName),
      forms.contains(where: { $0.terms[0] != nil })
    {
      throw .unusable(
        file: source,
        message:
          "\"\(FittedModel.interceptName)\" is the name of the intercept and of a column; rename the column, and fit again"
      )
    }
    let table = model.coefficientStatistics
    for place in forms.flatMap(\.terms.keys).sorted() where table.estimates[place].isNaN {
      let feature = place - (model.hasIntercept ? 1 : 0)
      let dependency = model.certificate?.redundant.firstIndex { $0.feature == feature }
      let why = dependency.map { " (\(model.dependencyText($0)))" }
      throw .unusable(
        file: source,
        message:
          "\"\(printable(names[place]))\" was left out of the fit\(why ?? ""), and has no coefficient; test the others"
      )
    }
    L = Matrix(rows: forms.count, columns: names.count) { forms[$0].terms[$1] ?? 0 }
    values = forms.map { 0 - $0.constant }
    try leaveOutRedundant(source)
  }

  /// Leaves out restrictions that follow from those before them.
  ///
  /// Each is taken off its projections on those before it, twice, and what it demands with it (Gram and Schmidt); with
  /// columns of length 1, so that the units of coefficients do not matter.
  private mutating func leaveOutRedundant(_ source: String) throws(TabularError) {
    let units = (0..<L.columnCount).map { norm(L[column: $0]) }
    var basis: [(row: [Double], value: Double)] = [], kept: [Int] = []
    for index in 0..<L.rowCount {
      var row = zip(L[row: index], units).map { $1 == 0 ? 0 : $0 / $1 }, value = values[index]
      let length = norm(row)
      var size = abs(value)
      for _ in 0..<2 {
        for other in basis {
          let share = dot(row, other.row)
          for i in row.indices { row[i] -= share * other.row[i] }
          value -= share * other.value
          size = max(size, abs(share * other.value))
        }
      }
      let rest = norm(row)
      if rest > 1e-10 * length {
        basis.append((row.map { $0 / rest }, value / rest))
        kept.append(index)
      } else if abs(value) <= 1e-10 * size {
        notes.append("\(text(index)) follows from the other restrictions, and is left out")
      } else {
        throw .unusable(
          file: source,
          message: length == 0
            ? "\(text(index)) does not hold for any coefficients"
            : "\(text(index)) contradicts the restrictions before it; leave one of them out")
      }
    }
    if kept.isEmpty {
      throw .unusable(
        file: source, message: "the hypothesis holds for all coefficients; there is nothing to test")
    }
    L = Matrix(rows: kept.count, columns: L.columnCount) { L[kept[$0], $1] }
    values = kept.map { values[$0] }
  }

  /// A restriction: "area - 2 rooms = 1".
  func text(_ index: Int) -> String {
    var text = ""
    for (place, name) in names.enumerated() where L[index, place] != 0 {
      let factor = L[index, place], size = abs(factor)
      text += text.isEmpty ? (factor < 0 ? "-" : "") : factor < 0 ? " - " : " + "
      text += size == 1 ? printable(name) : "\(formatted(size, significantDigits: 6)) \(printable(name))"
    }
    return "\(text.isEmpty ? "0" : text) = \(formatted(values[index], significantDigits: 6))"
  }
}
