import CRowKernels
import LinearAlgebra
import TestSupport
import Testing

@testable import LinearRegression

/// The kernels of one type.
private struct BatchKernels<Scalar: BLASScalar>: Sendable {
  typealias Input = UnsafePointer<Scalar>
  typealias Output = UnsafeMutablePointer<Scalar>
  typealias Order = UnsafePointer<Int32>?

  let predict: @Sendable (Input, Int, Int, Order, Input?, Input, Scalar, Output) -> Void
  let addGradient: @Sendable (Input, Int, Int, Order, Input, Output, Output) -> Void
  let predictTargets: @Sendable (Input, Int, Int, Order, Input, Int, Input, Output) -> Void
  let addGradientTargets: @Sendable (Input, Int, Int, Order, Input, Int, Output) -> Void
  let addHalfSquares: @Sendable (Input, Int, UnsafeMutablePointer<Double>) -> Void
}

private let floats = BatchKernels<Float>(
  predict: predict_rows_f32, addGradient: add_gradient_rows_f32, predictTargets: predict_targets_f32,
  addGradientTargets: add_gradient_targets_f32, addHalfSquares: add_half_squares_f32)
private let doubles = BatchKernels<Double>(
  predict: predict_rows_f64, addGradient: add_gradient_rows_f64, predictTargets: predict_targets_f64,
  addGradientTargets: add_gradient_targets_f64, addHalfSquares: add_half_squares_f64)

/// What a batch gives, with elements behind the results that must stay as they were.
private struct BatchResults<Scalar: BLASScalar>: Equatable {
  var predictions: [Scalar]
  var gradient: [Scalar]
  var bias: [Scalar]

  static var guards: [Scalar] { [Scalar](repeating: -77, count: 9) }
}

/// A batch of random numbers, worked by the kernels and by plain loops.
private struct Batch<Scalar: BLASScalar> {
  let (rows, p, k): (Int, Int, Int)
  let x, w, b, errors, start: [Scalar]

  init(_ rows: Int, _ p: Int, _ k: Int, _ generator: inout SeededGenerator) {
    (self.rows, self.p, self.k) = (rows, p, k)
    func numbers(_ count: Int) -> [Scalar] { (0..<count).map { _ in Scalar(generator.nextNormal()) } }
    x = numbers(rows * p)
    w = numbers(p * k)
    b = numbers(k)
    errors = numbers(rows * k)
    start = numbers(p * k)
  }

  func run(
    _ kernels: BatchKernels<Scalar>, several: Bool, from x: [Scalar]? = nil, order: [Int32]? = nil
  ) -> BatchResults<Scalar> {
    let x = x ?? self.x
    var predictions = [Scalar](repeating: 0, count: rows * k) + BatchResults<Scalar>.guards
    var gradient = start + BatchResults<Scalar>.guards
    var bias = [Scalar](repeating: 1, count: k) + BatchResults<Scalar>.guards
    func run(_ order: UnsafePointer<Int32>?) {
      if several {
        kernels.predictTargets(x, p, rows, order, w, k, b, &predictions)
        kernels.addGradientTargets(x, p, rows, order, errors, k, &gradient)
      } else {
        kernels.predict(x, p, rows, order, nil, w, b[0], &predictions)
        kernels.addGradient(x, p, rows, order, errors, &gradient, &bias)
      }
    }
    if let order { order.withUnsafeBufferPointer { run($0.baseAddress) } } else { run(nil) }
    return BatchResults(predictions: predictions, gradient: gradient, bias: bias)
  }

  /// Where results are further from sums in Double than rounding explains.
  func difference(_ results: BatchResults<Scalar>, several: Bool) -> String? {
    var predictions = [Scalar](), gradient = [Scalar](), bias = [Scalar]()
    for i in 0..<rows {
      for t in 0..<k {
        predictions.append(
          Scalar((0..<p).reduce(Double(b[t])) { $0 + Double(x[i * p + $1]) * Double(w[$1 * k + t]) }))
      }
    }
    for j in 0..<p {
      for t in 0..<k {
        gradient.append(
          Scalar(
            (0..<rows).reduce(Double(start[j * k + t])) {
              $0 + Double(x[$1 * p + j]) * Double(errors[$1 * k + t])
            }))
      }
    }
    for t in 0..<k {
      bias.append(several ? 1 : Scalar((0..<rows).reduce(1) { $0 + Double(errors[$1 * k + t]) }))
    }
    let guards = BatchResults<Scalar>.guards
    return TestSupport.difference(results.predictions, predictions + guards, factor: 2, scale: Double(p + 8))
      ?? TestSupport.difference(results.gradient, gradient + guards, factor: 2, scale: Double(rows + 8))
      ?? TestSupport.difference(results.bias, bias + guards, factor: 1, scale: Double(rows + 8))
  }
}

/// The kernels of a training step on every instruction set that this processor has.
@Suite(.serialized) struct BatchKernelTests {
  private static let rows = Array(0...20) + [63, 64, 65, 129, 300]
  private static let features = Array(1...20) + [31, 32, 33, 100, 147]

  @Test(arguments: features) func oneTarget(p: Int) {
    func check<Scalar>(_ kernels: BatchKernels<Scalar>) {
      var generator = SeededGenerator(seed: 140)
      for rows in Self.rows {
        let batch = Batch<Scalar>(rows, p, 1, &generator)
        onEverySet { set in
          let difference = batch.difference(batch.run(kernels, several: false), several: false)
          if let difference {
            Issue.record("\(Scalar.self) set \(set.rawValue), \(rows) × \(p): \(difference)")
          }
        }
      }
    }
    check(floats)
    check(doubles)
  }

  @Test(arguments: [2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 31, 33, 64]) func severalTargets(k: Int) {
    func check<Scalar>(_ kernels: BatchKernels<Scalar>) {
      var generator = SeededGenerator(seed: 141)
      for (rows, p) in [
        (0, 3), (1, 1), (2, 5), (3, 6), (4, 7), (5, 2), (6, 0), (7, 13), (10, 100), (65, 8), (130, 3),
        (50, 131),
        (129, 50),
      ] {
        let batch = Batch<Scalar>(rows, p, k, &generator)
        onEverySet { set in
          let difference = batch.difference(batch.run(kernels, several: true), several: true)
          if let difference {
            Issue.record("\(Scalar.self) set \(set.rawValue), \(rows) × \(p) × \(k): \(difference)")
          }
        }
      }
    }
    check(floats)
    check(doubles)
  }

  /// A batch by positions in a larger matrix has the bits of the same rows one after the other.
  @Test func positionsAndConsecutiveRowsGiveTheSameBits() {
    func check<Scalar>(_ kernels: BatchKernels<Scalar>, _ rows: Int, _ p: Int, _ k: Int) {
      var generator = SeededGenerator(seed: 142)
      let batch = Batch<Scalar>(rows, p, k, &generator)
      // The rows backwards, each behind one of other numbers.
      let order = (0..<rows).map { Int32(2 * (rows - 1 - $0) + 1) }
      var scattered = [Scalar](repeating: 1e9, count: 2 * rows * p)
      for i in 0..<rows {
        for j in 0..<p { scattered[Int(order[i]) * p + j] = batch.x[i * p + j] }
      }
      onEverySet { set in
        let consecutive = batch.run(kernels, several: k > 1)
        if batch.run(kernels, several: k > 1, from: scattered, order: order) != consecutive {
          Issue.record("\(Scalar.self) set \(set.rawValue), \(rows) × \(p) × \(k)")
        }
      }
    }
    for rows in [1, 2, 3, 4, 5, 7, 10, 64, 131, 300] {
      for p in [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 30, 64, 100, 300] {
        check(floats, rows, p, 1)
        check(doubles, rows, p, 1)
      }
      for (p, k) in [(1, 2), (5, 7), (30, 10), (100, 64)] {
        check(floats, rows, p, k)
        check(doubles, rows, p, k)
      }
    }
  }

  /// A prediction depends on its row alone, so that predictions for some rows are those for all.
  @Test func predictionsDoNotDependOnTheBatch() {
    func check<Scalar>(_ kernels: BatchKernels<Scalar>, _ p: Int, _ k: Int) {
      var generator = SeededGenerator(seed: 143)
      let batch = Batch<Scalar>(61, p, k, &generator)
      onEverySet { set in
        let all = batch.run(kernels, several: k > 1).predictions
        for i in 0..<batch.rows {
          var alone = [Scalar](repeating: 0, count: k)
          let row = Array(batch.x[i * p..<(i + 1) * p])
          if k > 1 {
            kernels.predictTargets(row, p, 1, nil, batch.w, k, batch.b, &alone)
          } else {
            kernels.predict(row, p, 1, nil, nil, batch.w, batch.b[0], &alone)
          }
          if alone[...] != all[i * k..<(i + 1) * k] {
            Issue.record("set \(set.rawValue), row \(i) of \(p) × \(k)")
          }
        }
      }
    }
    for p in [1, 3, 7, 8, 13, 40, 150] {
      for k in [1, 3, 20] {
        check(floats, p, k)
        check(doubles, p, k)
      }
    }
  }

  /// One infinite element stays one: what overlapping vectors mask is not multiplied.
  @Test(arguments: [2, 5, 8, 9, 13, 17, 31]) func infinitiesStayWhereTheyAre(p: Int) {
    func check<Scalar>(_ kernels: BatchKernels<Scalar>) {
      onEverySet { set in
        for place in 0..<p {
          var x = [Scalar](repeating: 1, count: 6 * p)
          x[2 * p + place] = .infinity
          let ones = [Scalar](repeating: 1, count: max(p, 6))
          var predictions = [Scalar](repeating: 0, count: 6), gradient = [Scalar](repeating: 0, count: p)
          var bias: Scalar = 0
          kernels.predict(x, p, 6, nil, nil, ones, 0, &predictions)
          kernels.addGradient(x, p, 6, nil, ones, &gradient, &bias)
          let finite = Scalar(p)
          if predictions != [finite, finite, .infinity, finite, finite, finite] {
            Issue.record("set \(set.rawValue), place \(place): \(predictions)")
          }
          if gradient != (0..<p).map({ $0 == place ? .infinity : 6 }) {
            Issue.record("set \(set.rawValue), place \(place): \(gradient)")
          }
        }
      }
    }
    check(floats)
    check(doubles)
  }

  /// A million rows of 0.1 in Float: one long sum would be off in the third digit.
  @Test func longSumsInFloatKeepTheirDigits() {
    let rows = 1_000_000
    let x = [Float](repeating: 0.1, count: rows), ones = [Float](repeating: 1, count: rows)
    onEverySet { set in
      var (gradient, bias, wide): (Float, Float, [Float]) = (0, 0, [0, 0])
      add_gradient_rows_f32(x, 1, rows, nil, x, &gradient, &bias)
      add_gradient_targets_f32(ones, 1, rows / 2, nil, x, 2, &wide)
      for (sum, expected) in [(gradient, 1e4), (bias, 1e5), (wide[0], 5e4), (wide[1], 5e4)] {
        if abs(Double(sum) / expected - 1) > 1e-4 {
          Issue.record("set \(set.rawValue): \(sum) not \(expected)")
        }
      }
      if abs(Double(bias) / 1e5 - 1) > 1e-7 { Issue.record("set \(set.rawValue): bias \(bias)") }
    }
  }

  @Test func halfSquares() {
    func check<Scalar>(_ kernels: BatchKernels<Scalar>) {
      var generator = SeededGenerator(seed: 144)
      for rows in Self.rows {
        let errors = (0..<rows).map { _ in Scalar(generator.nextNormal()) }
        let expected = errors.reduce(1) { $0 + Double($1) * Double($1) / 2 }
        onEverySet { set in
          var sum = 1.0
          kernels.addHalfSquares(errors, rows, &sum)
          if abs(sum - expected) > 1e-13 * Double(rows + 1) {
            Issue.record("set \(set.rawValue), \(rows): \(sum)")
          }
        }
      }
    }
    check(floats)
    check(doubles)
  }

  /// A step by positions has the bits of a step on the gathered rows, in blocks too.
  @Test func aStepByPositionsHasTheBitsOfGatheredRows() {
    func step<Scalar: BLASScalar>(_ shape: BatchShape, _ x: [Scalar], _ y: [Scalar], _ order: [Int32]?)
      -> [Scalar]
    {
      let k = shape.targets
      let w = (0..<shape.features * k).map { Scalar($0 % 7) - 3 }, b = [Scalar](repeating: 0.1, count: k)
      var errors = [Scalar](repeating: 0, count: shape.rows * k)
      var (weights, bias) = ([Scalar](repeating: 0, count: w.count), [Scalar](repeating: 0, count: k))
      func run(_ order: UnsafePointer<Int32>?) {
        Kernel.predict(shape, x, at: order, w, b, into: &errors)
        Kernel.subtract(y, from: &errors, count: shape.rows * k)
        Kernel.addGradient(shape, x, at: order, errors: errors, weights: &weights, bias: &bias)
      }
      if let order { order.withUnsafeBufferPointer { run($0.baseAddress) } } else { run(nil) }
      return errors + weights + bias
    }
    func check<Scalar: BLASScalar>(_: Scalar.Type, _ rows: Int, _ p: Int, _ k: Int) {
      var generator = SeededGenerator(seed: 145)
      let shape = BatchShape(rows: rows, features: p, targets: k)
      #expect(shape.takesPositions(Scalar.self))
      let x = (0..<2 * rows * p).map { _ in Scalar(generator.nextNormal()) }
      let y = (0..<2 * rows * k).map { _ in Scalar(generator.nextNormal()) }
      let order = (0..<rows).map { Int32(($0 * 7) % (2 * rows)) }
      func gathered(_ values: [Scalar], _ columns: Int) -> [Scalar] {
        order.flatMap { values[Int($0) * columns..<(Int($0) + 1) * columns] }
      }
      #expect(
        step(shape, x, gathered(y, k), order) == step(shape, gathered(x, p), gathered(y, k), nil),
        "\(rows) × \(p) × \(k)")
    }
    for (rows, p, k) in [(1, 1, 1), (10, 2, 1), (300, 100, 1), (1, 3, 6), (256, 100, 64), (3000, 5, 8)] {
      check(Float.self, rows, p, k)
      check(Double.self, rows, p, k)
    }
  }

  @Test func rowsThatAreFetchedAheadDoNotMatter() {
    var generator = SeededGenerator(seed: 99)
    for (rows, p) in [(1, 1), (7, 3), (33, 10), (64, 100)] {
      let x: Matrix<Float> = generator.normalMatrix(2 * rows, p),
        w: Matrix<Float> = generator.normalMatrix(p, 1)
      let order = (0..<Int32(rows)).reversed() as [Int32]
      var plain = [Float](repeating: 0, count: rows), ahead = plain
      onEverySet { _ in
        x.withUnsafeElements { x in
          w.withUnsafeElements { w in
            predict_rows_f32(x.baseAddress!, p, rows, order, nil, w.baseAddress!, 1, &plain)
            // The second half of the matrix, to its last element.
            predict_rows_f32(
              x.baseAddress!, p, rows, order, x.baseAddress! + rows * p, w.baseAddress!, 1, &ahead)
          }
        }
        #expect(plain == ahead)
      }
    }
  }

  @Test func aBatchInOneCallHasTheBitsOfItsParts() {
    func check<Scalar: BLASScalar>(_: Scalar.Type, _ rows: Int, _ p: Int) {
      var generator = SeededGenerator(seed: UInt64(rows + p))
      func numbers(_ count: Int) -> [Scalar] { (0..<count).map { _ in Scalar(generator.nextNormal()) } }
      let x = numbers(rows * p), w = numbers(p), y = numbers(rows), start = numbers(p + 1)
      let shuffled = generator.permutation(rows), shape = BatchShape(rows: rows, features: p, targets: 1)
      onEverySet { set in
        for order in [nil, shuffled] {
          var parts = (errors: [Scalar](repeating: 0, count: rows), gradient: start), whole = parts
          Kernel.predict(shape, x, at: order, w, [0.5], into: &parts.errors)
          Kernel.subtract(y, from: &parts.errors, count: rows)
          var loss = 0.0
          Kernel.addSquaredLoss(shape, errors: parts.errors, into: &loss)
          parts.gradient.withUnsafeMutableBufferPointer { gradient in
            Kernel.addGradient(
              shape, x, at: order, errors: parts.errors, weights: gradient.baseAddress,
              bias: gradient.baseAddress! + p)
          }
          let half = whole.gradient.withUnsafeMutableBufferPointer { gradient in
            x.withUnsafeBufferPointer { x in
              RowKernel.differentiate(
                shape, x.baseAddress!, order, ahead: order == nil ? nil : x.baseAddress, w, 0.5, y,
                errors: &whole.errors, weights: gradient.baseAddress!, bias: gradient.baseAddress! + p)
            }
          }
          #expect(parts.errors == whole.errors && parts.gradient == whole.gradient, "\(set) \(rows) × \(p)")
          #expect(half == loss)
        }
      }
    }
    for (rows, p) in [(1, 1), (10, 2), (9, 7), (255, 8), (256, 100), (300, 1000)] {
      check(Float.self, rows, p)
      check(Double.self, rows, p)
    }
  }

  @Test func sumsOfErrors() {
    func check<Scalar: BLASScalar>(
      _ addHalfSquares: (UnsafePointer<Scalar>, Int, Int, UnsafeMutablePointer<Double>) -> Void,
      _ addSums: (UnsafePointer<Scalar>, Int, Int, UnsafeMutablePointer<Scalar>) -> Void
    ) {
      var generator = SeededGenerator(seed: 98)
      for (rows, k) in [(0, 1), (1, 1), (3, 1), (10, 1), (257, 1), (5, 3), (64, 16), (33, 17), (20, 40)] {
        let errors: Matrix<Scalar> = generator.normalMatrix(rows, k)
        let start: [Double] = (0..<k).map { _ in generator.nextNormal() }
        onEverySet { _ in
          var sums = start + [-77], bias = start.map { Scalar($0) } + [-77]
          addHalfSquares(errors.elements + [0], rows, k, &sums)
          addSums(errors.elements + [0], rows, k, &bias)
          let columns = (0..<k).map { t in (0..<rows).map { Double(errors[$0, t]) } }
          #expect(
            TestSupport.difference(
              sums, zip(start, columns).map { $0 + $1.reduce(0) { $0 + $1 * $1 / 2 } } + [-77], factor: 100)
              == nil)
          #expect(
            TestSupport.difference(
              bias, zip(start, columns).map { Scalar(Double(Scalar($0)) + $1.reduce(0, +)) } + [-77],
              factor: 100) == nil)
        }
      }
    }
    check(add_half_squares_targets_f32, add_sums_targets_f32)
    check(add_half_squares_targets_f64, add_sums_targets_f64)
  }
}
