import CRowKernels
import LinearAlgebra
import TestSupport
import Testing

@testable import LinearRegression

/// The products of X, and what stands between them: errors, their sums, and rows gathered.
@Suite struct ProductsTests {
  /// (n, p, k): empty ones, single rows and columns, several blocks of rows, several groups of targets.
  private static let shapes = [
    (0, 3, 1), (1, 0, 1), (1, 1, 1), (3, 2, 1), (10, 2, 1), (300, 7, 1), (5000, 3, 1), (70, 900, 1),
    (1, 3, 2), (10, 5, 3), (40, 30, 64), (5000, 2, 101), (300, 0, 5), (9, 4, 0),
  ]

  private func batch<Scalar>(_ shape: (Int, Int, Int), _: Scalar.Type) -> (
    X: Matrix<Scalar>, w: Matrix<Scalar>, b: Matrix<Scalar>, y: Matrix<Scalar>
  ) {
    var random = SeededGenerator(seed: 140)
    let (n, p, k) = shape
    return (
      random.normalMatrix(n, p), random.normalMatrix(p, k), random.normalMatrix(1, k),
      random.normalMatrix(n, k)
    )
  }

  @Test(arguments: shapes) func predictionsAndGradientsAreThoseOfPlainLoops(shape: (Int, Int, Int)) {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      let (X, w, b, y) = batch(shape, Scalar.self)
      let (wide, target) = (Matrix<Double>(X), Matrix<Double>(y))
      let expected = Naive.linreg(wide, Matrix<Double>(w), Matrix<Double>(b))
      let predictions = linreg(X, w, b)
      #expect(
        difference(predictions, Matrix<Scalar>(expected), factor: 2, scale: Double(shape.1 + 8)) == nil,
        "\(Scalar.self) \(shape)")
      let exact = Naive.gradient(wide, predictions: Matrix<Double>(predictions), targets: target)
      let gradient = gradient(X, predictions: predictions, targets: y)
      let size = Double(shape.0 + 8) * Double(shape.1 + 8)
      #expect(
        difference(gradient.weights, Matrix<Scalar>(exact.weights), factor: 4, scale: size) == nil,
        "\(Scalar.self) \(shape)")
      #expect(difference(gradient.bias, Matrix<Scalar>(exact.bias), factor: 4, scale: size) == nil)
    }
    check(Float.self)
    check(Double.self)
  }

  /// A group of the targets by itself has the bits that it has among all: threads train one group each.
  @Test(arguments: [64, 75, 101, 200]) func aGroupOfTargetsHasTheBitsOfAll(k: Int) {
    func check<Scalar: BLASScalar>(_: Scalar.Type, _ n: Int, _ p: Int) {
      let (X, w, b, y) = batch((n, p, k), Scalar.self)
      let shape = BatchShape(rows: n, features: p, targets: k)
      #expect(shape.groupCount > 1 && shape.group(shape.groupCount - 1).upperBound == k)
      let predictions = linreg(X, w, b), whole = gradient(X, predictions: predictions, targets: y)
      func columns(_ matrix: Matrix<Scalar>, _ group: Range<Int>) -> Matrix<Scalar> {
        Matrix(rows: matrix.rowCount, columns: group.count) { matrix[$0, group.lowerBound + $1] }
      }
      for group in (0..<shape.groupCount).map(shape.group) {
        let own = linreg(X, columns(w, group), columns(b, group))
        let gradient = gradient(X, predictions: own, targets: columns(y, group))
        #expect(own == columns(predictions, group), "\(Scalar.self) \(n) × \(p), \(group)")
        #expect(
          gradient.weights == columns(whole.weights, group) && gradient.bias == columns(whole.bias, group))
      }
    }
    for (n, p) in [(1, 1), (8, 30), (256, 100), (700, 3), (40, 300)] {
      check(Float.self, n, p)
      check(Double.self, n, p)
    }
  }

  /// Large products are divided among threads, small ones are not: no bit may tell.
  @Test func threadsDoNotChangeABit() {
    for (n, p, k) in [(20_011, 60, 1), (3001, 20, 40)] {
      let (X, w, b, y) = batch((n, p, k), Float.self)
      let parts = (linreg(X, w, b), gradient(X, targets: y, w, b))
      for threads in 1...4 {
        Parallelism.$threads.withValue(threads) {
          #expect(linreg(X, w, b) == parts.0 && gradient(X, targets: y, w, b) == parts.1)
        }
      }
      #expect(BatchShape(rows: n, features: p, targets: k).blockRows(Float.self) < n)
    }
  }

  /// A million rows of 0.1 in Float: one long sum would be off in the third digit.
  @Test func longSumsInFloatKeepTheirDigits() {
    let X = Matrix<Float>(rows: 1_000_000, columns: 1, repeating: 0.1)
    let sums = gradient(X, predictions: X, targets: .zeros(1_000_000, 1))
    #expect(abs(Double(sums.weights[0, 0]) / 1e4 - 1) < 1e-4)
    #expect(abs(Double(sums.bias[0, 0]) / 1e5 - 1) < 1e-7)
  }

  @Test func oneInfinityStaysOne() {
    for p in [2, 9, 17, 31] {
      for place in 0..<p {
        var X = Matrix<Float>(rows: 6, columns: p, repeating: 1)
        X[2, place] = .infinity
        let predictions = linreg(X, Matrix(rows: p, columns: 1, repeating: 1), [[0]]).elements
        let finite = Float(p)
        #expect(predictions == [finite, finite, .infinity, finite, finite, finite])
        let ones = Matrix<Float>(rows: 6, columns: 1, repeating: 1)
        let sums = gradient(X, predictions: ones, targets: .zeros(6, 1)).weights.elements
        #expect(sums == (0..<p).map { $0 == place ? .infinity : 6 })
      }
    }
  }

  /// Predictions become errors, w (ŷ − y), and the sums over them are right on every instruction set, with elements
  /// behind the results that must stay as they were.
  @Test(arguments: [1, 2, 15, 16, 17, 33, 64], [(true, true), (true, false), (false, true), (false, false)])
  func targetsAreSubtracted(k: Int, having: (targets: Bool, weights: Bool)) {
    let (hasTargets, isWeighted) = having
    func check<Scalar: BLASScalar>(_: Scalar.Type, _ rows: Int, stride: Int) {
      var random = SeededGenerator(seed: 141)
      func numbers(_ count: Int) -> [Scalar] { (0..<count).map { _ in Scalar(random.nextNormal()) } }
      let start = numbers(rows * k), y = numbers(rows * stride), weights = numbers(rows).map { abs($0) }
      var expected = start, sums = [Double](repeating: 1, count: k), losses = sums
      for i in 0..<rows {
        for t in 0..<k {
          let error = start[i * k + t] - (hasTargets ? y[i * stride + t] : 0)
          losses[t] += Double(isWeighted ? weights[i] : 1) * Double(error) * Double(error) / 2
          expected[i * k + t] = error * (isWeighted ? weights[i] : 1)
          sums[t] += Double(expected[i * k + t])
        }
      }
      let guards = [Scalar](repeating: -77, count: 9)
      onEverySet { set in
        var errors = start + guards, ownSums = [Scalar](repeating: 1, count: k) + guards
        var ownLosses = [Double](repeating: 1, count: k) + [-77]
        let shape = BatchShape(rows: rows, features: 0, targets: k)
        y.withUnsafeBufferPointer { y in
          weights.withUnsafeBufferPointer { weights in
            RowKernel.formErrors(
              hasTargets ? y.baseAddress : nil, stride: stride,
              weights: isWeighted ? weights.baseAddress : nil,
              from: &errors, shape, sums: &ownSums, losses: &ownLosses)
          }
        }
        let size = Double(rows + 8)
        let difference =
          errors == expected + guards
          ? difference(ownSums, sums.map { Scalar($0) } + guards, factor: 4, scale: size)
            ?? difference(ownLosses, losses + [-77], factor: 4, scale: size) : "errors"
        if let difference {
          Issue.record("\(Scalar.self) set \(set.rawValue), \(rows) × \(k): \(difference)")
        }
      }
    }
    for rows in [0, 1, 7, 8, 9, 64, 65] {
      check(Float.self, rows, stride: k)
      check(Double.self, rows, stride: k)
      check(Float.self, rows, stride: k + 3)
      check(Double.self, rows, stride: k + 3)
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5, 16, 100, 300]) func gatheredRows(columns: Int) {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      var random = SeededGenerator(seed: 142)
      let source: Matrix<Scalar> = random.normalMatrix(50, columns)
      for count in [0, 1, 13, 200] {
        let rows = (0..<count).map { _ in Int32(random.nextInteger(below: 50)) }
        let expected = rows.flatMap { source[row: Int($0)] }
        #expect(source.gathered(rows).elements == expected)
      }
    }
    check(Float.self)
    check(Double.self)
  }
}
