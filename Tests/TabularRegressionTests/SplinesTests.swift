import LinearAlgebra
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// ns() and bs(). BasesByRTests hold fits and predictions against R's; here are their properties, and what is refused.
@Suite struct SplinesTests {
  static func spline(_ formula: String, _ numbers: [Double]) throws -> Spline {
    guard case .spline(let call) = try Formula("y ~ \(formula)").tree.variables[0] else { fatalError() }
    return try Spline(call, sorted: numbers.sorted(), source: "t.csv")
  }

  /// Quantiles of R's type 7: quantile(c(1, 2, 4, 8, 16, 32), 1:3 / 4).
  @Test func knotsAreQuantiles() throws {
    let numbers = [4.0, 1, 32, 16, 2, 8]
    let natural = try Self.spline("ns(x, 4)", numbers)
    #expect(natural.knots == [2.5, 6, 14] && natural.boundary == [1, 32])
    // Those outside the boundary do not count.
    let inside = try Self.spline("bs(x, 5, Boundary.knots = c(2, 20))", numbers)
    #expect(difference(inside.knots, [4, 8], factor: 4) == nil && inside.boundary == [2, 20])
  }

  /// Over a basis with the constant B-splines add up to 1, outside too, and ns() is linear there.
  @Test(arguments: [1, 2, 3, 5])
  func theyAddUpToOne(degree: Int) throws {
    let numbers = (0..<40).map { Double($0 * $0) / 100 }
    let basis = SplineBasis(
      try Self.spline("bs(x, \(degree + 4), degree = \(degree), intercept = TRUE)", numbers))
    let rows = basis.values(([-3, 0, 15.21, 20] + numbers)[...])
    for row in 0..<rows.rowCount {
      let sum = (0..<rows.columnCount).reduce(0) { $0 + rows[row, $1] }
      let size = (0..<rows.columnCount).reduce(1) { max($0, abs(rows[row, $1])) }
      #expect(abs(sum - 1) < 1e-14 * size)
    }
    let natural = SplineBasis(try Self.spline("ns(x, \(degree))", numbers))
    for start in [-4.0, 16] {
      let points = natural.values([start, start + 1, start + 2])
      for j in 0..<points.columnCount {
        #expect(abs(points[0, j] - 2 * points[1, j] + points[2, j]) < 1e-13)
      }
    }
  }

  /// Far from zero, and in units that squares of would leave the range of a Double.
  @Test(arguments: [1e-200, 1e-3, 1, 1e200])
  func unitsDoNotMatter(unit: Double) throws {
    let numbers = (0..<40).map { Double($0 * $0 % 37) }
    let x = [-1.0, 0, 3.5, 20, 36, 40]
    for formula in ["ns(x, 4)", "bs(x, 6)"] {
      let plain = SplineBasis(try Self.spline(formula, numbers)).values(x[...])
      let scaled = SplineBasis(try Self.spline(formula, numbers.map { $0 * unit })).values(
        x.map { $0 * unit }[...])
      #expect(difference(scaled.elements, plain.elements, factor: 1e3) == nil)
    }
  }

  @Test(arguments: [
    (
      "y ~ ns(x, knots = 9)",
      "ns(x, knots = 9) has the knot 9 outside the numbers, which are from 1 to 4; move it, or give Boundary.knots"
    ),
    (
      "y ~ bs(x, knots = c(2, 4))",
      "bs(x, knots = c(2, 4)) has the knot 4 outside the numbers, which are from 1 to 4; move it, or give Boundary.knots"
    ),
    (
      "y ~ ns(x, 6)",
      "ns(x, 6) needs more different numbers than there are: knots at their quantiles coincide; take a lower df, or give knots"
    ),
    (
      "y ~ ns(one)",
      "ns(one) needs more different numbers than there are: knots at their quantiles coincide; take a lower df, or give knots"
    ),
    (
      "y ~ bs(x, 4, Boundary.knots = c(10, 12))",
      "bs(x, 4, Boundary.knots = c(10, 12)) needs more different numbers than there are: knots at their quantiles coincide; take a lower df, or give knots"
    ),
    (
      "y ~ bs(huge, 4)",
      "bs(huge, 4) spans numbers whose difference is beyond a Double; use another unit"
    ),
  ])
  func knotsThatCannotBe(formula: String, message: String) throws {
    let table = try Table(
      csvText: "y,x,one,huge\n1,1,1,-1.5e308\n3,2,1,0\n2,2,1,1\n5,4,1,2\n4,2,1,1.5e308\n", source: "t.csv")
    #expect(throws: TabularError.unusable(file: "t.csv", message: message)) {
      try FittedModel(formula, table)
    }
  }

  @Test func logarithmsOfNegativeNumbersSayWhere() throws {
    let table = try Table(csvText: "y,x\n1,1\n3,2\n2,-3\n5,4\n", source: "t.csv")
    #expect(
      throws: TabularError.malformed(
        file: "t.csv", line: 4, column: 2,
        message:
          "log(x) is not a finite number where x is -3; correct the row, leave it out, or change the formula"
      )
    ) { try FittedModel("y ~ ns(log(x), 2)", table) }
  }

  /// Shares have the knots of their own rows, unless the formula gives all.
  @Test func shares() throws {
    func share(_ formula: String, _ values: String) throws -> Share {
      try Share(formula, Table(csvText: "y,x\n\(values)", source: "t.csv"))
    }
    let (first, second) = ("1,1\n3,2\n2,4\n5,7\n4,3\n", "1,3\n3,2\n2,4\n5,9\n8,6\n")
    var own = try share("y ~ ns(x, 2)", first)
    let message =
      "ns(x, 2) has other knots here than before, for they are those of the rows; give knots and Boundary.knots"
    #expect(throws: TabularError.unusable(file: "other", message: message)) {
      try own.merge(share("y ~ ns(x, 2)", second), named: "other")
    }
    let formula = "y ~ ns(x, knots = 4, Boundary.knots = c(0, 10))"
    var given = try share(formula, first)
    try given.merge(share(formula, second), named: "other")
    let whole = try FittedModel(formula, Table(csvText: "y,x\n\(first)\(second)", source: "t.csv"))
    let folder = TemporaryFolder()
    try given.write(to: folder.path("s"))
    let solved = try Share(contentsOf: folder.path("s")).solve()
    #expect(
      difference(
        solved.coefficientStatistics.map { $0.estimate! }, whole.coefficientStatistics.map { $0.estimate! },
        factor: 1e3) == nil)
  }

  /// Surveys of parts of a file have the knots of all rows, in any order.
  @Test func surveys() throws {
    let text = "y,x\n" + (0..<400).map { "\($0 % 7),\(Double($0 * $0 % 401) / 8)\n" }.joined()
    func reader(_ part: Part?) throws -> TableReader {
      try TableReader(
        [.memory(Array(text.utf8), name: "t.csv")], options: ReadingOptions(), blockSize: 600, part: part)
    }
    let formula = try Formula("y ~ ns(x, 4) + bs(log(x + 1), 5)")
    var survey = try SavedSurvey(formula, reading: reader(Part(2, of: 2)))
    try survey.merge(SavedSurvey(formula, reading: reader(Part(1, of: 2))), named: "other")
    let folder = TemporaryFolder()
    try survey.write(to: folder.path("s"))
    let read = try SavedSurvey(contentsOf: folder.path("s"))
    let whole = try Design(formula, Table(csvText: text, source: "t.csv"))
    #expect(try read.whole(named: "s").design().splines == whole.splines)
    #expect(whole.splines.count == 2)
  }

  @Test func numbersThatAreKeptNeedMemory() throws {
    let text = "y,x\n" + (0..<2000).map { "\($0 % 7),\($0 * $0 % 401)\n" }.joined()
    let table = try Table(csvText: text, source: "t.csv")
    FitMemory.$limit.withValue(10_000) {
      #expect(
        throws: TabularError.unusable(
          file: "t.csv",
          message:
            "the numbers of ns() and bs() would take 16 kB, and 10 kB are allowed: give knots and Boundary.knots, or allow more memory"
        )
      ) { try Design(Formula("y ~ ns(x, 4)"), table) }
    }
  }

  /// Knots from a file that rows cannot have.
  @Test(arguments: [
    ([2.0, 1], [0.0, 4]), ([1, 2], [0, .infinity]), ([.nan, 2], [0, 4]), ([1], [0, 4]), ([1, 5], [0, 4]),
    ([1, 2], [0]), ([1, 2], [4, 0]), ([1, 1], [0, 4]), ([1, 2], [-1.5e308, 1.5e308]),
  ])
  func damagedKnots(knots: [Double], boundary: [Double]) throws {
    let table = try Table(csvText: "y,x\n1,0\n3,1\n2,2\n5,3\n4,4\n", source: "t.csv")
    var contents = ModelContents(try FittedModel("y ~ ns(x, 3)", table))
    #expect(contents.fault == nil)
    let call = contents.design.splines[0].call
    contents.design.splines = [Spline(call: call, knots: knots, boundary: boundary)]
    #expect(contents.fault == "knots are not those of the terms")
    contents.design.splines = []
    #expect(contents.fault == "knots are not those of the terms")
  }
}
