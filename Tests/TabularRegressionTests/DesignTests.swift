import LinearAlgebra
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// How terms become columns, and columns numbers.
@Suite struct DesignTests {
  static let text = """
    zip,flag,a,x y,k,y
    B,true,1,2,10,1
    A,FALSE,2,1,9,3
    C,True,3,4,10,2
    B,false,4,3,2,6
    A,true,5,7,9,5
    C,false,7,5,2,7
    """

  static func table(_ text: String = text, categories: Set<String> = []) throws -> Table {
    try Table(csvText: text, source: "t.csv", categories: categories)
  }

  static func design(_ formula: String, _ text: String = text) throws -> Design {
    let formula = try Formula(formula)
    return try Design(formula, table(text, categories: formula.categories))
  }

  static func message(_ formula: String, _ text: String = text, _ missing: MissingPolicy = .refuse) -> String?
  {
    do {
      let formula = try Formula(formula)
      _ = try FittedModel(formula, table(text, categories: formula.categories), missing: missing)
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// As R 4.2 names the columns of the same formulas, with C(x) for factor(x).
  @Test(arguments: [
    ("y ~ zip", ["zipB", "zipC"]),
    ("y ~ C(zip)", ["C(zip)B", "C(zip)C"]),
    ("y ~ C(zip, reference = \"B\")", ["A", "C"].map { "C(zip, reference = \"B\")\($0)" }),
    ("y ~ 0 + zip", ["zipA", "zipB", "zipC"]),
    ("y ~ 0 + a + zip + flag", ["a", "zipA", "zipB", "zipC", "flagTRUE"]),
    ("y ~ 0 + flag", ["flagFALSE", "flagTRUE"]),
    ("y ~ a:zip", ["a:zipA", "a:zipB", "a:zipC"]),
    ("y ~ a + a:zip", ["a", "a:zipB", "a:zipC"]),
    ("y ~ zip/a", ["zipB", "zipC", "zipA:a", "zipB:a", "zipC:a"]),
    ("y ~ zip*flag", ["zipB", "zipC", "flagTRUE", "zipB:flagTRUE", "zipC:flagTRUE"]),
    ("y ~ zip + flag:zip", ["zipB", "zipC", "zipA:flagTRUE", "zipB:flagTRUE", "zipC:flagTRUE"]),
    (
      "y ~ zip:flag",
      [
        "zipA:flagFALSE", "zipB:flagFALSE", "zipC:flagFALSE", "zipA:flagTRUE", "zipB:flagTRUE",
        "zipC:flagTRUE",
      ]
    ),
    (
      "y ~ poly(a, 2):zip",
      ["1:zipA", "2:zipA", "1:zipB", "2:zipB", "1:zipC", "2:zipC"].map { "poly(a, 2)\($0)" }
    ),
    ("y ~ C(k)", ["C(k)9", "C(k)10"]),
    ("y ~ k + C(k)", ["k", "C(k)9", "C(k)10"]),
    ("y ~ . - `x y` - zip - flag", ["a", "k"]),
  ])
  func names(formula: String, names: [String]) throws {
    #expect(try Self.design(formula).names == names)
  }

  @Test func numbers() throws {
    let table = try Self.table()
    let design = try Design(
      Formula("y ~ zip*flag + log(a) + a:`x y` + scale(k)"), table)
    #expect(
      design.names == [
        "zipB", "zipC", "flagTRUE", "log(a)", "scale(k)", "zipB:flagTRUE", "zipC:flagTRUE", "a:x y",
      ])
    let rows = try design.rows(of: table)
    #expect(rows.kept == nil && rows.weights == nil && rows.X.low == nil)
    let k = [10.0, 9, 10, 2, 9, 2], mean = k.reduce(0, +) / 6
    let deviation = (k.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 5).squareRoot()
    let a = [1.0, 2, 3, 4, 5, 7], xy = [2.0, 1, 4, 3, 7, 5]
    let b = [1.0, 0, 0, 1, 0, 0], c = [0.0, 0, 1, 0, 0, 1], flag = [1.0, 0, 1, 0, 1, 0]
    let logarithms = [
      0, 0.6931471805599453, 1.0986122886681098, 1.3862943611198906, 1.6094379124341003, 1.9459101490553132,
    ]
    let expected = (0..<6).map { i -> [Double] in
      let scaled = (k[i] - mean) / deviation
      return [b[i], c[i], flag[i], logarithms[i], scaled, b[i] * flag[i], c[i] * flag[i], a[i] * xy[i]]
    }
    #expect(difference(rows.X.high.elements, Array(expected.joined()), factor: 4) == nil)
    #expect(rows.y.elements == [1, 3, 2, 6, 5, 7])
    #expect(design.sources.first { $0.name == "a" }?.range == [1, 7])
  }

  /// Blocks of any size, and threads that survey their own part, give what the whole table gives.
  @Test func blocksAreTheWhole() throws {
    var generator = SeededGenerator(seed: 61)
    let lines = (0..<500).map { (row: Int) -> String in
      let v = row % 7 == 0 ? "" : generator.nextNormal().description
      return "\(generator.nextNormal()),\(["A", "B", "C"][row % 3]),\(v),\(row)"
    }
    func table(_ rows: Range<Int>) throws -> Table {
      try Self.table((["x,z,v,y"] + lines[rows]).joined(separator: "\n"))
    }
    let formula = try Formula("y ~ z*x + scale(v) + poly(x, 3)")
    let whole = try table(0..<500)
    for policy in [MissingPolicy.drop, .mean, .constant(-1)] {
      let design = try Design(formula, whole, missing: policy)
      var survey = try DesignSurvey(formula, columns: whole.columnNames, missing: policy, source: "t.csv")
      for start in stride(from: 0, to: 500, by: 90) {
        var part = try DesignSurvey(formula, columns: whole.columnNames, missing: policy, source: "t.csv")
        try part.add(table(start..<min(start + 90, 500)))
        try survey.merge(part)
      }
      #expect(survey.rowCount == 500)
      #expect(survey.droppedRows == (policy == .drop ? 72 : 0))
      let other = try survey.design()
      #expect(other.columns == design.columns && other.variables == design.variables)
      #expect(
        difference(
          other.centers.flatMap { [$0.mean, $0.deviation] },
          design.centers.flatMap { [$0.mean, $0.deviation] },
          factor: 64) == nil)
      let rows = try design.rows(of: whole, isExtended: true)
      #expect(rows.X.high.rowCount == (policy == .drop ? 428 : 500))
      var high: [Double] = [], low: [Double] = [], y: [Double] = []
      for start in stride(from: 0, to: 500, by: 33) {
        let part = try design.rows(of: table(start..<min(start + 33, 500)), isExtended: true)
        high += part.X.high.elements
        low += try #require(part.X.low).elements
        y += part.y.elements
      }
      #expect(high == rows.X.high.elements && low == rows.X.low?.elements && y == rows.y.elements)
    }
  }

  /// Where a design depends on later rows, the first ones do not tell it.
  @Test func theFirstRowsTellADesignThatDependsOnNoOthers() throws {
    let first = try Self.table("x,z,v,e,y\n1,A,2,,3\n2,B,,,4\n4,A,5,,4\n")
    func early(_ formula: String, missing: MissingPolicy = .drop, leavesLevels: Bool = true) throws -> Design?
    {
      try DesignSurvey(Formula(formula), columns: first.columnNames, missing: missing, source: "t.csv")
        .early(with: first, leavesLevels: leavesLevels)?.design
    }
    #expect(try early("y ~ x + log(v)")?.names == ["x", "log(v)"])
    #expect(try early("y ~ x + scale(v)") == nil && early("y ~ x", missing: .mean) == nil)
    #expect(try early("y ~ x + z")?.names.count == 2)
    #expect(try early("y ~ x + z", leavesLevels: false) == nil && early("y ~ x * z") == nil)
    // A missing field is told of once all have been counted; what e holds is not known yet.
    #expect(try early("y ~ v", missing: .refuse) == nil && early("y ~ e") == nil)
    // Later rows may be whole.
    #expect(try early("y ~ log(e)") == nil)
  }

  @Test(arguments: [
    ("1e+05", "100000"), ("1E5", "100000"), ("100000", "100000"), ("-0", "0"), ("+5", "5"), ("-0.0", "0"),
    (".5", "0.5"),
    ("2.50", "2.5"), ("0.50", "0.5"), ("08", "08"), ("08.5", "08.5"),
    ("9007199254740993.0", "9007199254740993.0"),
    ("1e400", "1e400"), ("e", "e"), ("a.0", "a.0"), ("-", "-"),
  ])
  func aLevelThatIsANumberIsItsValue(text: String, level: String) {
    #expect(Design.level(text) == level)
    #expect(Design.level("1e-7") == Design.level("1e-07"))
  }

  /// As R's factor of numbers; but zeros in front tell codes apart.
  @Test func numbersAreOneLevelHoweverTheyAreWritten() throws {
    let text = "y,k\n1,2\n2,2.0\n3,10\n5,10.00\n6,9\n8,9.\n4,08\n4.5,0.50\n"
    let formula = try Formula("y ~ C(k)")
    let model = try FittedModel(formula, Self.table(text, categories: formula.categories))
    #expect(model.features == ["C(k)2", "C(k)08", "C(k)9", "C(k)10"])
    let new = try Self.table("k\n2\n2.000\n10.0\n08\n0.5\n", categories: model.categories)
    let predictions = try model.predictions(from: new)
    #expect(
      difference(predictions, [1.5, 1.5, 4, 4, 4.5], factor: 16) == nil)
    #expect(throws: TabularError.self) {
      try model.predictions(from: Self.table("k\n8\n", categories: model.categories))
    }
    let reference = try Formula("y ~ C(k, reference = \"9.0\")")
    #expect(
      try FittedModel(reference, Self.table(text, categories: ["k"])).model.intercept == 7)
    // Counted as they come, in a share.
    let share = try Share("y ~ C(k)", Self.table(text, categories: ["k"])).solve()
    #expect(share.features == model.features)
  }

  /// The order of rows does not decide whether a column is a category.
  @Test func numbersAndWordsInOneColumn() throws {
    func rows(_ values: [String]) -> String {
      "y,a\n" + values.indices.map { "\(Double($0) * 1.5),\(values[$0])\n" }.joined()
    }
    func word(_ line: Int, _ remedy: String) -> String {
      "t.csv:\(line):2: column \"a\": \"x\" is not a number; \(remedy)"
    }
    let category = "correct it, or make the column a category by C(a)"
    #expect(Self.message("y ~ a", rows(["x", "1", "2", "4"])) == word(2, category))
    #expect(Self.message("y ~ a", rows(["", "x", "1", "4", "3"])) == word(3, category))
    #expect(
      Self.message("y ~ a", rows(["1", "x", "2", "4"])) == word(3, category))
    #expect(
      Self.message("y ~ a", rows(["u", "1", "v", "4", "u"]))
        == "t.csv:3:2: column \"a\": \"1\" is a number among words; \(category) (2 such fields in the column)"
    )
    #expect(
      Self.message("y ~ log(a)", rows(["x", "1", "2", "4"])) == word(2, "correct it or leave the column out"))
    #expect(
      Self.message("a ~ y", rows(["x", "1", "x", "4", "2"]))
        == "t.csv:2:2: column \"a\": \"x\" is not a number; correct it or leave the column out (2 such fields in the column)"
    )
    #expect(Self.message("y ~ C(a)", rows(["x", "1", "x", "1", "2"])) == nil)
  }

  /// Codes, ranges and versions are words.
  @Test(arguments: ["1.2.3", "10-20", "A1", "1e"])
  func wordsWithDigits(word: String) throws {
    #expect(Self.message("y ~ a", "y,a\n1,\(word)\n2,\(word)\n4,1-2\n3,1-2\n") == nil)
  }

  @Test func whatCannotBeAColumn() {
    let few = "z,a,y\nA,1,1\nA,2,2\nA,0,3\n"
    #expect(
      Self.message("y ~ z + a", few)
        == "t.csv: column \"z\" is a category with one level only, \"A\"; leave it out")
    #expect(
      Self.message("y ~ C(zip, reference = \"D\")")
        == "t.csv: column \"zip\" has no level \"D\" to compare others with; its levels are A, B, C")
    #expect(
      Self.message("y ~ log(zip)")
        == "t.csv:2:1: column \"zip\": \"B\" is not a number; correct it or leave the column out (6 such fields in the column)"
    )
    #expect(
      Self.message("y ~ log(a)", few)
        == "t.csv:4:2: log(a) is not a finite number where a is 0; correct the row, leave it out, or change the formula"
    )
    #expect(
      Self.message("y ~ I(1/(a - y))", "a,y,v\n1,1,1\n2,3,1\n")
        == "t.csv: the target \"y\" is among the features; leave it out of one of the two")
    #expect(
      Self.message("log(y - 1) ~ a", few)
        == "t.csv:2:3: log(y - 1) is not a finite number where y is 1; correct the row, leave it out, or change the formula"
    )
    #expect(
      Self.message("y ~ a:b", "a,b,y\n1,1,1\n1e200,1e200,2\n3,1,3\n")
        == "t.csv:3:1: a:b is not a finite number where a is 1e+200, b is 1e+200; correct the row, leave it out, or change the formula"
    )
    #expect(
      Self.message("y ~ scale(a) + b", "a,b,y\n1,1,1\n1,2,2\n1,1,3\n")
        == "t.csv: a has no spread that scale() or center() could use; leave it out")
  }

  /// Before memory is asked for.
  @Test func tooManyColumns() throws {
    let lines = (0..<12_000).map { "w\($0 / 2),\($0),\($0 % 5)" } + ["w0,1,2"]
    let text = (["id,n,y"] + lines).joined(separator: "\n")
    #expect(
      Self.message("y ~ id*C(n)", text)
        == "t.csv: column \"n\" has 12000 levels, and the formula 71999999 columns; a fit has 23000 at most: leave it out, or join levels"
    )
    let wide = (0..<200).map { "c\($0)" }
    let row = wide.map { _ in "1" }.joined(separator: ",")
    #expect(
      Self.message("y ~ .^3", "\(wide.joined(separator: ",")),y\n\(row),1\n")
        == "t.csv: the formula has more than 23000 columns, which is the most of a fit; leave some out")
  }

  @Test func unseenLevels() throws {
    let model = try FittedModel("y ~ zip + a", Self.table())
    let rows = try Self.table("a,zip\n1,A\n2,D\n3,C\n4,D\n")
    #expect(
      throws: TabularError.malformed(
        file: "t.csv", line: 3, column: 2,
        message:
          "column \"zip\": the level \"D\" was not there in the fit, which had A, B, C; correct it, or predict nothing (--unseen missing) or the reference (--unseen reference) for it (2 such fields in the column)"
      )
    ) { try model.predictions(from: rows) }
    let references = try model.predictions(from: Self.table("a,zip\n1,A\n2,A\n3,C\n4,A\n"))
    #expect(try model.predictions(from: rows, unseen: .reference) == references)
    let missing = try model.predictions(from: rows, unseen: .missing)
    #expect(missing.map(\.isNaN) == [false, true, false, true])
    #expect(missing[2] == references[2])
    let intervals = try model.predictions(from: rows, interval: .prediction, unseen: .missing)
    #expect(intervals.map(\.lower.isNaN) == [false, true, false, true])
    let known = try Self.table("a,zip,y\n1,A,1\n2,D,1\n")
    #expect(try model.evaluation(on: known, unseen: .missing).observations == 1)
  }
}
