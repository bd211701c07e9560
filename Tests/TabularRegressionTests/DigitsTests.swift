import Foundation
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// Digits of a text beyond those of a Double.
@Suite struct DigitsTests {
  /// The rests are worked out with whole numbers of any length.
  @Test(arguments: [
    ("0.1", -5.551115123125783e-18), ("-0.1", 5.551115123125783e-18), ("9007199254740993", 1),
    ("1e23", 8388608), ("123456789012345678901234567890", 1023514970834),
    ("107.8681568", 5.822403181809932e-15),
    ("1000000000000.4", -2.44140625e-05), ("+1000000000000.4", -2.44140625e-05),
    ("0.30000000000000004441", 1.079014993738383e-21), ("3.5e-200", -2.2743447038274545e-216),
    ("1e-5", -8.180305391403131e-22), ("2.5", 0), ("-98765432.123456789e17", -436761856),
    ("0.000000000000000000000000000000000000000123456789123456789", -6.221278621932951e-57),
    ("99999999999999999999999999999999999999", 2.251190176543966e+21),
    ("1234567890123456789012345678901234567890123", 5.807276224383303e+25),
    ("1234567890123456789", 21), ("1700000000000000001", 1), ("-1234567890123456789", -21),
    ("12345678901234567.89", -0.11),
    ("0.1234567890123456789", 1.530113767900184e-18), ("123456789012345678", -2),
    ("17976931348623157e100", -3.1641613228406824e+99), ("4.9e-324", 0), ("0", 0),
  ])
  func aRestIsWhatTheNearestDoubleLacks(text: String, rest: Double) throws {
    let table = try Table(csvText: "x,y\n1,2\n\(text),3\n,4\n", source: "t.csv")
    let digits = try #require(try table.find("x").digits)
    #expect(digits.low[0] == 0 && digits.low[2] == 0)
    #expect(abs(digits.low[1] - rest) <= 4 * .ulpOfOne * abs(rest), "\(digits.low[1])")
  }

  /// Worked out in rational numbers: slope 1.50667408231…, of integers that Doubles round to even ones.
  /// A short text is read as one block, so that its digits are kept, also where its characters become longer.
  @Test func aShortTextIsOneBlock() throws {
    let text = "a,b\n" + String(repeating: "\u{20AC}\u{20AC},0.1\n", count: 50)
    let table = try Table(csvText: text, source: "t", options: ReadingOptions(encoding: .latin1))
    #expect(table.rowCount == 50 && table.columns[1].digits != nil)
  }

  @Test func aFitHasAllDigitsOfWholeNumbers() throws {
    let y = [0, 5, 10, 10, 15, 15, 20], first = 9_007_199_254_740_993
    let rows = y.indices.map { "\(first + 2 * $0),\(y[$0])" }
    let shifted = y.indices.map { "\(2 * $0),\(y[$0])" }
    func fit(_ rows: [String], _ formula: String = "y ~ x") throws -> FittedModel {
      try FittedModel(formula, Table(csvText: "x,y\n" + rows.joined(separator: "\n"), source: "t.csv"))
    }
    let near = try fit(shifted), far = try fit(rows)
    #expect(
      abs(far.model.weights[0, 0] - near.model.weights[0, 0]) <= 4 * .ulpOfOne * near.model.weights[0, 0])
    #expect(
      abs(far.statistics.residualSumOfSquares - near.statistics.residualSumOfSquares)
        <= 16 * .ulpOfOne * near.statistics.residualSumOfSquares)
    // Whole numbers that Doubles lose are refused where only Doubles are used.
    for formula in ["y ~ log(x)", "y ~ x + log(x)", "y ~ scale(x)", "y ~ x:y"] {
      #expect(throws: TabularError.self, "\(formula)") { try fit(rows, formula) }
    }
    #expect(throws: TabularError.self) {
      try RidgeChoice(
        Formula("y ~ x"), Table(csvText: "x,y\n" + rows.joined(separator: "\n"), source: "t.csv"), folds: 2)
    }
  }

  /// The certified values of SmLs07 to SmLs09 from decimals of 14 digits.
  @Test func aFitHasAllDigitsOfDecimals() throws {
    for problem in OneWayProblem.nist where problem.name == "SmLs07" || problem.name == "AtmWtAg" {
      var text = "g,y\n"
      for (level, group) in problem.groups.enumerated() {
        for response in group {
          let digits = "\(response)"
          text += "\(level),\(digits.dropLast(problem.decimals)).\(digits.suffix(problem.decimals))\n"
        }
      }
      let statistics = try FittedModel("y ~ C(g)", Table(csvText: text, source: "t.csv")).statistics
      let values = [statistics.fStatistic!, statistics.rSquared!, statistics.residualStandardError!]
      #expect(ReferenceProblem.digits(values, certified: problem.certified) >= 13)
    }
  }

  /// Of rows that are left out, filled, in several files, and weighed.
  @Test func digitsStayWithTheirRows() throws {
    func text(_ constant: Int, _ rows: Range<Int>) -> String {
      let lines = rows.map { i in
        i % 5 == 3
          ? ",1,2\n" : "\(constant + i).\(i * 7 % 10),\(constant + 3 * i).\(i * i % 10),\(1 + i % 3)\n"
      }
      return "x,y,w\n" + lines.joined()
    }
    let folder = TemporaryFolder()
    func fit(_ constant: Int, cut: Int?) throws -> FittedModel {
      let pieces = cut.map { [0..<$0, $0..<40] } ?? [0..<40]
      let paths = pieces.indices.map { folder.path("\($0).csv") }
      for (path, rows) in zip(paths, pieces) {
        try text(constant, rows).write(toFile: path, atomically: true, encoding: .utf8)
      }
      return try FittedModel("y ~ x", csv: paths, weights: "w", missing: .drop)
    }
    let near = try fit(0, cut: nil)
    for cut in [nil, 1, 17, 39] {
      let far = try fit(1_000_000_000_000, cut: cut)
      #expect(far.observations == 32)
      #expect(
        abs(far.model.weights[0, 0] - near.model.weights[0, 0]) <= 8 * .ulpOfOne * near.model.weights[0, 0])
    }
  }

  /// Where a text of more than 4 MB is cut into files decides nothing.
  @Test func severalSmallFilesAreAsOneLargeFile() throws {
    let folder = TemporaryFolder(), padding = String(repeating: "x", count: 600)
    func write(_ name: String, _ rows: Range<Int>) throws -> String {
      let lines = rows.map { "\($0).\($0 % 7),\($0 * 3).\($0 % 9),\(padding)\n" }
      try ("x,y,note\n" + lines.joined()).write(toFile: folder.path(name), atomically: true, encoding: .utf8)
      return folder.path(name)
    }
    func digits(_ paths: [String], _ precision: LeastSquares.Precision) throws -> TableColumn.LowPart? {
      let reader = try TableReader(paths, options: ReadingOptions().keepingDigits(precision))
      return try Table(all: reader).find("x").digits
    }
    let halves = [try write("a.csv", 0..<4000), try write("b.csv", 4000..<8000)]
    let whole = [try write("c.csv", 0..<8000)]
    #expect(try digits([halves[0]], .automatic)?.low.count == 4000)
    #expect(try digits(halves, .automatic) == nil && digits(whole, .automatic) == nil)
    let all = try digits(whole, .extended)
    #expect(try all?.low.count == 8000 && digits(halves, .extended) == all)
  }
}
