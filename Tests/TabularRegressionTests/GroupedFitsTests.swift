import Foundation
import LinearAlgebra
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// One fit for each group of rows: what a fit of the group's rows alone gives.
@Suite struct GroupedFitsTests {
  let folder = TemporaryFolder()

  /// Lines of a table in which rows of groups are mixed.
  private func lines(_ count: Int = 600, stores: Int = 20) -> [String] {
    var generator = SeededGenerator(seed: 221)
    return (0..<count).map { _ in
      let store = Int(generator.next() % UInt64(stores)), year = 2020 + Int(generator.next() % 3)
      let kind = ["flat", "house", "shop"][Int(generator.next() % 3)], w = Int(generator.next() % 4)
      let a = 100 + generator.nextNormal(), b = generator.nextNormal()
      let y = 3 + a - 2 * b + (kind == "shop" ? 1 : 0) + generator.nextNormal()
      return "s\(store),\(year),\(kind),\(w),\(a),\(b),\(y)"
    }
  }

  private let header = "store,year,kind,w,a,b,y"

  private func file(_ name: String, _ lines: [String]) throws -> String {
    let path = folder.path(name)
    try Data((header + "\n" + lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: path))
    return path
  }

  private func isClose(_ a: Double?, _ b: Double?, _ bound: Double) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return abs(a - b) <= bound * abs(b)
  }

  /// The first difference to the fit of the group's rows.
  private func difference(
    _ formula: String, by columns: [Int], weights: String? = nil, bound: Double = 1e-11
  ) throws -> String? {
    let lines = lines(), names = header.split(separator: ",").map(String.init)
    let fits = try GroupedFits(
      Formula(formula), by: columns.map { names[$0] }, csv: [file("all.csv", lines)], weights: weights)
    func words(_ line: String) -> [String] {
      let fields = line.split(separator: ",").map(String.init)
      return columns.map { fields[$0] }
    }
    if Set(fits.map(\.group)) != Set(lines.map(words)) { return "other groups" }
    for fit in fits {
      let own = try file("one.csv", lines.filter { words($0) == fit.group })
      let model = try FittedModel(formula, csv: [own], weights: weights, method: LeastSquares(solver: .qr))
      let table = model.coefficientStatistics
      guard model.termNames == fits.terms, fit.observations == model.observations,
        fit.degreesOfFreedom == model.statistics.degreesOfFreedom,
        zip(fit.coefficients, table).allSatisfy({
          isClose($0.estimate, $1.estimate, bound) && isClose($0.standardError, $1.standardError, bound)
            && isClose($0.pValue, $1.pValue, 1e-7)
        }), isClose(fit.rSquared, model.statistics.rSquared, bound),
        isClose(fit.residualStandardError, model.statistics.residualStandardError, bound)
      else { return "\(fit) is not\n\(model.summary)" }
    }
    return nil
  }

  @Test func agreesWithTheFitOfEachGroup() throws {
    #expect(try difference("y ~ a + b", by: [0]) == nil)
    #expect(try difference("y ~ a + b - 1", by: [0], weights: "w") == nil)
    #expect(try difference("y ~ a*kind + b", by: [0]) == nil)
    #expect(try difference("y ~ a + b", by: [1, 0], weights: "w") == nil)
    #expect(try difference("b ~ 1", by: [2]) == nil)
    #expect(try difference("y ~ a + b + offset(w)", by: [2]) == nil)
  }

  @Test func groupsAreSorted() throws {
    let fits = try GroupedFits("y ~ a", by: ["store", "year"], csv: [file("a.csv", lines())])
    #expect(
      fits.map(\.group).prefix(4) == [["s0", "2020"], ["s0", "2021"], ["s0", "2022"], ["s1", "2020"]])
    #expect(fits[6].group == ["s10", "2020"])
    let numbers = try Table(
      csvText: "g,x,y\n10,1,1\n9,1,2\n1e1,2,5\n9,2,2\n-3,1,1\n10.0,4,6\n", source: "t.csv")
    let own = try GroupedFits(Formula("y ~ x"), by: ["g"], numbers)
    #expect(own.map(\.group) == [["-3"], ["9"], ["10"]])
    #expect(own.map(\.observations) == [1, 2, 3])
  }

  /// A dot is without the columns of the groups, and the design is that of all rows.
  @Test func theDesignIsThatOfAllRows() throws {
    let fits = try GroupedFits("y ~ .", by: ["store", "year"], csv: [file("a.csv", lines(200))])
    #expect(fits.terms == ["(Intercept)", "kindhouse", "kindshop", "w", "a", "b"])
    let few = try #require(fits.first { $0.observations < 6 && $0.observations > 1 })
    let left = few.coefficients.count { $0.estimate == nil }
    #expect(left >= 6 - few.observations)
    #expect(few.coefficients.allSatisfy { $0.standardError == nil })
    #expect(few.note?.hasPrefix("\(few.observations) rows for 6 coefficients: ") == true)
    #expect(few.note?.hasSuffix("no degrees of freedom are left for standard errors") == true)
  }

  @Test func missingFields() throws {
    let text = "g,x,y\na,1,1\n,2,2\na,2,3\nb,NA,1\na,4,4\nc,1,1\nc,2,2.5\nc,3,2\n"
    let table = try Table(csvText: text, source: "t.csv")
    func message(_ missing: MissingPolicy) -> String {
      do {
        _ = try GroupedFits(Formula("y ~ x"), by: ["g"], table, missing: missing)
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(
      message(.refuse)
        == "t.csv:5:2: column \"x\": a number is missing; fill it in, or drop or fill such rows")
    #expect(
      message(.mean)
        == "t.csv:3:1: column \"g\": a field that tells the row's group is missing; fill it in, or drop such rows"
    )
    let fits = try GroupedFits(Formula("y ~ x"), by: ["g"], table, missing: .drop)
    #expect(fits.droppedRows == 2)
    #expect(fits.map(\.group) == [["a"], ["b"], ["c"]])
    #expect(fits.map(\.observations) == [3, 0, 3])
    #expect(fits[1].note == "every row has a missing field")
  }

  @Test func whatCannotBeGroupedIsRefused() throws {
    let table = try Table(csvText: "g,w,x,y,z\na,1,1,1,2\nb,1,2,2,2\na,1,3,4,5\n", source: "t.csv")
    func message(_ formula: String, _ by: [String], weights: String? = nil) -> String {
      do {
        _ = try GroupedFits(Formula(formula), by: by, table, weights: weights)
        return ""
      } catch {
        return "\(error)"
      }
    }
    let twice =
      "t.csv: column \"g\" tells the groups apart, and is the same in all rows of one; leave it out of the formula and the weights"
    #expect(message("y ~ x + C(g)", ["g"]) == twice)
    #expect(message("y ~ x", ["g"], weights: "g") == twice)
    #expect(message("y ~ x", ["h"]).hasPrefix("t.csv: there is no column \"h\""))
    #expect(
      message("y ~ x", ["g", "g"])
        == "t.csv: the columns of the groups are at least one, each named once")
    #expect(message("cbind(y, z) ~ x", ["g"]) != "")
    let many = try Table(
      csvText: "g,x,y\n" + (1...100).map { "\($0),\($0),\($0 % 7)" }.joined(separator: "\n"), source: "t.csv")
    let error = FitMemory.$limit.withValue(1000) {
      do {
        _ = try GroupedFits(Formula("y ~ x"), by: ["g"], many)
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(
      error
        == "t.csv: there are 100 groups of 1 column; the fits would take 14.4 kB, and 1 kB are allowed: leave columns out, join levels, or allow more memory"
    )
  }

  /// The table and the lines of JSON, of whichever number of threads.
  @Test func writesAllFits() throws {
    let path = try file("a.csv", lines(40_000, stores: 3000))
    func texts(_ threads: Int) throws -> (table: String, json: String) {
      try Parallelism.$threads.withValue(threads) {
        let fits = try GroupedFits("y ~ a + b", by: ["store", "kind"], csv: [path])
        try fits.write(to: folder.path("fits.csv"), CSVEncoder())
        try fits.writeJSON(to: folder.path("fits.json"))
        return (
          try String(contentsOfFile: folder.path("fits.csv"), encoding: .utf8),
          try String(contentsOfFile: folder.path("fits.json"), encoding: .utf8)
        )
      }
    }
    let one = try texts(1)
    for threads in [2, 8] {
      let other = try texts(threads)
      #expect(other.table == one.table && other.json == one.json)
    }
    let fits = try GroupedFits("y ~ a + b", by: ["store", "kind"], csv: [path])
    let table = try Table(csv: folder.path("fits.csv"), categories: ["store"])
    #expect(
      table.columnNames == [
        "store", "kind", "term", "estimate", "standard_error", "t", "p", "observations",
        "residual_standard_error", "r_squared", "note",
      ])
    let estimates = try table.numbers("estimate")
    #expect(estimates.count == 3 * fits.count)
    for (position, fit) in fits.enumerated() {
      for (index, row) in fit.coefficients.enumerated() {
        #expect(
          estimates[3 * position + index].isNaN
            ? row.estimate == nil : estimates[3 * position + index] == row.estimate)
      }
    }
    struct Line: Decodable {
      let group: [String: String]
      let observations: Int
      let note: String?
      let coefficients: [Coefficient]
      struct Coefficient: Decodable {
        let term: String
        let estimate: Double?
      }
    }
    let lines = one.json.split(separator: "\n")
    #expect(lines.count == fits.count)
    for (line, fit) in zip(lines, fits) {
      let own = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
      #expect(own.group == ["store": fit.group[0], "kind": fit.group[1]])
      #expect(own.observations == fit.observations && own.note == fit.note)
      #expect(own.coefficients.map(\.term) == fits.terms)
      #expect(own.coefficients.map(\.estimate) == fit.coefficients.map(\.estimate))
    }
  }
}
