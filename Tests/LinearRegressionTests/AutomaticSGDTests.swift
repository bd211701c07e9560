import Foundation
import LinearRegression
import TestSupport
import Testing

/// `SGD()` without any setting against LAPACK's least squares on the same data in Double.
@Suite struct AutomaticSGDTests {
  /// A problem, and how SGD's coefficients differ from those of `gels`.
  struct Problem: CustomTestStringConvertible, Sendable {
    let name: String
    let X: Matrix<Double>
    let y: Matrix<Double>
    var testDescription: String { name }
  }

  static let problems: [Problem] = [
    book, diabetes, scaled, correlated(10, noise: 0.1), correlated(1e3, noise: 0.1),
    correlated(1e5, noise: 0.1), correlated(1e5, noise: 1e-3),
    correlated(1e5, noise: 0), noisy(0), noisy(1), noisy(10), heavyTailed,
  ]

  /// Where rounding hides the answer, the run does not claim to have it: the distance it states is above the true one.
  @Test(arguments: [1.0, 1e-3])
  func saysSoWhereItCannot(noise: Double) throws {
    let problem = Self.correlated(1e8, noise: noise)
    let exact = try LeastSquares(precision: .extended).fit(problem.X, problem.y)
    let x = try Standardization(problem.X), target = try Standardization(problem.y).scales[0]
    for seed in 1...5 {
      let run = try SGD(epochs: 30, seed: UInt64(seed)).train(problem.X, problem.y)
      #expect(run.stopReason == .stalled)
      let error = (0..<10).reduce(0) {
        max($0, abs(run.model.coefficients[$1] - exact.coefficients[$1]) * x.scales[$1] / target)
      }
      let claimed = try #require(run.epochs.last?.gapToExact)
      #expect(claimed >= error && claimed > 1e-7, "seed \(seed): claimed \(claimed), true \(error)")
    }
  }

  /// A column that stands twice does not make the others better known.
  @Test(arguments: [1e-4, 1e-6, 1e-7])
  func dependentColumnsDoNotHideRounding(size: Double) throws {
    var generator = SeededGenerator(seed: 25)
    let Z: Matrix<Double> = generator.normalMatrix(500, 4)
    let X = Matrix<Double>(rows: 500, columns: 4) { i, j in
      j < 2 ? Z[i, 0] : Z[i, 1] + (j == 3 ? size * Z[i, 2] : 0)
    }
    let y = Matrix<Double>(rows: 500, columns: 1) { i, _ in X[i, 0] + X[i, 2] + Z[i, 3] }
    let kept = Matrix<Double>(rows: 500, columns: 3) { X[$0, $1 + 1] }
    let exact = try LeastSquares(precision: .extended).fit(kept, y)
    let x = try Standardization(X), target = try Standardization(y).scales[0]
    for tolerance in [1e-10, 1e-8] {
      let run = try SGD(epochs: 30, tolerance: tolerance).train(X, y)
      let claimed = try #require(run.epochs.last?.gapToExact)
      let error = (2..<4).reduce(0) {
        max($0, abs(run.model.coefficients[$1] - exact.coefficients[$1 - 1]) * x.scales[$1] / target)
      }
      #expect(claimed >= error, "claimed \(claimed), true \(error)")
    }
  }

  private static let wide: (Matrix<Float>, Matrix<Float>) = {
    var generator = SeededGenerator(seed: 26)
    return (generator.normalMatrix(800, 2049), generator.normalMatrix(800, 1))
  }()

  /// Above 2048 columns steps are only scaled: safe for the heaviest row too, not only for the mean one.
  @Test(arguments: [1.0, 30, 1000])
  func oneHeavyRowIsNoStall(weight: Double) throws {
    let (Z, noise) = Self.wide, n = Z.rowCount
    var X = Z
    for j in 0..<X.columnCount { X[7, j] *= Float(weight) }
    let y = Matrix<Float>(rows: n, columns: 1) { i, _ in X[i, 0] - X[i, 1] + noise[i, 0] }
    let run = try SGD(epochs: 8).train(X, y)
    let norms = try run.epochs.map { try #require($0.gradientNorm) }
    #expect(run.stopReason == .epochs)
    #expect(norms[7] < norms[0] / 5 && norms[0].isFinite)
  }

  /// The exact solution by LAPACK, and the units that errors are measured in.
  struct Exact {
    private let solution: Matrix<Double>
    private let columns: Standardization
    private let deviation: Double

    /// The largest coefficient, in standardised units.
    let largest: Double

    init<Scalar>(_ X: Matrix<Scalar>, _ y: Matrix<Scalar>) throws {
      let (n, p) = (X.rowCount, X.columnCount)
      let ones = Matrix<Double>(rows: n, columns: p + 1) { $1 == 0 ? 1 : Double(X[$0, $1 - 1]) }
      let solution = try gels(ones, Matrix<Double>(y)).solution
      let columns = try Standardization(X), deviation = try Standardization(y).scales[0]
      largest = (0..<p).reduce(0) { max($0, abs(solution[$1 + 1, 0]) * columns.scales[$1] / deviation) }
      (self.solution, self.columns, self.deviation) = (solution, columns, deviation)
    }

    /// The largest difference of a model's coefficient, relative to the largest coefficient, all in standardised units.
    func error(_ model: LinearModel) -> Double {
      var worst = 0.0, atMeans = model.intercept - solution[0, 0]
      for j in 0..<model.featureCount {
        let difference = model.coefficients[j] - solution[j + 1, 0]
        worst = max(worst, abs(difference) * columns.scales[j] / deviation)
        atMeans += difference * columns.means[j]
      }
      return max(worst, abs(atMeans) / deviation) / largest
    }
  }

  /// No setting, seeds 1 to 20: four digits after five epochs, and at the stop, within twenty epochs, what was
  /// promised.
  @Test(arguments: problems)
  func reachesTheLeastSquaresAnswer(problem: Problem) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type, tolerance: Double) throws {
      let X = Matrix<Scalar>(problem.X), y = Matrix<Scalar>(problem.y)
      let exact = try Exact(X, y), largest = exact.largest
      for seed in 1...20 {
        let training = try Training(SGD(seed: UInt64(seed)), X, y)
        while let report = try training.next() {
          let error = exact.error(training.model)
          if report.epoch == 5 { #expect(error <= 1e-4, "seed \(seed), after 5 epochs") }
          // What a report claims is not far below the truth, until both are rounding.
          let claimed = try #require(report.gapToExact)
          #expect(claimed >= error * largest / 10 - 1e-12, "seed \(seed), epoch \(report.epoch)")
        }
        let error = exact.error(training.model)
        #expect(error <= tolerance, "seed \(seed): \(error) after \(training.epochs.count) epochs")
        #expect(training.epochs.count <= 20)
        // At a condition number of 10⁵ rounding may hide more than the promise: then the run says so, right as it is.
        let claimed = try #require(training.epochs.last?.gapToExact)
        #expect(training.stopReason == (claimed <= 1e-10 * largest ? .converged : .stalled), "seed \(seed)")
        #expect(claimed <= 1e-7 * largest)
      }
    }
    try check(Float.self, tolerance: 1e-6)
    try check(Double.self, tolerance: 1e-10)
  }
}

extension AutomaticSGDTests {
  /// The book's problem: w = (2, −3.4), b = 4.2, 1000 rows, noise 0.01.
  static var book: Problem {
    var generator = SeededGenerator(seed: 20)
    let X: Matrix<Double> = generator.normalMatrix(1000, 2),
      noise: Matrix<Double> = generator.normalMatrix(1000, 1)
    return Problem(name: "the book's", X: X, y: linreg(X, [[2], [-3.4]], [[4.2]]) + 0.01 * noise)
  }

  /// 442 patients, ten measurements in their own units.
  static var diabetes: Problem {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../Examples/Diabetes/diabetes.csv")
    let text = try! String(contentsOf: file, encoding: .utf8)
    let rows = text.split(whereSeparator: \.isNewline).dropFirst().map {
      $0.split(separator: ",").map { Double($0)! }
    }
    return Problem(
      name: "diabetes", X: Matrix(rows.map { Array($0.dropLast()) }), y: Matrix(column: rows.map { $0.last! })
    )
  }

  /// Columns whose sizes span twelve orders of magnitude, with offsets.
  static var scaled: Problem {
    var generator = SeededGenerator(seed: 21)
    let Z: Matrix<Double> = generator.normalMatrix(2000, 7),
      noise: Matrix<Double> = generator.normalMatrix(2000, 1)
    let X = Matrix<Double>(rows: 2000, columns: 7) { i, j in
      (Z[i, j] + Double(j)) * pow(10, Double(2 * j - 6))
    }
    return Problem(
      name: "columns from 10⁻⁶ to 10⁶", X: X,
      y: linreg(Z, Matrix(column: [1, -2, 3, -1, 0.5, 2, -0.3]), [[5]]) + 0.5 * noise)
  }

  /// Ten columns of a given condition number once they are scaled.
  static func correlated(_ condition: Double, noise size: Double) -> Problem {
    var generator = SeededGenerator(seed: 22)
    let n = 4000, p = 10
    let Z: Matrix<Double> = generator.normalMatrix(n, p)
    // The second column is nearly the first: once scaled, their sum has length √2, their difference about √2 · share.
    let share = 2.2 / condition
    let X = Matrix<Double>(rows: n, columns: p) { i, j in j == 1 ? Z[i, 0] + share * Z[i, 1] : Z[i, j] }
    let noise: Matrix<Double> = generator.normalMatrix(n, 1), w: Matrix<Double> = generator.normalMatrix(p, 1)
    return Problem(
      name: "condition number \(condition), noise \(size)", X: X, y: linreg(X, w, [[1]]) + size * noise)
  }

  /// Noise of so many times the signal.
  static func noisy(_ ratio: Double) -> Problem {
    var generator = SeededGenerator(seed: 23)
    let X: Matrix<Double> = generator.normalMatrix(3000, 6),
      noise: Matrix<Double> = generator.normalMatrix(3000, 1)
    let w = Matrix<Double>(column: [1, -1, 0.5, 2, -0.7, 0.1])
    return Problem(
      name: "noise \(ratio) times the signal", X: X, y: linreg(X, w, [[3]]) + ratio * norm(w.elements) * noise
    )
  }

  /// Student's t with two degrees of freedom in columns and noise, and one row in a hundred twenty times as far out.
  static var heavyTailed: Problem {
    var generator = SeededGenerator(seed: 24)
    func t2() -> Double {
      let chi = (0..<2).reduce(0.0) { sum, _ in sum + pow(generator.nextNormal(), 2) }
      return generator.nextNormal() / (chi / 2).squareRoot()
    }
    let X = Matrix<Double>(rows: 2000, columns: 5) { i, _ in t2() * (i % 100 == 7 ? 20 : 1) }
    let y = Matrix<Double>(rows: 2000, columns: 1) { i, _ in X[i, 0] - X[i, 1] + 0.5 * X[i, 4] + t2() }
    return Problem(name: "heavy tails", X: X, y: y)
  }
}
