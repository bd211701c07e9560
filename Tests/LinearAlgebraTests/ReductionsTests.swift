import LinearAlgebra
import TestSupport
import Testing

/// Sums, means, extrema, norms and comparisons.
@Suite struct ReductionsTests {
  /// Shapes on both sides of the widths that are worked on at once: 8, 64, 128 rows, 512 elements.
  static let shapes = [
    (0, 0), (0, 3), (3, 0), (1, 1), (3, 5), (1, 511), (1, 513), (130, 7), (260, 3), (9, 64), (2, 65),
    (5, 127),
  ]

  @Test func sums() {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      var generator = SeededGenerator(seed: 21)
      for (m, n) in Self.shapes {
        // Multiples of 1/16, whose sums are exact in Double.
        let a = Matrix<Scalar>(generator.dyadicMatrix(m, n))
        let doubles = a.elements.map { Double($0) }
        func sum(_ numbers: [Scalar]) -> Scalar { Scalar(numbers.reduce(0) { $0 + Double($1) }) }
        #expect(a.sum() == Scalar(doubles.reduce(0, +)), "\(m) × \(n)")
        #expect(a.rowSums() == a.rows.map(sum), "\(m) × \(n)")
        #expect(a.columnSums() == a.transposed().rows.map(sum), "\(m) × \(n)")
        #expect(a[rows: 0...].sum() == a.sum())
        if a.isEmpty { continue }
        #expect(a.mean() == Scalar(doubles.reduce(0, +) / Double(m * n)), "\(m) × \(n)")
        #expect(a.rowMeans() == a.rowSums().map { Scalar(Double($0) / Double(n)) }, "\(m) × \(n)")
        #expect(a.columnMeans() == a.columnSums().map { Scalar(Double($0) / Double(m)) }, "\(m) × \(n)")
      }
      let empty = Matrix<Scalar>.zeros(0, 2)
      #expect(empty.mean().isNaN)
      #expect(empty.rowMeans() == [])
      #expect(empty.columnMeans().allSatisfy { $0.isNaN })
      #expect(Matrix<Scalar>.zeros(2, 0).rowMeans().count == 2)
    }
    check(Float.self)
    check(Double.self)
  }

  /// 0.1 a hundred thousand times: one after the other the sum in Double is off by 10⁻⁸, ten thousand ulp.
  @Test func sumsArePairwise() {
    let tall = Matrix<Double>(rows: 100_000, columns: 1, repeating: 0.1)
    let exact = 10_000.000_000_000_000_555  // 10⁵ times the Double that is closest to 0.1
    for sum in [tall.sum(), tall.columnSums()[0], tall.reshaped(rows: 1, columns: 100_000).rowSums()[0]] {
      #expect(abs(sum - exact) <= 16 * exact.ulp)
    }
    let single = Matrix<Float>(rows: 100_000, columns: 1, repeating: 0.1)
    #expect(single.sum() == Float(100_000 * Double(Float(0.1))))
    #expect(single.columnSums() == [single.sum()])
  }

  @Test func extrema() {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      var generator = SeededGenerator(seed: 22)
      for (m, n) in Self.shapes {
        let a = Matrix<Scalar>(generator.dyadicMatrix(m, n))
        #expect(a.min() == a.elements.min(), "\(m) × \(n)")
        #expect(a.max() == a.elements.max(), "\(m) × \(n)")
        #expect(a.norm(.max) == a.elements.map { abs($0) }.max() ?? 0, "\(m) × \(n)")
        if a.isEmpty { continue }
        #expect(a.rowMinima() == a.rows.map { $0.min()! }, "\(m) × \(n)")
        #expect(a.rowMaxima() == a.rows.map { $0.max()! }, "\(m) × \(n)")
        #expect(a.columnMinima() == a.transposed().rows.map { $0.min()! }, "\(m) × \(n)")
        #expect(a.columnMaxima() == a.transposed().rows.map { $0.max()! }, "\(m) × \(n)")
      }
      #expect(Matrix<Scalar>.zeros(2, 0).rowMinima().count == 2)
      #expect(Matrix<Scalar>.zeros(2, 0).rowMaxima().allSatisfy { $0.isNaN })
      #expect(Matrix<Scalar>.zeros(0, 2).columnMinima().allSatisfy { $0.isNaN })
      #expect(Matrix<Scalar>.zeros(0, 2).columnMaxima().count == 2)
    }
    check(Float.self)
    check(Double.self)
  }

  /// Wherever a NaN is, first, last or between, everything that it takes part in is NaN, and nothing else.
  @Test func nanIsPassedOn() {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      for (m, n) in [(1, 1), (3, 5), (2, 67), (131, 2)] {
        for index in [0, 1, m * n / 2, m * n - 1] where index < m * n {
          var a = Matrix<Scalar>(rows: m, columns: n) { Scalar($0 - $1) }
          a[index / n, index % n] = .nan
          let all = [a.sum(), a.mean(), a.min()!, a.max()!]
          #expect(all.allSatisfy { $0.isNaN }, "\(m) × \(n), element \(index)")
          let norms = [MatrixNorm.one, .infinity, .frobenius, .max].map { a.norm($0) }
          #expect(norms.allSatisfy { $0.isNaN }, "\(m) × \(n), element \(index)")
          for byRow in [a.rowSums(), a.rowMeans(), a.rowMinima(), a.rowMaxima()] {
            #expect(byRow.indices.allSatisfy { byRow[$0].isNaN == ($0 == index / n) })
          }
          for byColumn in [a.columnSums(), a.columnMeans(), a.columnMinima(), a.columnMaxima()] {
            #expect(byColumn.indices.allSatisfy { byColumn[$0].isNaN == ($0 == index % n) })
          }
        }
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func norms() {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      let a: Matrix<Scalar> = [[1, -2, 2], [-4, 0, 0]]
      #expect(a.norm(.one) == 5)
      #expect(a.norm(.infinity) == 5)
      #expect(a.transposed().norm(.infinity) == 5)
      #expect((a * 2).norm(.frobenius) == 10)
      #expect(a.norm(.max) == 4)
      #expect(a[rows: 1...].norm(.frobenius) == 4)
      #expect(Matrix<Scalar>([[1, 2], [3, 4]]).norm(.one) == 6)
      #expect(Matrix<Scalar>([[1, 2], [3, 4]]).norm(.infinity) == 7)
      for norm in [MatrixNorm.one, .infinity, .frobenius, .max] {
        #expect(Matrix<Scalar>.zeros(0, 3).norm(norm) == 0)
        #expect(Matrix<Scalar>.zeros(3, 0).norm(norm) == 0)
        #expect(Matrix<Scalar>.zeros(3, 2).norm(norm) == 0)
        #expect(Matrix<Scalar>([[1, -.infinity]]).norm(norm) == .infinity)
      }
      // Squares that overflow, and squares that underflow.
      for size in [Scalar.greatestFiniteMagnitude / 8, Scalar.leastNonzeroMagnitude * 64] {
        #expect(Matrix<Scalar>([[3 * size, 0], [0, -4 * size]]).norm(.frobenius) == 5 * size)
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func approximateEquality() {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      var generator = SeededGenerator(seed: 23)
      let a: Matrix<Scalar> = generator.normalMatrix(20, 30),
        e: Matrix<Scalar> = generator.normalMatrix(20, 30)
      let tolerance = Scalar.ulpOfOne.squareRoot(), unit = a.norm(.frobenius) / e.norm(.frobenius)
      #expect(a.isApproximatelyEqual(to: a))
      #expect(a.isApproximatelyEqual(to: a + 0.9 * tolerance * unit * e))
      #expect(!a.isApproximatelyEqual(to: a + 1.1 * tolerance * unit * e))
      #expect(a.isApproximatelyEqual(to: a + 0.09 * unit * e, relativeTolerance: 0.1))
      #expect(!a.isApproximatelyEqual(to: a + 0.12 * unit * e, relativeTolerance: 0.1))
      #expect(a.isApproximatelyEqual(to: a + 1, absoluteTolerance: 1.01, norm: .max))
      #expect(!a.isApproximatelyEqual(to: a + 1, absoluteTolerance: 0.99, norm: .max))
      #expect(a[rows: 1...].isApproximatelyEqual(to: a[rows: 1...]))
      #expect(!a.isApproximatelyEqual(to: a.transposed()))
      #expect(!Matrix<Scalar>.zeros(0, 3).isApproximatelyEqual(to: .zeros(3, 0)))
      #expect(Matrix<Scalar>.zeros(0, 3).isApproximatelyEqual(to: .zeros(0, 3)))
      // Relative to zeros nothing is small.
      #expect(!Matrix<Scalar>.zeros(1, 1).isApproximatelyEqual(to: [[.leastNonzeroMagnitude]]))

      let nan: Matrix<Scalar> = [[1, .nan]], infinite: Matrix<Scalar> = [[1, .infinity]]
      #expect(!nan.isApproximatelyEqual(to: nan))
      #expect(!nan.isApproximatelyEqual(to: [[1, 1]], absoluteTolerance: .infinity))
      #expect(infinite.isApproximatelyEqual(to: infinite))
      #expect(!infinite.isApproximatelyEqual(to: [[2, .infinity]]))
      #expect(!infinite.isApproximatelyEqual(to: [[1, .greatestFiniteMagnitude]]))
      // Norms that overflow.
      let huge = Scalar.greatestFiniteMagnitude
      #expect(Matrix([[huge, huge]]).isApproximatelyEqual(to: [[huge, huge.nextDown]]))
      #expect(!Matrix([[huge, huge]]).isApproximatelyEqual(to: [[huge, 0.9 * huge]]))
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func tolerancesHaveARange() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Matrix<Double>.zeros(1, 1).isApproximatelyEqual(to: .zeros(1, 1), relativeTolerance: 2)
    }
    #expect(text(result).contains("a relative tolerance of 2.0, which is not within 0 ... 1"))
  }
}
