import Foundation
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// What certificates say where the numbers of a text are rounded to Doubles.
@Suite struct ReadingLossTests {
  /// x = 10ᵏ + i / 10 as a text, and a y that it explains in part.
  private func text(offset: Int, rows: Int = 200) -> String {
    "x,z,y\n"
      + (0..<rows).map { "\(offset + $0 / 10).\($0 % 10),\($0 * $0 % 97),\($0 * 37 % 211).\($0 % 7)\n" }
      .joined()
  }

  /// The slope of the text has all digits, the one of the rounded column those that the certificate says, or a few
  /// more: roundings meet each other by chance.
  @Test(
    arguments: [1_000, 1_000_000, 1_000_000_000, 1_000_000_000_000], ["center(x)", "I(2*x)", "scale(x)"])
  func digitsOfDerivedColumns(offset: Int, term: String) throws {
    let table = try Table(csvText: text(offset: offset), source: "t.csv")
    func slope(_ formula: String) throws -> (Double, Certificate) {
      let model = try FittedModel(formula, table)
      return (model.model.weights[0, 0], model.certificate!)
    }
    let (exact, _) = try slope("y ~ x"), (slope, certificate) = try slope("y ~ \(term)")
    let unit = term == "I(2*x)" ? 2 : term == "scale(x)" ? 1 / deviation(rows: 200) : 1
    let digits = -log10(abs(slope * unit / exact - 1))
    #expect(certificate.estimatedDigits <= digits + 0.7 && certificate.estimatedDigits >= digits - 4)
    let loss = log10(Double(offset) / deviation(rows: 200))
    if offset > 1000 {
      let found = try #require(certificate.readingLoss)
      #expect(found.column == 0 && abs(found.digits - loss) < 0.7, "\(found) \(loss)")
    }
  }

  /// The standard deviation of i / 10.
  private func deviation(rows: Int) -> Double {
    let n = Double(rows)
    return ((n * n - 1) / 12 * n / (n - 1)).squareRoot() / 10
  }

  /// The target's digits are lost as a feature's are, in a share as in a fit, and in what is saved of one.
  @Test func digitsOfShares() throws {
    for problem in OneWayProblem.nist where problem.name == "SmLs07" {
      var text = "g,y\n"
      for (level, group) in problem.groups.enumerated() {
        for response in group {
          let digits = "\(response)"
          text += "\(level),\(digits.dropLast(problem.decimals)).\(digits.suffix(problem.decimals))\n"
        }
      }
      let table = try Table(csvText: text, source: "t.csv")
      let exact = try FittedModel("y ~ C(g)", table)
      let factor = try DesignRows(Formula("y ~ C(g)"), table, weights: nil, missing: .refuse).factor()
      let saved = try JSONDecoder().decode(
        LeastSquares.Factor.self, from: JSONEncoder().encode(factor))
      for fit in [try factor.solve(), try saved.solve()] {
        let worst = zip(fit.coefficients, exact.model.coefficients).map { abs($0 / $1 - 1) }.max()!
        #expect(fit.certificate.estimatedDigits <= -log10(worst) + 0.5)
        #expect(fit.certificate.estimatedDigits >= 1)
        #expect(fit.certificate.readingLoss?.column == factor.features)
      }
      #expect(exact.certificate!.estimatedDigits > 15 && exact.certificate!.readingLoss == nil)
    }
  }

  /// Whole numbers are what the text says, and numbers that come from no text are what they are.
  @Test func exactNumbersLoseNothing() throws {
    let whole = try Table(
      csvText: "x,y\n" + (0..<50).map { "\(1_000_000_000_000 + $0),\($0 * $0 % 17)\n" }.joined(),
      source: "t.csv")
    let decimals = Table(
      source: "m",
      columns: [
        TableColumn(name: "x", values: .numbers((0..<50).map { 1e12 + Double($0) / 10 })),
        TableColumn(name: "y", values: .numbers((0..<50).map { Double($0 * $0 % 17) })),
      ], rowCount: 50, places: RowPlaces())
    for table in [whole, decimals] {
      let certificate = try #require(try FittedModel("y ~ center(x)", table).certificate)
      #expect(certificate.readingLoss == nil && certificate.estimatedDigits > 14, "\(certificate)")
    }
  }

  /// Quarters are Doubles, and lose nothing where that is known, also where digits beyond Doubles are not used.
  @Test func exactDecimalsLoseNothing() throws {
    let rows = (0..<900).map {
      "\(1_000_000_000 + $0).\(["0", "25", "5", "75"][$0 % 4]),\($0 * $0 % 17),g\($0 % 300)\n"
    }
    let model = try FittedModel("y ~ x + C(g)", Table(csvText: "x,y,g\n" + rows.joined(), source: "t.csv"))
    #expect(model.covariance?.levels != nil && model.certificate?.readingLoss == nil)
    #expect(model.certificate!.estimatedDigits > 12)
  }

  @Test func theSummaryNamesTheColumnAndTheRemedy() throws {
    let table = try Table(csvText: text(offset: 1_000_000_000), source: "t.csv")
    let derived = try FittedModel("y ~ center(x)", table).exactFooter
    #expect(
      derived.last
        == "center(x) loses 8 digits beside its spread: it is computed in Doubles"
    )
    let factor = try DesignRows(Formula("y ~ x"), table, weights: nil, missing: .refuse)
    #expect(factor.roundings.count == 2)
    let fit = try factor.factor().solve()
    let model = FittedModel("y ~ x", factor.design, fit, target: 0, method: LeastSquares(), droppedRows: 0)
    #expect(
      model.exactFooter.suffix(2) == [
        "x loses 8 digits beside its spread: the text has more than a Double",
        "--precision extended keeps them",
      ])
  }

  /// Of several targets the model of each names its own.
  @Test func theTargetThatLosesDigitsIsNamedByItsModelAlone() throws {
    let table = try Table(csvText: text(offset: 1_000_000_000), source: "t.csv")
    for formula in ["cbind(z, I(2*x)) ~ y", "cbind(I(2*x), z) ~ y"] {
      for model in try FittedModel.perTarget(Formula(formula), table) {
        let lines = model.summary.split(separator: "\n").filter { $0.contains("loses") }
        #expect(
          lines
            == (model.target == "z"
              ? []
              : [
                "I(2 * x) loses 8 digits beside its spread: it is computed in Doubles"
              ]))
        #expect(try FittedModel(json: model.json) == model)
      }
    }
  }
}
