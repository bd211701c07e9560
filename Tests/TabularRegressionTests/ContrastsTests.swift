import LinearAlgebra
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// Contrasts, the order of levels, and comparisons with words. BasesByRTests hold fits against R's.
@Suite struct ContrastsTests {
  static let text = """
    y,x,z,n,flag
    1,1,low,01,true
    3,2,high,1,False
    2,3,low,01,TRUE
    6,4,mid,2,false
    5,5,high,1,true
    7,7,mid,2,true
    4,6,low,2,false
    """

  let table: Table
  init() throws { table = try Table(csvText: Self.text, source: "t.csv", categories: ["n"]) }

  /// Orthogonal, of norm 1, for as many levels as R allows.
  @Test(arguments: [2, 3, 20, 95])
  func polynomialsAreOrthogonal(levels: Int) {
    let codes = ContrastCodes(.poly, levels: levels)
    for i in 0..<levels - 1 {
      #expect(abs((0..<levels).reduce(0) { $0 + codes.value($1, i) }) < 1e-13)
      for j in 0...i {
        let product = (0..<levels).reduce(0) { $0 + codes.value($1, i) * codes.value($1, j) }
        #expect(abs(product - (i == j ? 1 : 0)) < 1e-13)
      }
      // The leading coefficient is positive: so is the last value, which is small for many levels.
      #expect(codes.value(levels - 1, i) > (levels > 20 ? -1e-15 : 0))
    }
  }

  /// The codings of one category fit the same, whatever the columns are called.
  @Test func codingsFitTheSame() throws {
    let plain = try FittedModel("y ~ x*z", table).predictions(from: table)
    for coding in ["SAS", "sum", "helmert", "poly", "contr.treatment", "\"contr.SAS\""] {
      let model = try FittedModel("y ~ x*C(z, \(coding))", table)
      #expect(difference(try model.predictions(from: table), plain, factor: 1e4) == nil)
      #expect(model.design.fault == nil)
    }
  }

  /// A level that the fit did not see counts as the first, and as the last where that is left out.
  @Test func levelsThatWereNotSeen() throws {
    let model = try FittedModel("y ~ C(z, sum)", table)
    let new = try Table(csvText: "z\nhigh\nhuge\n", source: "new.csv")
    let predictions = try model.predictions(from: new, unseen: .reference)
    #expect(predictions[0] == predictions[1])
    #expect(throws: TabularError.self) { try model.predictions(from: new) }
    let last = try FittedModel("y ~ C(z, SAS)", table)
    #expect(last.termNames == ["(Intercept)", "C(z, SAS)high", "C(z, SAS)low"])
    let found = try last.predictions(
      from: Table(csvText: "z\nmid\nhuge\n", source: "new.csv"), unseen: .reference)
    #expect(found[0] == found[1] && found[0] == last.model.intercept)
  }

  @Test(arguments: [
    (
      "y ~ factor(z, levels = c(\"low\", \"high\"))",
      "column \"z\" has the level \"mid\", which is not among those of the formula, low, high; add it, or leave the rows out"
    ),
    (
      "y ~ factor(x, levels = c(1, \"1.0\"))",
      "levels of column \"x\" stand twice in the formula: 1, 1"
    ),
    (
      "y ~ C(one, sum)", "column \"one\" is a category with one level only, \"a\"; leave it out"
    ),
    (
      "y ~ C(x, poly)",
      "column \"x\" has 96 levels, and polynomial contrasts are for 95 at most; use other contrasts, or poly()"
    ),
  ])
  func levelsThatCannotBe(formula: String, message: String) throws {
    let rows = (0..<96).map { "\($0 % 7),\($0),\(["low", "mid", "high"][$0 % 3]),a\n" }.joined()
    let formula = try Formula(formula)
    let table = try Table(
      csvText: "y,x,z,one\n\(rows)", source: "t.csv", categories: formula.categories)
    #expect(throws: TabularError.unusable(file: "t.csv", message: message)) {
      try FittedModel(formula, table)
    }
  }

  /// A column that is compared with words is read as words, of digits too, unless "." may have it as numbers.
  @Test func columnsThatAreCompared() throws {
    #expect(try Formula("y ~ I(n == \"01\")").categories == ["n"])
    #expect(try Formula("y ~ . + I(n == \"01\")").categories == [])
    #expect(try Formula("y ~ n + I(n == \"01\")").categories == [])
    let model = try FittedModel("y ~ I(n == \"01\")", table)
    #expect(model.categories == ["n"])
    // Rows 1 and 3 are 01, the others not.
    #expect(difference([model.model.intercept], [(3.0 + 6 + 5 + 7 + 4) / 5], factor: 64) == nil)
    // Of numbers the text is compared.
    let numbers = try Table(csvText: Self.text, source: "t.csv")
    let one = try FittedModel("y ~ I(n == \"1\")", numbers)
    #expect(difference([one.model.intercept], [17.0 / 3], factor: 64) == nil)
  }

  /// True and false in any case are R's TRUE and FALSE.
  @Test(arguments: ["TRUE", "true", "True"])
  func truthValues(word: String) throws {
    let model = try FittedModel("y ~ I(flag == \"\(word)\")", table)
    #expect(difference([model.model.intercept], [13.0 / 3], factor: 64) == nil)
  }

  /// Comparisons of numbers that are rounded as they are read cost no digits.
  @Test func numbersThatAreRounded() throws {
    let rows = (0..<20).map { "\($0 * $0 % 7),\(Double($0 % 5) / 10)\n" }.joined()
    let model = try FittedModel("y ~ I(x %in% c(0.1, 0.3))", Table(csvText: "y,x\n\(rows)", source: "t.csv"))
    #expect(model.certificate?.readingLoss == nil)
    #expect((model.certificate?.estimatedDigits ?? 0) > 13)
  }

  @Test func missingWords() throws {
    let text = "y,z\n1,a\n2,\n3,b\n5,a\n"
    let table = try Table(csvText: text, source: "t.csv")
    #expect(
      throws: TabularError.malformed(
        file: "t.csv", line: 3, column: 2,
        message:
          "column \"z\": a level is missing (the field is empty, or a word such as NA in any case); fill it in, or drop such rows"
      )
    ) { try FittedModel("y ~ I(z == \"a\")", table) }
    #expect(try FittedModel("y ~ I(z == \"a\")", table, missing: .drop).observations == 3)
    #expect(throws: TabularError.self) { try FittedModel("y ~ I(z == \"a\")", table, missing: .constant(0)) }
    // As the target, 1 and 0: the share of a among all.
    #expect(try FittedModel("I(z == \"a\") ~ 1", table, missing: .drop).model.intercept == 2.0 / 3)
  }

  /// What is in no file that was written: it must not stop the program.
  @Test(arguments: [
    "\"expression\":[\"'\",\"b\"]", "\"expression\":[\"c\",\"x\",2]",
    "\"expression\":[\"%in%\",\"x\",\"x\"]", "\"expression\":[\"==\",[\"+\",\"x\",1],[\"'\",\"b\"]]",
    "\"expression\":[\"()\",\"x\"]", "\"expression\":[\"&\",\"x\",[\"!\",\"x\"]]",
  ])
  func expressionsFromFiles(variable: String) throws {
    let model = try FittedModel("y ~ x", table)
    let text = model.json.replacing("\"expression\" : \"x\"", with: variable)
    #expect(text != model.json)
    let damaged = try? FittedModel(json: text)
    _ = try? damaged?.predictions(from: table)
  }
}
