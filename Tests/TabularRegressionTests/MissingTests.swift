import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// What becomes of missing fields, in the fit and afterwards.
@Suite struct MissingTests {
  static let text = """
    id,z,a,b,w,y
    1,A,1,2,1,1
    2,B,,1,1,3
    3,A,3,4,1,2
    4,,4,3,1,6
    5,B,5,NA,1,5
    6,A,7,5,1,7
    7,B,2,3,1,4
    """

  func table(_ text: String = text) throws -> Table { try Table(csvText: text, source: "t.csv") }

  func message(_ formula: String, _ missing: MissingPolicy, _ text: String = text, weights: String? = nil)
    -> String?
  {
    do {
      _ = try FittedModel(formula, table(text), weights: weights, missing: missing)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func refusedWhereTheyAreUsed() {
    #expect(
      message("y ~ a + b", .refuse)
        == "t.csv:3:3: column \"a\": a number is missing; fill it in, or drop or fill such rows (2 such fields in the columns that are used)"
    )
    #expect(
      message("y ~ b", .refuse)
        == "t.csv:6:4: column \"b\": a number is missing; fill it in, or drop or fill such rows")
    #expect(
      message("y ~ z", .refuse)
        == "t.csv:5:2: column \"z\": a level is missing (the field is empty, or a word such as NA in any case); fill it in, or drop such rows"
    )
    #expect(message("y ~ id", .refuse) == nil)
  }

  @Test func dropped() throws {
    let model = try FittedModel("y ~ z + a + b", table(), missing: .drop)
    let lines = Self.text.split(separator: "\n")
    let whole = [0, 1, 3, 6, 7].map { lines[$0] }.joined(separator: "\n")
    let other = try FittedModel("y ~ z + a + b", table(whole))
    #expect(model.model == other.model)
    #expect(model.droppedRows == 3 && model.observations == 4)
    let predictions = try model.predictions(from: table())
    #expect(predictions.map(\.isNaN) == [false, true, false, true, true, false, false])
    #expect(try model.evaluation(on: table()).observations == 4)
    #expect(
      message("y ~ a", .drop, "a,y\n,1\n2,\n")
        == "t.csv: every row has a missing field; leave the columns out that have most of them")
  }

  @Test func filled() throws {
    let lines = Self.text.split(separator: "\n", omittingEmptySubsequences: false)
    for (policy, a, b) in [(MissingPolicy.mean, 22.0 / 6, 3.0), (.constant(-2), -2, -2)] {
      let model = try FittedModel("y ~ a + b + I(a^2)", table(), missing: policy)
      let text = lines.joined(separator: "\n").replacing("B,,", with: "B,\(a),").replacing("NA", with: "\(b)")
      let other = try FittedModel("y ~ a + b + I(a^2)", table(text))
      #expect(difference(model.model.coefficients, other.model.coefficients, factor: 1000) == nil)
      #expect(model.droppedRows == 0 && model.observations == 7)
      // Again, with the numbers of the fit.
      let rows = try table("a,b\n,1\n5,\n")
      let same = try table("a,b\n\(a),1\n5,\(b)\n")
      #expect(
        difference(try model.predictions(from: rows), try model.predictions(from: same), factor: 64) == nil)
      #expect(
        message("y ~ z + a", policy)
          == "t.csv:5:2: column \"z\": a level is missing (the field is empty, or a word such as NA in any case), which no number can fill; drop such rows"
      )
      #expect(
        message("a ~ b", policy)
          == "t.csv:3:3: column \"a\": a number is missing; targets and weights are not filled: drop such rows"
      )
      #expect(
        message("y ~ a", policy, weights: "b")
          == "t.csv:6:4: column \"b\": a number is missing; targets and weights are not filled: drop such rows"
      )
    }
  }

  /// As in R, means and deviations are of all rows in which the column is there.
  @Test func centredBeforeRowsAreDropped() throws {
    let model = try FittedModel("y ~ center(a) + b", table(), missing: .drop)
    #expect(difference(model.design.centers.map(\.mean), [22.0 / 6], factor: 4) == nil)
  }

  @Test func levelsOfDroppedRowsAreNone() throws {
    let text = "z,a,y\nA,1,1\nB,2,4\nC,,5\nA,3,5\nB,5,2\n"
    #expect(try FittedModel("y ~ z + a", table(text), missing: .drop).features == ["zB", "a"])
  }

  @Test func storedInTheFile() throws {
    let folder = TemporaryFolder()
    for policy in [MissingPolicy.drop, .constant(0.5)] {
      let model = try FittedModel(
        "y ~ a*b + C(id) - C(id)", table(), missing: policy)
      try model.write(to: folder.path("m.json"))
      let copy = try FittedModel(contentsOf: folder.path("m.json"))
      #expect(copy == model)
      #expect(copy.missing == policy)
    }
    let model = try FittedModel(
      "log(y) ~ scale(a) + poly(b, 2) + C(z, reference = \"B\")", table(), missing: .drop)
    try model.write(to: folder.path("m.json"))
    #expect(try FittedModel(contentsOf: folder.path("m.json")) == model)
  }
}
