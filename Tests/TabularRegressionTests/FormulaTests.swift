import TabularRegression
import TestSupport
import Testing

@Suite struct FormulaTests {
  static let text = """
    a,b,living area,y
    1,2,1,1
    2,1,5,3
    3,4,2,2
    4,3,7,6
    5,7,1,5
    6,5,4,7
    """

  func model(_ formula: String) throws -> FittedModel {
    try FittedModel(formula, Table(csvText: Self.text, source: "homes.csv"))
  }

  @Test(arguments: [
    ("y ~ a + b", ["a", "b"], true),
    ("y~a+b", ["a", "b"], true),
    ("  y ~\ta\n+ b ", ["a", "b"], true),
    ("y ~ .", ["a", "b", "living area"], true),
    ("y ~ . - a", ["b", "living area"], true),
    ("y ~ . - `living area` - 1", ["a", "b"], false),
    ("y ~ . - y", ["a", "b", "living area"], true),
    ("y ~ 0 + a", ["a"], false),
    ("y ~ -1 + a", ["a"], false),
    ("y ~ a + 0", ["a"], false),
    ("y ~ a - 0", ["a"], true),
    ("y ~ a - 1 + 1", ["a"], true),
    ("y ~ + a", ["a"], true),
    ("`y` ~ `living area`", ["living area"], true),
    ("y ~ a + a", ["a"], true),
    ("y ~ a - a + b", ["b"], true),
    ("y ~ a - b", ["a"], true),
    ("y ~ b + .", ["b", "a", "living area"], true),
    ("y ~ poly(a, 3)", ["a", "I(a^2)", "I(a^3)"], true),
    ("y ~ poly( a ,1 )", ["a"], true),
    ("y ~ poly(`living area`, 2) + b", ["living area", "I(living area^2)", "b"], true),
    ("y ~ . + poly(a, 2)", ["a", "b", "living area", "I(a^2)"], true),
    // The powers stay together, as in R.
    ("y ~ . + poly(a, 2) - a", ["b", "living area", "a", "I(a^2)"], true),
  ])
  func terms(formula: String, terms: [String], intercept: Bool) throws {
    let model = try model(formula)
    #expect(model.features == terms)
    #expect(model.hasIntercept == intercept)
    #expect(model.target == "y")
    #expect(model.formula == formula)
  }

  /// The caret stands below `place`, counted from 0.
  @Test(arguments: [
    ("", 0, "a formula begins with the column to predict, as in y ~ a + b"),
    ("~ a", 0, "a formula begins with the column to predict, as in y ~ a + b"),
    ("y", 1, "\"~\" is missing between the column to predict and the others"),
    ("y a", 2, "\"~\" is missing between the column to predict and the others"),
    ("y ~", 3, "a column is missing at the end"),
    ("y ~ a +", 7, "a column is missing at the end"),
    ("y ~ a b", 6, "\"+\" or \"-\" is missing here; \(language)"),
    ("y ~ a * b", 6, "interactions are not part of formulas here; put the product into the file as a column"),
    ("y ~ a:b", 5, "interactions are not part of formulas here; put the product into the file as a column"),
    ("log(y) ~ a", 3, "the column to predict is one column as it is; form another in the file first"),
    ("y ~ a ~ b", 6, "\"+\" or \"-\" is missing here; \(language)"),
    ("y ~ (a)", 4, "a column is missing here; \(language)"),
    ("y ~ a + + b", 8, "a column is missing here; \(language)"),
    ("y ~ log(a)", 4, "log() is not known; the only function is poly(x, k)"),
    ("y ~ I(a^2)", 4, "I() is not known; the only function is poly(x, k)"),
    ("y ~ a + 2", 8, "2 is not a column; the only numbers are 1 and 0, for the intercept"),
    ("y ~ poly(a)", 10, "poly(x, k) takes a column, a comma and a degree"),
    ("y ~ poly(, 2)", 9, "poly(x, k) takes a column first"),
    ("y ~ poly(a, 0)", 12, "the degree of poly(x, k) is a whole number from 1 to 20"),
    ("y ~ poly(a, 21)", 12, "the degree of poly(x, k) is a whole number from 1 to 20"),
    ("y ~ poly(a, b)", 12, "the degree of poly(x, k) is a whole number from 1 to 20"),
    ("y ~ poly(a, 99999999999999999999)", 12, "the degree of poly(x, k) is a whole number from 1 to 20"),
    (
      "y ~ poly(a, 2", 13,
      "\")\" is missing after the degree; poly(x, k) has raw powers and no further arguments"
    ),
    ("y ~ . - .", 6, "only columns can be taken away"),
    ("y ~ a - poly(a, 1)", 6, "only columns can be taken away"),
    ("y ~ `a", 4, "the backtick that opens here is never closed"),
    ("y ~ ``", 4, "there is no name between the backticks"),
  ])
  func errors(formula: String, place: Int, message: String) {
    #expect(throws: TabularError.formula(formula, position: place, message: message)) { try Formula(formula) }
    let lines = "\(TabularError.formula(formula, position: place, message: message))".split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines == ["formula: \(message)", "  \(formula)", "\(String(repeating: " ", count: place + 2))^"])
  }

  static let language = "a formula has names, \".\", poly(x, k), 0, 1, \"+\" and \"-\""

  @Test func requestsThatCannotBeMet() {
    func message(_ formula: String) -> String? {
      do {
        _ = try model(formula)
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(message("z ~ a") == "homes.csv:1: there is no column \"z\"; the columns are a, b, living area, y")
    #expect(message("y ~ z") == "homes.csv:1: there is no column \"z\"; the columns are a, b, living area, y")
    #expect(
      message("y ~ . - z") == "homes.csv:1: there is no column \"z\"; the columns are a, b, living area, y")
    #expect(
      message("y ~ poly(y, 2)")
        == "homes.csv: the target \"y\" is among the features; leave it out of one of the two")
    #expect(
      message("y ~ 1")
        == "homes.csv: there is no column beside the target \"y\" to predict it from; add a feature")
  }

  /// The powers of prediction are those of the fit, from a file too.
  @Test func powersArePredicted() throws {
    let table = try Table(csvText: "x,y\n1,1\n2,8\n3,27\n4,64\n5,125\n", source: "cubes.csv")
    let model = try FittedModel("y ~ poly(x, 3)", table)
    #expect(model.terms == [.column("x"), .power("x", 2), .power("x", 3)])
    let folder = TemporaryFolder()
    try model.write(to: folder.path("m.json"))
    let saved = try FittedModel(contentsOf: folder.path("m.json"))
    #expect(saved == model)
    let rows = try Table(csvText: "x\n10\n-2\n", source: "new.csv")
    #expect(difference(try saved.predictions(from: rows), [1000, -8], factor: 16) == nil)
    #expect(
      throws: TabularError.unusable(
        file: "t.csv",
        message: "column \"I(x^2)\" is beyond a Double in row 2 below the header; use another unit")
    ) {
      try FittedModel("y ~ poly(x, 3)", Table(csvText: "x,y\n1,1\n1e200,2\n3,3\n", source: "t.csv"))
    }
  }
}
