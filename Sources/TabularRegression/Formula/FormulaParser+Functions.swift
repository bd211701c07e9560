// The functions that are terms of their own: poly(x, k) here, C(z), factor(z), ns(x, k) and bs(x, k) beside it.

extension FormulaParser {
  /// A function whose parenthesis is open already.
  mutating func function(_ name: String, _ start: Int) throws(TabularError) -> Variable {
    switch name {
    case "C", "factor", "as.factor": return .category(try category(name))
    case "ns", "bs": return .spline(try spline(isNatural: name == "ns", start))
    case "poly":
      let base = try arithmetic()
      try requireNumbers(base, name, start)
      if !take(",") { throw error("poly(x, k) takes a column, a comma and a degree") }
      skipSpaces()
      let isNamed = takeName("degree")
      let start = position
      guard let degree = wholeNumber(), Formula.degrees.contains(degree) else {
        throw error("the degree of poly(x, k) is a whole number from 1 to 20", at: start)
      }
      let raw = take(",") ? try raw() : nil
      try close("poly(")
      let text = "poly(\(base), \(isNamed ? "degree = " : "")\(degree)\(raw.map { ", raw = \($0)" } ?? ""))"
      return .powers(
        PowersCall(operand: base, degree: degree, isOrthogonal: Self.truth(raw) == false, text: text))
    default:
      return .expression(try call(name, start))
    }
  }

  /// What TRUE, T, FALSE and F say; nil for something else.
  static func truth(_ word: String?) -> Bool? {
    switch word {
    case "TRUE", "T": true
    case "FALSE", "F": false
    default: nil
    }
  }

  /// raw = TRUE or raw = FALSE
  private mutating func raw() throws(TabularError) -> String {
    skipSpaces()
    let start = position
    if try name() == "raw", take("="), let word = try spacedName(), Self.truth(word) != nil { return word }
    throw error(
      "after poly(x, k only raw = TRUE, its raw powers, or raw = FALSE, orthogonal polynomials, may follow",
      at: start)
  }
}
