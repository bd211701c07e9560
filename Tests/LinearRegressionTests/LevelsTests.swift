import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import LinearRegression

/// Fits whose category has no columns.
@Suite struct LevelsTests {
  /// Rows, the level of each, and the same with a column for each level.
  private struct Rows {
    var X: Matrix<Double>
    var y: Matrix<Double>
    var levels: [Int32]
    var weights: [Double]?
    let columns: LevelColumns

    init(
      _ n: Int, features p: Int = 3, targets k: Int = 1, levels count: Int, first: Int = 1,
      reference: Bool = true,
      weighted: Bool = false, seed: UInt64 = 300
    ) {
      var generator = SeededGenerator(seed: seed)
      columns = LevelColumns(first: min(first, p), levels: count, hasReference: reference)
      // Each level is there, and some have few rows.
      levels = []
      for i in 0..<n { levels.append(i < count ? Int32(i) : Int32(generator.nextInteger(below: count))) }
      let effects: [Double] = (0..<count).map { _ in generator.nextNormal() * 3 }
      let (codes, scales) = (levels, [1, 1e-3, 1e4, 1, 1])
      X = Matrix(rows: n, columns: p) { i, j in
        let value: Double = generator.nextNormal() + effects[Int(codes[i])] * Double(j)
        return (value + 2) * scales[j]
      }
      let features = X
      y = Matrix(rows: n, columns: k) { i, t in
        var sum = effects[Int(codes[i])] * Double(t + 1) + generator.nextNormal()
        for j in 0..<p { sum += features[i, j] / scales[j] * Double(j + t) }
        return sum
      }
      weights = weighted ? (0..<n).map { _ in Double(generator.nextInteger(below: 4)) / 2 } : nil
    }

    /// X with the columns of the levels.
    var all: Matrix<Double> {
      Matrix(rows: X.rowCount, columns: X.columnCount + columns.count) { i, j in
        if columns.range.contains(j) { return columns.column(of: Int(levels[i])) == j ? 1 : 0 }
        return X[i, j < columns.first ? j : j - columns.count]
      }
    }

    func share(_ rows: Range<Int>? = nil) throws -> LeastSquares.Factor {
      let rows = rows ?? 0..<X.rowCount
      var share = LeastSquares.Factor(
        features: X.columnCount, targets: y.columnCount, grouping: .levels)
      try share.add(
        Matrix(X[rows: rows]), Matrix(y[rows: rows]), weights: weights.map { Array($0[rows]) },
        levels: (Array(levels[rows]), columns.levels))
      return share
    }

    func fit() throws -> LeastSquaresFit { try share().solve(columns: columns) }

    /// The fit with a column for each level.
    func plain() throws -> LeastSquaresFit {
      try LeastSquares(intercept: columns.hasReference, solver: .qr).fit(all, y, weights: weights)
    }
  }

  /// Where two fits differ by more than so many digits leave; nil where they do not.
  private func difference(_ a: LeastSquaresFit, _ b: LeastSquaresFit, digits: Double = 12) -> String? {
    let bound = pow(10, -digits)
    for t in b.statistics.indices {
      let (mine, theirs) = (a.coefficientStatistics(target: t), b.coefficientStatistics(target: t))
      if mine.count != theirs.count { return "\(mine.count) coefficients" }
      for (j, (x, y)) in zip(mine, theirs).enumerated() {
        guard let e = y.estimate, let f = x.estimate else {
          if x.estimate != y.estimate { return "coefficient \(j): \(x) instead of \(y)" }
          continue
        }
        // Relative to the standard error, which the others contribute to.
        let size = max(abs(e), y.standardError ?? 0)
        if !(abs(e - f) <= bound * size) { return "coefficient \(j): \(f) instead of \(e)" }
        if let s = y.standardError, !(abs((x.standardError ?? .nan) - s) <= bound * s) {
          return "standard error \(j): \(x.standardError ?? .nan) instead of \(s)"
        }
      }
      let (s, r) = (a.statistics[t], b.statistics[t])
      let pairs = [
        (s.residualSumOfSquares, r.residualSumOfSquares), (s.totalSumOfSquares, r.totalSumOfSquares),
        (s.rSquared, r.rSquared), (s.fStatistic, r.fStatistic), (s.logLikelihood, r.logLikelihood),
        (s.residualStandardError, r.residualStandardError),
      ]
      for (x, y) in pairs where !(x == y || abs((x ?? .nan) - (y ?? .nan)) <= 10 * bound * abs(y ?? .nan)) {
        return "statistic \(String(describing: x)) instead of \(String(describing: y))"
      }
      if s.degreesOfFreedom != r.degreesOfFreedom { return "\(s.degreesOfFreedom) degrees of freedom" }
    }
    if a.observations != b.observations || a.rank != b.rank || a.hasIntercept != b.hasIntercept {
      return "\(a.observations) rows, rank \(a.rank) instead of \(b.observations), \(b.rank)"
    }
    for (x, y) in zip(a.varianceInflationFactors, b.varianceInflationFactors)
    where !(x == y || abs((x ?? .nan) - (y ?? .nan)) <= 10 * bound * (y ?? .nan)) {
      return "variance inflation \(String(describing: x)) instead of \(String(describing: y))"
    }
    return nil
  }

  @Test(arguments: [true, false], [0, 1, 3])
  func theFitIsThatWithColumns(reference: Bool, first: Int) throws {
    for weighted in [false, true] {
      let rows = Rows(
        2000, targets: 2, levels: 40, first: first, reference: reference, weighted: weighted)
      let (fit, plain) = (try rows.fit(), try rows.plain())
      #expect(difference(fit, plain) == nil)
      let some = Matrix(rows.all[rows: 0..<50])
      let (mine, theirs) = (fit.covariance!.leverages(some), plain.covariance!.leverages(some))
      #expect(TestSupport.difference(mine, theirs, factor: 2000, scale: theirs.max()!) == nil)
      let byLevel = fit.covariance!.leverages(
        rows.X, columns: Array(0..<3), levels: rows.levels)
      #expect(TestSupport.difference(Array(byLevel[0..<50]), mine, factor: 2000, scale: theirs.max()!) == nil)
      // A row in parts of several levels.
      let row = (0..<some.columnCount).map { Double($0 % 3) / 7 }
      #expect(abs(fit.leverage(row)! - plain.leverage(row)!) <= 1e-12 * plain.leverage(row)!)
    }
  }

  @Test func residualsAreOrthogonalToAllColumns() throws {
    let rows = Rows(3000, features: 4, levels: 300)
    let fit = try rows.fit(), all = rows.all
    let residuals = zip(rows.y.elements, fit.predict(all).elements).map(-)
    let length = norm(residuals)
    for j in 0..<all.columnCount {
      let column = (0..<3000).map { all[$0, j] }
      let test = abs(dot(column, residuals)) / (norm(column) * length * 3000 * Double.ulpOfOne)
      #expect(test < 30, "column \(j)")
    }
    #expect(abs(residuals.reduce(0, +)) < 30 * 3000 * Double.ulpOfOne * length)
  }

  @Test func sharesMergeToTheWholeInAnySplit() throws {
    let rows = Rows(4000, targets: 2, levels: 60, weighted: true), whole = try rows.fit()
    for ends in [[0, 1, 4000], [0, 2000, 4000], [0, 10, 11, 500, 3999, 4000]] {
      let parts = try zip(ends, ends.dropFirst()).map { try rows.share($0..<$1) }
      for order in [parts, parts.reversed()] {
        var merged = order[0]
        for part in order.dropFirst() { try merged.merge(part) }
        #expect(difference(try merged.solve(columns: rows.columns), whole) == nil)
      }
    }
    // Levels may be counted in another order, and one may stand twice.
    let others = rows.levels.enumerated().map { $1 == 7 && $0 % 2 == 1 ? 60 : 59 - $1 }
    var share = LeastSquares.Factor(features: 3, targets: 2, grouping: .levels)
    try share.add(rows.X, rows.y, weights: rows.weights, levels: (others, 61))
    var renumbered = LeastSquares.Factor(features: 3, targets: 2, grouping: .levels)
    try renumbered.merge(share, levels: (0..<60).map { Int32(59 - $0) } + [7])
    #expect(difference(try renumbered.solve(columns: rows.columns), whole) == nil)
  }

  @Test func theNumberOfThreadsDoesNotMatter() throws {
    let rows = Rows(60_000, levels: 20)
    let shares = try [1, 2, 3].map { threads in
      try Parallelism.$threads.withValue(threads) { try rows.share() }
    }
    #expect(shares[0] == shares[1] && shares[0] == shares[2])
    #expect(shares[0].counts.merges >= 1)
    #expect(difference(try shares[0].solve(columns: rows.columns), try rows.plain()) == nil)
  }

  @Test func farFromZeroDigitsStay() throws {
    var rows = Rows(2000, levels: 40)
    // Multiples of 2⁻²⁰: exact beside 10⁸.
    let small = Matrix<Double>(rows: 2000, columns: 3) { i, j in
      (rows.X[i, j] / [1, 1e-3, 1e4][j] * 1_048_576).rounded() / 1_048_576
    }
    rows.X = small
    let near = try rows.fit()
    rows.X = Matrix(rows: 2000, columns: 3) { i, j in small[i, j] + 1e8 }
    let far = try rows.fit()
    for j in 0..<near.model.featureCount {
      let (a, b) = (far.model.weights[j, 0], near.model.weights[j, 0])
      #expect(abs(a - b) <= 1e-13 * max(abs(b), near.standardErrors[1 + j]!))
      #expect(
        abs(far.standardErrors[1 + j]! - near.standardErrors[1 + j]!) <= 1e-12 * near.standardErrors[1 + j]!)
    }
  }

  @Test func fewLevelsGetTheirColumnsBack() throws {
    for reference in [true, false] {
      let rows = Rows(1500, targets: 2, levels: 30, first: 2, reference: reference, weighted: true)
      let expanded = try rows.share().withColumns(rows.columns)
      #expect(difference(try expanded.solve(LeastSquares(intercept: reference)), try rows.plain()) == nil)
    }
  }

  @Test func aColumnThatIsConstantInEachLevelDependsOnThem() throws {
    for reference in [true, false] {
      var rows = Rows(500, levels: 10, first: 0, reference: reference)
      let X = rows.X, codes = rows.levels
      rows.X = Matrix(rows: 500, columns: 3) { i, j in
        j == 1 ? Double(codes[i] % 4) * 0.1 + 0.7 : X[i, j]
      }
      let fit = try rows.fit()
      let column = rows.columns.count + 1
      #expect(fit.redundant.count == 1 && fit.redundant[0].feature == column)
      #expect(fit.coefficientStatistics()[reference ? column + 1 : column].estimate == nil)
      // x = constant + Σ factor · column
      let all = rows.all, redundancy = fit.redundant[0]
      for i in 0..<500 {
        let value = redundancy.dependsOn.reduce(redundancy.constant) { $0 + $1.factor * all[i, $1.feature] }
        #expect(abs(value - all[i, column]) < 1e-14)
      }
      // What is predicted does not depend on which column is left out.
      let (mine, theirs) = (fit.predict(all), try rows.plain().predict(all))
      #expect(TestSupport.difference(mine, theirs, factor: 1000) == nil)
      #expect(fit.rank == 12 && fit.statistics[0].degreesOfFreedom == 488)
      #expect(throws: DataError.rankDeficient(fit.redundant)) {
        try rows.share().solve(LeastSquares(redundancy: .refuse), columns: rows.columns)
      }
    }
  }

  /// The later column is left out, as with a column for each level and as in R.
  @Test func aColumnThatIsConstantInEachLevelStaysWhereItComesFirst() throws {
    for reference in [true, false] {
      var rows = Rows(500, targets: 2, levels: 10, first: 3, reference: reference, weighted: true)
      let X = rows.X, codes = rows.levels
      for constants in [[1], [0, 2]] {
        rows.X = Matrix(rows: 500, columns: 3) { i, j in
          constants.contains(j) ? Double(Int(codes[i]) * (j + 1) % 4) * 0.1 + 0.7 : X[i, j]
        }
        let (fit, plain) = (try rows.fit(), try rows.plain())
        #expect(fit.redundant.map(\.feature) == plain.redundant.map(\.feature))
        #expect(fit.redundant.count == constants.count && fit.redundant[0].feature >= 3)
        #expect(difference(fit, plain, digits: 10) == nil)
      }
    }
    // One that is the same in all levels is redundant beside the intercept wherever it stands.
    var rows = Rows(300, levels: 10, first: 3)
    let X = rows.X
    rows.X = Matrix(rows: 300, columns: 3) { i, j in j == 1 ? 0.3 : X[i, j] }
    #expect(try rows.fit().redundant.map(\.feature) == [1])
  }

  @Test func aColumnThatOthersDetermineIsLeftOut() throws {
    var rows = Rows(500, levels: 10)
    let X = rows.X
    rows.X = Matrix(rows: 500, columns: 3) { i, j in j < 2 ? X[i, j] : X[i, 0] - 2 * X[i, 1] + 5 }
    let redundancy = try rows.fit().redundant
    #expect(redundancy.count == 1 && redundancy[0].feature == 2 + rows.columns.count)
    #expect(redundancy[0].dependsOn.map(\.feature) == [0, 10])
    #expect(abs(redundancy[0].constant - 5) < 1e-9)
  }

  @Test func levelsWithoutRowsHaveNoCoefficient() throws {
    for reference in [true, false] {
      for empty in [[3, 8], [0, 4], [9]] {
        var rows = Rows(400, levels: 10, first: 0, reference: reference)
        rows.weights = rows.levels.map { empty.contains(Int($0)) ? 0 : 1 }
        let (fit, plain) = (try rows.fit(), try rows.plain())
        #expect(difference(fit, plain, digits: 11) == nil)
        #expect(fit.redundant.map(\.feature) == plain.redundant.map(\.feature))
        for (mine, theirs) in zip(fit.redundant, plain.redundant) {
          #expect(mine.dependsOn.map(\.feature) == theirs.dependsOn.map(\.feature))
          #expect(abs(mine.constant - theirs.constant) < 1e-10)
        }
        for level in 0..<10 {
          var full = (0..<plain.model.featureCount).map { $0 < rows.columns.count ? 0 : 1.0 }
          if let column = rows.columns.column(of: level) { full[column] = 1 }
          let (mine, theirs) = (fit.covariance!.leverage(full), plain.covariance!.leverage(full))
          #expect(abs(mine - theirs) <= 1e-10 * theirs)
          let byLevel = fit.covariance!.leverages(
            Matrix(rows: 1, columns: 3) { _, _ in 1 }, columns: [0, 1, 2], levels: [Int32(level)])
          // No coefficient, no prediction.
          #expect(fit.isEstimable(full) == !empty.contains(level))
          #expect((plain.leverage(full) == nil) == empty.contains(level))
          #expect(abs(byLevel[0] - theirs) <= 1e-10 * theirs)
        }
      }
    }
  }

  @Test func nothingButTheCategory() throws {
    for reference in [true, false] {
      let rows = Rows(300, features: 0, levels: 12, first: 0, reference: reference, weighted: true)
      #expect(difference(try rows.fit(), try rows.plain()) == nil)
    }
  }

  @Test func oneRowForEachLevelLeavesNothing() throws {
    let rows = Rows(30, levels: 30, first: 0)
    let fit = try rows.fit()
    #expect(fit.redundant.map(\.feature) == [29, 30, 31] && fit.statistics[0].degreesOfFreedom == 0)
    #expect(fit.statistics[0].residualSumOfSquares == 0)
    let predictions = fit.predict(rows.all)
    #expect(TestSupport.difference(predictions, rows.y, factor: 100) == nil)
    // Some levels have a second row.
    let more = Rows(40, levels: 30)
    #expect(difference(try more.fit(), try more.plain(), digits: 9) == nil)
  }

  @Test func extremeUnitsCostNothing() throws {
    let rows = Rows(600, levels: 20), fit = try rows.fit()
    for (x, y) in [(1e150, 1e-100), (1e-150, 1e120)] {
      var other = rows
      other.X = Matrix(rows: 600, columns: 3) { i, j in rows.X[i, j] * x }
      other.y = Matrix(rows: 600, columns: 1) { i, j in rows.y[i, j] * y }
      // Parts in different units.
      var share = try other.share(0..<300)
      try share.merge(try other.share(300..<600))
      let scaled = try share.solve(columns: rows.columns)
      #expect(abs(scaled.statistics[0].rSquared! - fit.statistics[0].rSquared!) < 1e-13)
      #expect(abs(scaled.model.weights[0, 0] * (x / y) - fit.model.weights[0, 0]) < 1e-10)
    }
  }

  @Test func aConstantTargetIsMetByItsMean() throws {
    var rows = Rows(200, levels: 10)
    rows.y = Matrix(rows: 200, columns: 1) { _, _ in 0.1 }
    let fit = try rows.fit()
    #expect(fit.statistics[0].rSquared == nil && fit.statistics[0].residualSumOfSquares == 0)
    #expect(abs(fit.intercept - 0.1) < 1e-16 && fit.coefficients.allSatisfy { $0 == 0 })
  }

  @Test func valuesThatAreNotFiniteAreToldOf() throws {
    var rows = Rows(300, levels: 300)
    rows.X[17, 1] = .infinity
    #expect(throws: DataError.nonFinite(.features, row: 17, column: 1)) { try rows.share() }
    rows = Rows(300, levels: 10)
    rows.weights = Array(repeating: 1, count: 300)
    rows.weights![5] = -1
    #expect(throws: DataError.negativeWeight(row: 5)) { try rows.share() }
    rows.weights = Array(repeating: 0, count: 300)
    #expect(try rows.share().observations == 0)
    #expect(throws: DataError.noRows) { try rows.share().solve(columns: rows.columns) }
  }

  @Test func floatsGiveTheSameInTheirPrecision() throws {
    let rows = Rows(800, levels: 25)
    var share = LeastSquares.Factor(features: 3, targets: 1, grouping: .levels)
    let X = Matrix<Float>(rows.X), y = Matrix<Float>(rows.y)
    try share.add(X, y, levels: (rows.levels, 25))
    var same = rows
    (same.X, same.y) = (Matrix<Double>(X), Matrix<Double>(y))
    #expect(difference(try share.solve(columns: rows.columns), try same.plain()) == nil)
  }

  @Test func aFileBringsBackTheSameBits() throws {
    let share = try Rows(500, targets: 2, levels: 20, weighted: true).share()
    let data = try JSONEncoder().encode(share)
    #expect(try JSONDecoder().decode(LeastSquares.Factor.self, from: data) == share)
    let text = String(decoding: data, as: UTF8.self).replacingOccurrences(
      of: "\"levelMeans\":[", with: "\"levelMeans\":[1,")
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(LeastSquares.Factor.self, from: Data(text.utf8))
    }
  }
}
