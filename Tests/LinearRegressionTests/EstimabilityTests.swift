import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import LinearRegression

/// Which rows a fit with redundant features determines the prediction of.
@Suite struct EstimabilityTests {
  /// Columns of very different sizes, some far from zero, of which every third is a combination of two before it.
  private static func design(_ n: Int, _ p: Int, seed: UInt64) -> Matrix<Double> {
    var generator = SeededGenerator(seed: seed)
    let scales = [1, 1e-8, 1e8, 1e-3, 1e5], offsets = [0, 0, 3, 1e4, -20]
    var X = generator.normalMatrix(n, p, of: Double.self)
    for i in 0..<n {
      for j in 0..<p {
        X[i, j] =
          j % 3 == 2
          ? 2 * X[i, j - 1] - X[i, j - 2] * (scales[(j - 1) % 5] / scales[(j - 2) % 5]) / 3 + 5
            * scales[j % 5]
          : (X[i, j] + offsets[j % 5]) * scales[j % 5]
      }
    }
    return X
  }

  private static func target(_ n: Int) -> Matrix<Double> {
    var generator = SeededGenerator(seed: 401)
    return generator.normalMatrix(n, 1)
  }

  /// How far a row is from the row space of [1 X], relative to its size, in columns of norm 1: by LAPACK's `gelsd` of
  /// the transpose.
  private func distance(_ row: [Double], from X: Matrix<Double>, intercept: Bool) throws -> Double {
    let first = intercept ? 1 : 0
    let design = Matrix<Double>(rows: X.rowCount, columns: X.columnCount + first) { i, j in
      j < first ? 1 : X[i, j - first]
    }
    let norms = (0..<design.columnCount).map { max(norm(design[column: $0]), .leastNormalMagnitude) }
    let scaled = Matrix<Double>(rows: design.columnCount, columns: design.rowCount) {
      design[$1, $0] / norms[$0]
    }
    let x = (Array(repeating: 1.0, count: first) + row).enumerated().map { $0.element / norms[$0.offset] }
    let z = try gelsd(scaled, Matrix(column: x), rcond: 1e-11).solution.elements
    let rest = zip(x, gemv(scaled, z)).map { $0 - $1 }
    return norm(rest) / norm(x)
  }

  @Test(arguments: [(20, 6), (20, 30), (400, 12), (5000, 9), (700, 300)])
  func everyRowOfTheFitIsEstimable(rows n: Int, features p: Int) throws {
    let X = Self.design(n, p, seed: 400), y = Self.target(n)
    for method in [
      LeastSquares(), LeastSquares(solver: .qr), LeastSquares(intercept: false),
      LeastSquares(precision: .extended),
    ] where p < 100 || method.precision == .automatic {
      let fit = try method.fit(X, y)
      // Without an intercept nothing before the first combination is constant, as a part of it is.
      #expect(fit.redundant.count >= p / 3 - (method.intercept ? 0 : 1))
      #expect((0..<n).count { !fit.isEstimable(X[row: $0]) } == 0)
      #expect(fit.predict(X) == fit.model.predict(X))
      #expect(fit.predict(X[row: 0]) == fit.model.predict(X[row: 0]))
    }
  }

  @Test func everyRowWithAWeightIsEstimable() throws {
    let n = 300, X = Self.design(n, 9, seed: 402), y = Self.target(n)
    var generator = SeededGenerator(seed: 403)
    let weights = (0..<n).map { $0 % 7 == 0 ? 0 : pow(10, -8 * generator.nextUniform()) }
    let fit = try LeastSquares().fit(X, y, weights: weights)
    #expect(fit.redundant.count == 3)
    #expect((0..<n).allSatisfy { fit.isEstimable(X[row: $0]) })
    let tiny = try LeastSquares().fit(X, y, weights: weights.map { $0 * 1e-12 })
    #expect((0..<n).allSatisfy { tiny.isEstimable(X[row: $0]) })
  }

  @Test func rowsOfFloatAreEstimableToTheirPrecision() throws {
    let n = 500, X = Matrix<Float>(Self.design(n, 9, seed: 404)), y = Matrix<Float>(Self.target(n))
    let fit = try LeastSquares().fit(X, y)
    #expect(fit.redundant.count >= 2)
    #expect((0..<n).allSatisfy { fit.isEstimable(X[row: $0]) })
    #expect((0..<n).allSatisfy { i in fit.isEstimable(X[row: i].map(Double.init)) })
    // A fit in Double and rows in Float.
    let exact = try LeastSquares().fit(Self.design(n, 9, seed: 404), Self.target(n))
    #expect((0..<n).allSatisfy { exact.isEstimable(X[row: $0]) })
    var other = X[row: 0]
    other[2] += other[2] / 100
    #expect(!fit.isEstimable(other) && fit.predict(other).isNaN)
  }

  /// New rows, as the row space says that LAPACK finds.
  @Test(arguments: [true, false])
  func newRowsAreEstimableInTheRowSpaceOnly(intercept: Bool) throws {
    let (n, p) = (60, 12)
    let X = Self.design(n, p, seed: 405)
    let fit = try LeastSquares(intercept: intercept).fit(X, Self.target(n))
    var generator = SeededGenerator(seed: 406), counts = [0, 0]
    for trial in 0..<60 {
      // A combination of rows, whose factors have the sum 1 where there is an intercept.
      let (a, b) = (generator.nextNormal() * 10, generator.nextNormal())
      let c = intercept ? 1 - a - b : generator.nextNormal()
      let rows = (0..<3).map { _ in X[row: generator.nextInteger(below: n)] }
      var row = (0..<p).map { a * rows[0][$0] + b * rows[1][$0] + c * rows[2][$0] }
      if trial % 2 == 1 {
        let j = generator.nextInteger(below: p)
        row[j] += norm(X[column: j]) * 1e-5
      }
      let distance = try distance(row, from: X, intercept: intercept)
      #expect(distance < 1e-13 || distance > 1e-9)
      #expect(fit.isEstimable(row) == (distance < 1e-13))
      counts[trial % 2] += fit.isEstimable(row) ? 1 : 0
    }
    #expect(counts[0] == 30)
  }

  @Test func whatIsNotEstimableHasNoPrediction() throws {
    let X: Matrix<Double> = [[1, 2, 3], [2, 5, 7], [3, 1, 4], [5, 5, 10], [7, 1, 8], [2, 2, 4]]
    let y: Matrix<Double> = [[1, 2], [4, 1], [2, 5], [7, 2], [5, 5], [3, 3]]
    let fit = try LeastSquares().fit(X, y)
    #expect(fit.redundant.map(\.description) == ["x2 = x0 + x1"])
    let new: Matrix<Double> = [[10, 20, 30], [1, 2, 4], [1e6, 1, 1_000_001], [1e6, 1, 1_000_000]]
    let predictions = fit.predict(new)
    #expect(predictions.elements.map(\.isNaN) == [false, false, true, true, false, false, true, true])
    let whole = fit.model.predict(new)
    #expect(predictions[0, 1] == whole[0, 1] && predictions[2, 0] == whole[2, 0])
    #expect(fit.predict([1, 2, 4], interval: .confidence) == nil && fit.leverage([1, 2, 4]) == nil)
    #expect(fit.predict([1, 2, 3], interval: .confidence) != nil)
    // A choice between coefficients that fit equally well is a prediction for every row.
    let shortest = try LeastSquares(redundancy: .minimumNorm).fit(X, y)
    #expect(shortest.isEstimable([1, 2, 4]) && shortest.predict(new) == shortest.model.predict(new))
    let ridge = try LeastSquares(ridgePenalty: 0.1).fit(X, y)
    #expect(ridge.isEstimable([1, 2, 4]) && ridge.predict(new) == ridge.model.predict(new))
  }

  @Test func aLevelOfRowsWithoutWeightIsNotEstimable() throws {
    let X: Matrix<Double> = [[0, 0], [1, 0], [0, 0], [1, 0], [0, 1], [0, 1]]
    let fit = try LeastSquares().fit(X, [1, 2, 3, 5, 8, 9], weights: [1, 2, 1, 1, 0, 0])
    #expect(fit.redundant.map(\.feature) == [1])
    #expect((0..<6).map { fit.isEstimable(X[row: $0]) } == [true, true, true, true, false, false])
    // A constant in all rows of the fit.
    let constant: Matrix<Double> = [[1, 0.1], [2, 0.1], [4, 0.1]]
    let other = try LeastSquares().fit(constant, [1, 2, 3])
    #expect(other.isEstimable([9, 0.1]) && !other.isEstimable([9, 0.2]))
  }

  /// Levels without columns in X are as those with columns.
  @Test(arguments: [true, false])
  func levelsBesideTheRowsAreAsTheirColumns(reference: Bool) {
    let columns = LevelColumns(first: 1, levels: 4, hasReference: reference)
    func column(_ level: Int) -> Int { columns.column(of: level)! }
    func of(_ feature: Int, _ terms: [(Int, Double)], _ constant: Double = 0) -> Redundancy {
      Redundancy(
        feature: feature, dependsOn: terms.map { Redundancy.Term(feature: $0.0, factor: $0.1) },
        constant: constant, tolerance: 1e-14, size: 2)
    }
    let last = columns.range.upperBound
    for dependencies in [
      [of(column(2), [])],
      [of(column(3), [(column(1), -1), (column(2), -1)], 1)],
      [of(last, [(0, 2), (column(1), 0.5), (column(3), -1)], 0.25)],
      [of(column(1), [(0, 1)]), of(last, [(column(2), 3)])],
    ] {
      let whole = Estimability(dependencies)
      let beside = Estimability(dependencies, levels: columns) { $0 < 1 ? $0 : $0 - columns.count }
      for level in 0..<4 {
        for (x, z) in [(0.0, 0.0), (1, 0), (0, 0.25), (1, 2.25), (0, 0.75), (0, -0.75), (0, 3), (1, 3)] {
          var full: [Double] = Array(repeating: 0, count: last + 1)
          (full[0], full[last]) = (x, z)
          if let column = columns.column(of: level) { full[column] = 1 }
          #expect(beside.firstUnmet([x, z], level: level) == whole.firstUnmet(full))
        }
      }
    }
  }
}
