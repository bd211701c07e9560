import Foundation
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// Stepwise selection from a share: the steps and the numbers of R's step(), to 10 digits. R/selection.R makes the file.
@Suite struct SelectionByRTests {
  struct File: Decodable, Sendable {
    let tables: [String: [String: Column]]
    let selections: [Selection]
  }

  enum Column: Decodable, Sendable {
    case numbers([Double])
    case words([String])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let numbers = try? container.decode([Double].self) {
        self = .numbers(numbers)
      } else {
        self = .words(try container.decode([String].self))
      }
    }
  }

  struct Selection: Decodable, Sendable, CustomTestStringConvertible {
    let data: String
    let formula: String
    let weights: String?
    let keep: [String]
    let by: String
    let direction: String
    let changes: [String]
    let df: [Int]
    let rss: [Double]
    let residualDf: [Int]
    let criterion: [Double]
    let names: [String]
    let estimates: [Double]

    var testDescription: String { "\(formula) by \(by), \(direction)" }
  }

  static let file: File = {
    let path = "\(FormulasByRTests.folder)/selection.json"
    return try! JSONDecoder().decode(File.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }()

  private func table(_ name: String, _ categories: Set<String>) throws -> Table {
    let columns = try #require(Self.file.tables[name]).sorted { $0.key < $1.key }
    return try Table(
      source: name, names: columns.map(\.key),
      columns: columns.map { column in
        switch column.value {
        case .numbers(let numbers): .numbers(numbers)
        case .words(let words): .words(words)
        }
      }, categories: categories)
  }

  /// A step or a name, whatever the order of its parts, and with polynomials as they are named here.
  private func parts(_ name: String) -> [String] {
    let sign = name.prefix { "+- ".contains($0) }
    let parts = name.dropFirst(sign.count).replacing(", raw = TRUE", with: "").split(separator: ":")
    return [String(sign)] + parts.map(String.init).sorted()
  }

  private func areClose(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= 1e-10 * abs($1) }
  }

  @Test(arguments: file.selections)
  func agree(selection: Selection) throws {
    let formula = try Formula(selection.formula)
    let share = try Share(formula, table(selection.data, formula.categories), weights: selection.weights)
    let own = try share.select(
      by: try #require(TermSelection.Criterion(rawValue: selection.by)),
      direction: try #require(TermSelection.Direction(rawValue: selection.direction)), keeping: selection.keep
    )
    #expect(own.steps.map { parts($0.change) } == selection.changes.map(parts))
    #expect(own.steps.map(\.degreesOfFreedom) == selection.df)
    #expect(own.steps.map(\.residualDegreesOfFreedom) == selection.residualDf)
    #expect(areClose(own.steps.map(\.residualSumOfSquares), selection.rss))
    #expect(areClose(own.steps.map(\.criterion), selection.criterion))
    let estimates = Dictionary(
      uniqueKeysWithValues: zip(
        own.model.termNames.map(parts), own.model.coefficientStatistics.map { $0.estimate ?? .nan }))
    #expect(estimates.count == selection.names.count)
    #expect(areClose(selection.names.map { estimates[parts($0)] ?? .nan }, selection.estimates))
  }

  @Test func thereAreManySelections() {
    #expect(Self.file.selections.count >= 60)
    #expect(
      Self.file.selections.contains { $0.changes.contains { $0.hasPrefix("+") } && $0.direction == "both" })
  }

  /// The model is that of a formula which can be fitted anew.
  @Test func theFormulaIsThatOfTheTerms() throws {
    let share = try Share("mpg ~ wt*factor(cyl) + factor(gear)*hp", table("mtcars", ["cyl", "gear"]))
    let own = try share.select(by: .aic, direction: .forward)
    #expect(own.model.formula == "mpg ~ wt + factor(cyl) + hp + wt:factor(cyl)")
    let again = try FittedModel(own.model.formula, table("mtcars", ["cyl", "gear"]))
    #expect(again.termNames == own.model.termNames)
    #expect(
      areClose(
        own.model.coefficientStatistics.map { $0.estimate! }, again.coefficientStatistics.map { $0.estimate! }
      ))
    let none = try Share("qsec ~ drat", table("mtcars", [])).select(by: .bic)
    #expect(none.model.formula == "qsec ~ 1" && none.terms.isEmpty && none.model.features.isEmpty)
    #expect(none.steps.map(\.change) == ["", "- drat"])
  }

  private func message(
    _ formula: String, _ table: Table, keeping kept: [String] = []
  ) -> String {
    do {
      _ = try Share(formula, table).select(keeping: kept, named: "t.share")
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test func whatCannotBeChosenFromIsRefused() throws {
    let cars = try table("mtcars", ["cyl"])
    #expect(
      message("mpg ~ wt + hp + I(wt + hp)", cars).hasPrefix(
        "t.share: columns depend on others: I(wt + hp) = wt + hp"))
    #expect(message("cbind(mpg, qsec) ~ wt", cars).hasPrefix("t.share: terms are chosen for one target"))
    #expect(
      message("mpg ~ wt", cars, keeping: ["hq"]) == "t.share: there is no term \"hq\"; the terms are wt")
    #expect(
      message("mpg ~ factor(cyl) + factor(gear) - 1", cars)
        == "t.share: without \"factor(cyl)\" the category \"gear\" needs a column for its first level too, which this share lacks; accumulate a formula with an intercept, or keep the term"
    )
    #expect(message("mpg ~ factor(cyl) + factor(gear) - 1", cars, keeping: ["cyl"]) == "")
    #expect(message("I(2 * mpg) ~ mpg + wt", cars) != "")
    let perfect = try Table(csvText: "x,z,y\n1,3,2\n2,1,4\n3,4,6\n4,1,8\n7,2,14\n", source: "t.csv")
    #expect(
      message("y ~ x + z", perfect).hasPrefix(
        "t.share: the model of all terms is a perfect fit but for rounding"))
    let constant = try Table(csvText: "x,y\n1,3\n2,3\n3,3\n", source: "t.csv")
    #expect(message("y ~ x", constant).hasPrefix("t.share: the target is constant"))
    let few = try Table(csvText: "x,y\n1,3\n2,4\n", source: "t.csv")
    #expect(message("y ~ x", few).hasPrefix("t.share: 2 rows and as many coefficients"))
    #expect(message("y ~ 1", few).hasPrefix("t.share: the formula has no term"))
  }
}
