// The functions that are terms of their own: C(z), factor(z), poly(x, k).

extension FormulaParser {
  /// A function whose parenthesis is open already.
  mutating func function(_ name: String, _ start: Int) throws(TabularError) -> Variable {
    switch name {
    case "C", "factor", "as.factor":
      skipSpaces()
      guard let column = try self.name(), column != "." else { throw error("\(name)(z) takes a column") }
      let reference = name == "C" && take(",") ? try self.reference() : nil
      if position < characters.count, characters[position] == "," {
        throw error(
          "\(name)(z) takes a column and nothing else; C(z, reference = \"level\") chooses the first level")
      }
      try close("\(name)(")
      return .category(column, reference: reference, function: Variable.CategoryFunction(rawValue: name)!)
    case "poly":
      let base = try arithmetic()
      if !take(",") { throw error("poly(x, k) takes a column, a comma and a degree") }
      skipSpaces()
      takeName("degree")
      let start = position
      guard let degree = wholeNumber(), Formula.degrees.contains(degree) else {
        throw error("the degree of poly(x, k) is a whole number from 1 to 20", at: start)
      }
      let isOrthogonal = take(",") ? try !self.isRaw() : false
      try close("poly(")
      return .powers(base, degree: degree, isOrthogonal: isOrthogonal)
    default:
      return .expression(try call(name, start))
    }
  }

  /// raw = TRUE or raw = FALSE
  private mutating func isRaw() throws(TabularError) -> Bool {
    skipSpaces()
    let start = position
    if try name() == "raw", take("="), let value = try spacedName() {
      if ["TRUE", "T"].contains(value) { return true }
      if ["FALSE", "F"].contains(value) { return false }
    }
    throw error(
      "after poly(x, k only raw = TRUE, its raw powers, or raw = FALSE, orthogonal polynomials, may follow",
      at: start)
  }

  /// reference = "x"
  private mutating func reference() throws(TabularError) -> String {
    skipSpaces()
    let start = position
    guard try name() == "reference", take("=") else {
      throw error("after the column of C(z) only reference = \"level\" may follow", at: start)
    }
    skipSpaces()
    let opening = position
    guard position < characters.count, "\"'".contains(characters[position]) else {
      throw error("the reference is a level in quotes, as in C(z, reference = \"a\")")
    }
    guard let end = characters[(opening + 1)...].firstIndex(of: characters[opening]) else {
      throw error("the quote that opens here is never closed", at: opening)
    }
    position = end + 1
    return String(characters[(opening + 1)..<end])
  }
}
