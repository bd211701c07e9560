import Foundation
import LinearRegression
import TestSupport
import Testing

/// What reports of runs with a rate of the user's own say of the distance to the exact solution.
@Suite struct DistanceTests {
  /// Rows in pairs z and −z: every mean is zero, so that the solution has no intercept.
  private func paired(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix<Double> {
    var generator = SeededGenerator(seed: seed)
    let Z: Matrix<Double> = generator.normalMatrix(rows / 2, columns)
    return Matrix(rows: rows, columns: columns) { i, j in i % 2 == 0 ? Z[i / 2, j] : -Z[i / 2, j] }
  }

  /// min Σ (y − X w)² / n + Σ λⱼ wⱼ² in double-double: a penalty is a row √(n λⱼ) eⱼ of target 0.
  private func ridge(_ X: Matrix<Double>, _ y: Matrix<Double>, _ penalties: [Double]) throws -> [Double] {
    let (n, p) = (X.rowCount, X.columnCount)
    let rows = Matrix<Double>(rows: n + p, columns: p) { i, j in
      i < n ? X[i, j] : i - n == j ? (Double(n) * penalties[j]).squareRoot() : 0
    }
    let targets = Matrix<Double>(rows: n + p, columns: 1) { i, _ in i < n ? y[i, 0] : 0 }
    let fit = try LeastSquares(intercept: false, precision: .extended).fit(rows, targets)
    try #require(fit.rank == p && fit.certificate.solver == .extended)
    return fit.coefficients
  }

  /// A decay makes the solution unique, however little: what is claimed is the distance to that one, or no less.
  @Test(arguments: [0, 1e-8, 1e-5, 1e-3], [1e-20, 1e-16, 1e-14, 1e-12, 1e-10, 1e-8, 1e-4, 1])
  func decayOnDependentColumns(difference: Double, decay: Double) throws {
    let n = 400, p = 4
    let Z = paired(n, 5, seed: 40)
    for standardize in [true, false] {
      // The second column is the first but for a share of another one, and a factor.
      let X = Matrix<Double>(rows: n, columns: p) { i, j in
        j == 1 ? 4 * (Z[i, 0] + difference * Z[i, 1]) : Z[i, j]
      }
      let y = Matrix<Double>(rows: n, columns: 1) { i, _ in Z[i, 0] + Z[i, 2] + Z[i, 4] }
      let scales = try Standardization(X).scales, target = try Standardization(y).scales[0]
      let penalties = scales.map { decay * (standardize ? $0 * $0 : 1) }
      let exact = try ridge(X, y, penalties)
      let run = try SGD(
        epochs: 5, batchSize: 10, learningRate: 0.02, weightDecay: decay, seed: 1, standardize: standardize
      ).train(X, y)
      let d = (0..<p).map { run.model.coefficients[$0] - exact[$0] }
      let last = try #require(run.epochs.last)
      let bias = run.model.intercept / target
      let error = max(abs(bias), (0..<p).map { abs(d[$0]) * scales[$0] / target }.max()!)
      let claimed = try #require(last.gapToExact)
      // What rounding may hide: ε over the smallest eigenvalue of the curvature.
      let eigenvalue = difference * difference / 4 + decay / (standardize ? 1 : 16)
      let hidden = 20 * Double.ulpOfOne / eigenvalue
      let text = "decay \(decay), difference \(difference), standardised \(standardize)"
      #expect(claimed >= error * (1 - 1e-9), "\(text): claimed \(claimed), true \(error)")
      #expect(claimed <= error * (1 + 1e-9) + hidden, "\(text): claimed \(claimed), true \(error)")
      // The excess loss is dᵀ (XᵀX / n + Λ) d / 2, and that of the bias.
      let moved = linreg(X, Matrix(column: d), [[run.model.intercept]]).elements
      let excess =
        dot(moved, moved) / Double(2 * n) + (0..<p).reduce(0) { $0 + penalties[$1] * d[$1] * d[$1] / 2 }
      let told = try #require(last.excessLoss)
      #expect(abs(told - excess) <= 1e-6 * excess, "\(text): told \(told), true \(excess)")
    }
  }

  /// A decay of no size at all leaves the solution of least norm.
  @Test(arguments: [0.0, 1e-300, 1e-100, 1e-40])
  func theLeastDecayLeavesTheLeastNorm(decay: Double) throws {
    let Z = paired(400, 4, seed: 41)
    let X = Matrix<Double>(rows: 400, columns: 3) { i, j in Z[i, j == 1 ? 0 : j] }
    let y = Matrix<Double>(rows: 400, columns: 1) { i, _ in Z[i, 0] + Z[i, 2] + Z[i, 3] }
    let least = try LeastSquares(solver: .svd).fit(X, y)
    for standardize in [true, false] {
      let training = try Training(
        SGD(epochs: 2, learningRate: 0.02, weightDecay: decay, standardize: standardize), X, y)
      let report = try #require(try training.next()), exact = try #require(training.exact)
      #expect(difference(exact.coefficients, least.coefficients, factor: 100) == nil)
      let gap = try #require(report.gapToExact)
      #expect(gap < 10)
    }
  }

  /// In the units of a tiny column a decay can be beyond any number: there is no distance to tell, and no crash.
  @Test(arguments: [1e-140, 1e-160, 1e-300])
  func decayBeyondDouble(size: Double) throws {
    let Z = paired(200, 3, seed: 42)
    let X = Matrix<Double>(rows: 200, columns: 2) { i, j in Z[i, j] * (j == 0 ? size : 1) }
    let y = Matrix<Double>(rows: 200, columns: 1) { i, _ in Z[i, 1] + Z[i, 2] }
    let run = try SGD(epochs: 2, learningRate: 0.01, weightDecay: 1, standardize: false).train(X, y)
    let last = try #require(run.epochs.last)
    #expect(last.gapToExact == nil && last.excessLoss == nil)
    #expect(last.gradientNorm?.isFinite ?? true)
    #expect(run.model.weights.firstNonFinite() == nil)
  }

  /// Columns far from zero, whose means cannot be stored exactly: the distance is about the centred problem.
  @Test(arguments: [0, 0x1p20, 0x1p30, 0x1p34])
  func offsetsDoNotHideTheDistance(offset: Double) throws {
    var generator = SeededGenerator(seed: 43)
    let Z: Matrix<Double> = generator.normalMatrix(300, 3)
    // On a grid, so that sums with the offset are exact; three columns, for their mean is none of 2⁻ᵏ.
    let X = Matrix<Double>(rows: 300, columns: 3) { i, j in
      (Z[i, j] * 0x1p10).rounded() * 0x1p-10 + offset * Double(j + 1)
    }
    let y = Matrix<Double>(rows: 300, columns: 1) { i, _ in X[i, 0] - 2 * X[i, 1] + 0.5 * X[i, 2] + 1 }
    // Without noise plain steps reach the solution.
    for averaging in [SGD.Averaging.none, .tail(0.1)] {
      let run = try SGD(epochs: 100, batchSize: 10, learningRate: 0.2, averaging: averaging, seed: 2).train(
        X, y)
      let last = try #require(run.epochs.last)
      let gap = try #require(last.gapToExact)
      #expect(gap < 1e-13, "told \(gap)")
      let excess = try #require(last.excessLoss)
      #expect(excess < 1e-26)
      // The least loss is known to rounding of that of y.
      let deviation = try Standardization(y).scales[0]
      #expect(last.loss < 10 * Double.ulpOfOne * deviation * deviation)
    }
  }

  /// Above 2048 columns the gradient is all that is known: it is that of the loss with the decay.
  @Test func theGradientIsThatOfTheDecayedLoss() throws {
    let n = 60, p = 2049, decay = 0.5
    let Z = paired(n, p + 1, seed: 44)
    let X = Matrix<Double>(rows: n, columns: p) { Z[$0, $1] }, y = Matrix<Double>(column: Z[column: p])
    let run = try SGD(epochs: 1, batchSize: 10, learningRate: 1e-4, weightDecay: decay, seed: 3).train(X, y)
    let scales = try Standardization(X).scales, target = try Standardization(y).scales[0]
    let residual = (y - run.model.predict(X)).elements
    let gradient = (0..<p).map { j in
      (dot(X[column: j], residual) / Double(n) / scales[j]
        - decay * run.model.coefficients[j] * scales[j]) / target
    }
    let bias = residual.reduce(0, +) / Double(n) / target
    let told = try #require(run.epochs[0].gradientNorm)
    #expect(difference([told], [norm(gradient + [bias])], factor: 1e4) == nil)
  }
}
