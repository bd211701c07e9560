@testable import TabularRegression
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
    ("y ~ poly(a, 3)", ["poly(a, 3)1", "poly(a, 3)2", "poly(a, 3)3"], true),
    ("y ~ poly(a, 2, raw = TRUE)", ["poly(a, 2, raw = TRUE)1", "poly(a, 2, raw = TRUE)2"], true),
    ("y ~ poly( a ,1 )", ["poly(a, 1)"], true),
    ("y ~ poly(a, degree = 2, raw=T)", ["1", "2"].map { "poly(a, degree = 2, raw = T)\($0)" }, true),
    ("y ~ poly(a, 2, raw = FALSE)", ["poly(a, 2, raw = FALSE)1", "poly(a, 2, raw = FALSE)2"], true),
    ("y ~ factor(a) - b", ["2", "3", "4", "5", "6"].map { "factor(a)\($0)" }, true),
    ("y ~ as.factor(a)", ["2", "3", "4", "5", "6"].map { "as.factor(a)\($0)" }, true),
    ("y ~ log(a, 2) + log(b,base=a+1)", ["log(a, 2)", "log(b, a + 1)"], true),
    ("y ~ I(a>=3) + I(a!=2)", ["I(a >= 3)TRUE", "I(a != 2)TRUE"], true),
    ("y ~ 0 + I((a < b + 1))", ["I((a < b + 1))FALSE", "I((a < b + 1))TRUE"], false),
    ("y ~ I((a <= 3) * b) + I(((a == 3) > 0)+b)", ["I((a <= 3) * b)", "I(((a == 3) > 0) + b)"], true),
    ("y ~ offset(b) + a + offset(2*b)", ["a"], true),
    ("y ~ (a + offset(b)):`living area` - 1", ["a:living area"], false),
    (
      "y ~ poly(`living area`, 2) + b", ["poly(`living area`, 2)1", "poly(`living area`, 2)2", "b"], true
    ),
    ("y ~ . + poly(a, 2) - a", ["b", "living area", "poly(a, 2)1", "poly(a, 2)2"], true),
    ("y ~ . - .  + a", ["a"], true),
    ("y ~ b:a", ["b:a"], true),
    ("y ~ a + b:a", ["a", "a:b"], true),
    ("y ~ a*b", ["a", "b", "a:b"], true),
    ("y ~ a*b - b", ["a", "a:b"], true),
    ("y ~ a %in% b", ["a:b"], true),
    ("y ~ a/b", ["a", "a:b"], true),
    ("y ~ (a + b)^2 - 1", ["a", "b", "a:b"], false),
    ("y ~ .^2", ["a", "b", "living area", "a:b", "a:living area", "b:living area"], true),
    (
      "y ~ (a + b + `living area`)^9 - a:b:`living area` - a:b",
      ["a", "b", "living area", "a:living area", "b:living area"], true
    ),
    ("y ~ a:a + a^3", ["a"], true),
    ("y ~ b:`living area` + I(a) + a*(b - 1)", ["I(a)", "a", "b", "b:living area", "b:a"], false),
    ("y ~ -a + b", ["b"], true),
    ("y ~ (((a)))", ["a"], true),
    ("y~I(a^2)+I(a*b-1)+I((a+b)/2)", ["I(a^2)", "I(a * b - 1)", "I((a + b)/2)"], true),
    ("y ~ I(-a^2^1) + I((-a)^2) + I(a^-1)", ["I(-a^2^1)", "I((-a)^2)", "I(a^-1)"], true),
    (
      "y ~ I(a - (b - 1)) + I(a - b - 1) + I(- a * b)", ["I(a - (b - 1))", "I(a - b - 1)", "I(-a * b)"], true
    ),
    ("y ~ log(a) + log2(a) + log10(a) + log1p(a)", ["log(a)", "log2(a)", "log10(a)", "log1p(a)"], true),
    (
      "y ~ exp(0.5 * a) + sqrt(a) + abs(`living area` - 1.50)",
      ["exp(0.5 * a)", "sqrt(a)", "abs(`living area` - 1.5)"], true
    ),
    ("y ~ scale(a) + center(log(b))", ["scale(a)", "center(log(b))"], true),
    ("y ~ log(a):b", ["log(a):b"], true),
    ("y ~ C(a)", ["C(a)2", "C(a)3", "C(a)4", "C(a)5", "C(a)6"], true),
    ("y ~ C(a, reference = \"4\")", ["1", "2", "3", "5", "6"].map { "C(a, reference = \"4\")\($0)" }, true),
    ("y ~ . + C(a) - `living area`", ["b", "C(a)2", "C(a)3", "C(a)4", "C(a)5", "C(a)6"], true),
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
    ("y ~ a b", 6, "an operator is missing here; \(language)"),
    ("y ~ a ~ b", 6, "an operator is missing here; \(language)"),
    ("y ~ a)", 5, "no parenthesis is open that this one closes"),
    ("y ~ (a", 6, "\")\" is missing after \"(\""),
    ("y ~ ()", 5, "a column is missing here; \(language)"),
    ("y ~ a + + b", 8, "a column is missing here; \(language)"),
    ("y ~ sin(a)", 4, "sin() is not known; there are \(functions)"),
    ("y ~ I(sin(a))", 6, "sin() is not known; there are \(functions)"),
    (
      "y ~ factor(a, b)", 14, "after the column of factor(z) only levels = c(\"b\", \"a\") may follow"
    ),
    ("y ~ factor(1)", 11, "factor(z) takes a column"),
    ("y ~ I(factor(a))", 6, "factor() stands by itself, not inside something else"),
    ("y ~ log(a, 2, b)", 12, "log() takes a column or expression, and a base"),
    ("y ~ exp(a, 2)", 9, "exp() takes one column or expression"),
    ("y ~ a + b > 3", 10, "comparisons stand inside I(), as in I(x > 3)"),
    ("y ~ I(1 < a < 3)", 12, "\"<\" compares two numbers, not three; put one comparison in parentheses"),
    ("y ~ I(a < \"x\")", 10, "a column is compared with a word, by == or !=, as in z == \"a\""),
    ("y ~ I(a + 1 == \"x\")", 15, "a column is compared with a word, by == or !=, as in z == \"a\""),
    ("y ~ I(a + \"x\")", 10, "a word stands behind ==, != or %in%, as in I(z == \"a\")"),
    ("y ~ I(log(a) %in% c(\"x\"))", 18, "a column is looked for among words, as in z %in% c(\"a\", \"b\")"),
    (
      "y ~ I(a %in% b)", 13,
      "a number or a word in quotes is missing here, as in c(1, 2) or c(\"a\", \"b\")"
    ),
    ("y ~ I(a > 1 && b > 2)", 12, "&& compares single values; & compares row by row"),
    ("y ~ I(a > 1 || b > 2)", 12, "|| compares single values; | compares row by row"),
    ("y ~ scale(a == \"x\")", 4, "scale() takes numbers, and no comparison with words"),
    ("y ~ ns((a == \"x\"), 2)", 4, "ns() takes numbers, and no comparison with words"),
    ("y ~ poly((a == \"x\"), 2)", 4, "poly() takes numbers, and no comparison with words"),
    (
      "y ~ lag(a)", 4,
      "lag() is not known, for rows of a table have no order in time; form the column beforehand"
    ),
    ("y ~ factor(a, levels = c(1))", 23, "levels are two or more, each once, as in c(\"b\", \"a\")"),
    ("y ~ factor(a, levels = c(1, 1))", 23, "levels are two or more, each once, as in c(\"b\", \"a\")"),
    ("y ~ C(a, sum, 2)", 12, "C(z) takes a column and its coding and nothing else"),
    ("y ~ ns(a, 0)", 10, "df is a whole number from 1 to 1000"),
    ("y ~ ns(a, 1, intercept = TRUE)", 4, "df of this ns() is 2 or more"),
    ("y ~ bs(a, 2)", 4, "df of this bs() is 3 or more"),
    ("y ~ bs(a, degree = 0)", 19, "degree is a whole number from 1 to 20"),
    (
      "y ~ ns(a, degree = 2)", 19,
      "ns() takes df, knots, intercept and Boundary.knots, as in bs(x, 5, degree = 2)"
    ),
    (
      "y ~ bs(a, 4, 2)", 13, "arguments of bs() behind the second have names, as in bs(x, 5, degree = 2)"
    ),
    ("y ~ bs(a, df = 4, df = 4)", 18, "df stands twice"),
    ("y ~ bs(a, knots = c(3, 2))", 18, "knots are increasing numbers, 1000 at most, as in knots = c(2, 5)"),
    ("y ~ bs(a, knots = \"b\")", 18, "knots are increasing numbers, 1000 at most, as in knots = c(2, 5)"),
    (
      "y ~ bs(a, Boundary.knots = 3)", 27,
      "boundary knots are two numbers, the lower one first, as in Boundary.knots = c(0, 10)"
    ),
    (
      "y ~ bs(a, knots = 5, Boundary.knots = c(0, 5))", 4, "the knots of bs() are between its boundary knots"
    ),
    ("y ~ bs(a, intercept = 1)", 22, "intercept is TRUE or FALSE"),
    ("y ~ a - offset(b)", 8, "an offset is added, not taken away: offset(-x) is its negative"),
    ("y ~ a*offset(b)", 6, "an offset is added, and stands in no product"),
    ("y ~ offset(b):a", 4, "an offset is added, and stands in no product"),
    ("y ~ I(offset(a))", 6, "offset() stands by itself, not inside something else"),
    ("y ~ log(C(a))", 8, "C() stands by itself, not inside something else"),
    ("y ~ log(.)", 8, "\".\" stands for columns, not for a number"),
    ("y ~ log()", 8, "a column or number is missing here"),
    ("y ~ log(a", 9, "\")\" is missing after \"log(\""),
    ("y ~ I(a +", 9, "a column or number is missing at the end"),
    ("y ~ I(1e999)", 6, "the number is beyond a Double"),
    ("y ~ scale(log(center(a)))", 4, "scale() and center() do not stand inside each other"),
    ("y ~ C(1)", 6, "C(z) takes a column"),
    (
      "y ~ C(a, b)", 9,
      "after the column of C(z) follows reference = \"level\" or a coding: treatment, SAS, sum, helmert or poly"
    ),
    ("y ~ C(a, reference = b)", 21, "the reference is a level in quotes, as in C(z, reference = \"a\")"),
    ("y ~ C(a, reference = \"b)", 21, "the quote that opens here is never closed"),
    ("y ~ a:1", 6, "0 and 1 are for the intercept and can only be added or taken away"),
    ("y ~ 0*a", 4, "0 and 1 are for the intercept and can only be added or taken away"),
    ("y ~ a^b", 6, "the power of terms is a whole number, 1 or more; I(a^2) is a column squared"),
    ("y ~ a^0", 6, "the power of terms is a whole number, 1 or more; I(a^2) is a column squared"),
    ("y ~ a + 2", 8, "2 is not a column; the only numbers are 1 and 0, for the intercept"),
    ("y ~ poly(a)", 10, "poly(x, k) takes a column, a comma and a degree"),
    ("y ~ poly(, 2)", 9, "a column or number is missing here"),
    (
      "y ~ poly(a, 2, simple = TRUE)", 15,
      "after poly(x, k only raw = TRUE, its raw powers, or raw = FALSE, orthogonal polynomials, may follow"
    ),
    ("y ~ poly(a, 0)", 12, "the degree of poly(x, k) is a whole number from 1 to 20"),
    ("y ~ poly(a, 21)", 12, "the degree of poly(x, k) is a whole number from 1 to 20"),
    ("y ~ poly(a, b)", 12, "the degree of poly(x, k) is a whole number from 1 to 20"),
    ("y ~ poly(a, 99999999999999999999)", 12, "the degree of poly(x, k) is a whole number from 1 to 20"),
    ("y ~ poly(a, 2", 13, "\")\" is missing after \"poly(\""),
    ("y ~ `a", 4, "the backtick that opens here is never closed"),
    ("y ~ ``", 4, "there is no name between the backticks"),
  ])
  func errors(formula: String, place: Int, message: String) {
    #expect(throws: TabularError.formula(formula, position: place, message: message)) { try Formula(formula) }
    let lines = "\(TabularError.formula(formula, position: place, message: message))".split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines == ["formula: \(message)", "  \(formula)", "\(String(repeating: " ", count: place + 2))^"])
  }

  static let language =
    "a formula has names, \".\", functions, 0, 1, parentheses and the operators + - * / : ^ %in%"
  static let functions =
    "C, factor, offset, poly, ns, bs, I, log, log2, log10, log1p, exp, sqrt, abs, scale and center"

  @Test func requestsThatCannotBeMet() {
    func message(_ formula: String) -> String? {
      do {
        _ = try model(formula)
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(message("z ~ a") == "homes.csv: there is no column \"z\"; the columns are a, b, living area, y")
    #expect(message("y ~ z") == "homes.csv: there is no column \"z\"; the columns are a, b, living area, y")
    #expect(
      message("y ~ . - z") == "homes.csv: there is no column \"z\"; the columns are a, b, living area, y")
    #expect(
      message("y ~ poly(y, 2)")
        == "homes.csv: the target \"y\" is among the features; leave it out of one of the two")
    #expect(
      message("y ~ 0")
        == "homes.csv: the formula has neither a term nor an intercept; add a feature, or write y ~ 1")
    #expect(message("y ~ 1 + 0") == message("y ~ 0"))
    #expect(
      message("y ~ I(a == TRUE)")
        == "homes.csv: there is no column \"TRUE\" (the word is written in quotes: \"TRUE\"); the columns are a, b, living area, y"
    )
    #expect(
      message("y ~ A")
        == "homes.csv: there is no column \"A\"; is \"a\" meant? the columns are a, b, living area, y")
    #expect(
      message("y ~ `livign area`")
        == "homes.csv: there is no column \"livign area\"; is \"living area\" meant? the columns are a, b, living area, y"
    )
  }

  /// The mean, with the standard error of the mean: by hand, from a file, from a share.
  @Test func theInterceptAlone() throws {
    let table = try Table(csvText: "y,w\n1,1\n2,1\n4,2\n9,1\n", source: "t.csv")
    let model = try FittedModel("y ~ 1", table)
    #expect(model.features.isEmpty)
    #expect(model.model.intercept == 4)
    let statistics = model.coefficientStatistics[0]
    // Squares around the mean are 38, so s² = 38 / 3 and the error of the mean √(38 / 12).
    #expect(difference([statistics.standardError!], [(38.0 / 12).squareRoot()], factor: 4) == nil)
    #expect(model.statistics.degreesOfFreedom == 3 && model.statistics.fStatistic == nil)
    #expect(try FittedModel("y ~ 1", table, weights: "w").model.intercept == 4)
    let folder = TemporaryFolder()
    try model.write(to: folder.path("m.json"))
    let read = try FittedModel(contentsOf: folder.path("m.json"))
    #expect(read == model)
    #expect(try read.predictions(from: table) == [4, 4, 4, 4])
    try Share("y ~ 1", table).write(to: folder.path("s.share"))
    #expect(try Share(contentsOf: folder.path("s.share")).solve().model.intercept == 4)
    #expect(throws: TabularError.self) { try FittedModel(table.selecting(["y"]), target: "y") }
    // As R's powers, which `**` also writes.
    #expect(
      try FittedModel("y ~ I(w**2)", table).features == FittedModel("y ~ I(w^2)", table).features)
    #expect(
      try FittedModel("w ~ (y)**2", table).features == FittedModel("w ~ (y)^2", table).features)
  }

  /// The powers of prediction are those of the fit, from a file too.
  @Test func powersArePredicted() throws {
    let table = try Table(csvText: "x,y\n1,1\n2,8\n3,27\n4,64\n5,125\n", source: "cubes.csv")
    let model = try FittedModel("y ~ poly(x, 3)", table)
    #expect(model.features == ["poly(x, 3)1", "poly(x, 3)2", "poly(x, 3)3"])
    let folder = TemporaryFolder()
    try model.write(to: folder.path("m.json"))
    let saved = try FittedModel(contentsOf: folder.path("m.json"))
    #expect(saved == model)
    let rows = try Table(csvText: "x\n10\n-2\n", source: "new.csv")
    #expect(difference(try saved.predictions(from: rows), [1000, -8], factor: 16) == nil)
    #expect(
      throws: TabularError.malformed(
        file: "t.csv", line: 3, column: 1,
        message:
          "poly(x, 3)2 is not a finite number where x is 1e+200; correct the row, leave it out, or change the formula"
      )
    ) {
      try FittedModel("y ~ poly(x, 3)", Table(csvText: "x,y\n1,1\n1e200,2\n3,3\n", source: "t.csv"))
    }
  }
}

/// Formulas of thousands of terms, which a tree as deep as their number would not hold.
@Suite struct LongFormulaTests {
  @Test func thousandsOfTermsAreRefusedByTheirNumber() throws {
    let names = (0..<30_000).map { "c\($0)" }
    let text =
      "y,\(names.joined(separator: ","))\n"
      + String(repeating: "1" + String(repeating: ",2", count: 30_000) + "\n", count: 3)
    let table = try Table(csvText: text, source: "t.csv")
    let message = "the formula has 30000 columns; a fit has 23000 at most: leave some out"
    for formula in [
      Formula(target: "y", features: names), try Formula("y ~ \(names.joined(separator: " + "))"),
      try Formula("y ~ 0 + \(names.joined(separator: " + ")) - 1"),
    ] {
      #expect(throws: TabularError.unusable(file: "t.csv", message: message)) {
        try FittedModel(formula, table)
      }
    }
  }

  @Test func aDifferenceTakesFromWhatIsBeforeIt() throws {
    let table = try Table(csvText: "y,a,b,c\n1,2,3,5\n2,4,3,1\n3,1,1,2\n5,2,0,0\n4,4,4,1\n", source: "t.csv")
    #expect(try FittedModel("y ~ a + b - a + c", table).features == ["b", "c"])
    #expect(try FittedModel("y ~ a + b - a + c + a - b", table).features == ["c", "a"])
    #expect(try FittedModel("y ~ 1 + a - 1 + b", table).hasIntercept == false)
    #expect(try FittedModel("y ~ a - 1 + b + 1", table).hasIntercept)
    #expect(try FittedModel("y ~ -a + a + b", table).features == ["a", "b"])
  }
}
