import LinearAlgebra
import TestSupport
import Testing

@Suite struct SVDTests {
  private func checkParts<Scalar: BLASScalar>(_ a: Matrix<Scalar>, _ svd: SVD<Scalar>) {
    #expect(ratio(svd.reconstructed(), a) < 30)
    #expect(orthonormality(svd.u) < 30)
    #expect(orthonormality(svd.v) < 30)
    #expect(svd.values == svd.values.sorted(by: >))
    #expect(svd.values.allSatisfy { $0 >= 0 })
    // A V = U Σ
    let k = svd.values.count
    let left = Matrix(rows: a.rowCount, columns: k) { svd.u[$0, $1] * svd.values[$1] }
    let right = gemm(a, Matrix(rows: a.columnCount, columns: k) { svd.v[$0, $1] })
    #expect(ratio(right, left) < 30)
  }

  @Test func everyShape() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 71)
      for (m, n) in shapes {
        let a: Matrix<Scalar> = generator.normalMatrix(m, n)
        let thin = try SVD(factoring: a), full = try SVD(factoring: a, vectors: .full)
        #expect(thin.u.shape == Shape(m, min(m, n)))
        #expect(thin.v.shape == Shape(n, min(m, n)))
        #expect(full.u.shape == Shape(m, m))
        #expect(full.v.shape == Shape(n, n))
        checkParts(a, thin)
        checkParts(a, full)
        let scale = Double(thin.values.first ?? 1)
        let values = try SVD.values(of: a)
        #expect(difference(values, thin.values, factor: 30 * Double(max(m, n)), scale: scale) == nil)
        let inverse = thin.pseudoinverse()
        #expect(inverse.shape == Shape(n, m))
        // The four equations of Moore and Penrose.
        let tolerance = 30 * Double(thin.conditionNumber)
        let left = gemm(a, inverse), right = gemm(inverse, a)
        #expect(ratio(gemm(left, a), a) < tolerance)
        #expect(ratio(gemm(right, inverse), inverse) < tolerance)
        #expect(ratio(left.transposed(), left) < tolerance)
        #expect(ratio(right.transposed(), right) < tolerance)
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test(arguments: [1.0, 1e3, 1e6]) func knownSpectrum(condition: Double) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 72)
      let spectrum = geometricSpectrum(9, condition: condition)
      for (m, n) in [(9, 9), (30, 9), (9, 30)] {
        let a: Matrix<Scalar> = generator.matrix(m, n, spectrum: spectrum)
        let svd = try SVD(factoring: a)
        #expect(difference(svd.values, spectrum.map { Scalar($0) }, factor: 50) == nil)
        #expect(difference(try SVD.values(of: a), spectrum.map { Scalar($0) }, factor: 50) == nil)
        checkParts(a, svd)
        // The distance from the closest matrix of lower rank is the first singular value left out.
        for rank in [0, 1, 4, 9] {
          let distance = try norm2(a - svd.approximation(rank: rank))
          #expect(difference([distance], [rank < 9 ? Scalar(spectrum[rank]) : 0], factor: 100) == nil)
        }
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func deficientRank() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 73)
      for (m, n) in [(12, 7), (7, 12), (7, 7)] {
        let a: Matrix<Scalar> = generator.matrix(m, n, spectrum: [3, 2, 1, 0.5, 0, 0, 0])
        let svd = try SVD(factoring: a, vectors: .full)
        #expect(svd.rank() == 4)
        #expect(svd.rank(relativeTolerance: 0.5) == 2)
        let basis = svd.nullspace()
        #expect(basis.shape == Shape(n, n - 4))
        #expect(orthonormality(basis) < 30)
        #expect(difference(gemm(a, basis), .zeros(m, n - 4), factor: 100) == nil)
        let inverse = try pseudoinverse(a)
        #expect(difference(gemm(gemm(a, inverse), a), a, factor: 100) == nil)
        #expect(difference(gemm(gemm(inverse, a), inverse), inverse, factor: 200) == nil)
        #expect(try rank(a) == 4)
      }
      let zero = try SVD(factoring: Matrix<Scalar>.zeros(3, 2), vectors: .full)
      #expect(zero.rank() == 0)
      #expect(zero.conditionNumber == .infinity)
      #expect(zero.pseudoinverse() == .zeros(2, 3))
      #expect(zero.nullspace().shape == Shape(2, 2))
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func difficultMatrices() throws {
    var generator = SeededGenerator(seed: 74)
    for a: Matrix<Double> in [hilbert(12), vandermonde(12), graded(12, &generator)] {
      checkParts(a, try SVD(factoring: a))
    }
    #expect(try rank(hilbert(15) as Matrix<Double>) < 15)
  }

  @Test(arguments: [1e-300, 1e300]) func scaledMatrices(scale: Double) throws {
    var generator = SeededGenerator(seed: 75)
    let a: Matrix<Double> = generator.normalMatrix(9, 6)
    let svd = try SVD(factoring: a), scaled = try SVD(factoring: scale * a)
    #expect(difference(scaled.values.map { $0 / scale }, svd.values, factor: 100) == nil)
    #expect(orthonormality(scaled.u) < 30)
    #expect(scaled.rank() == 6)
    #expect(ratio(gemm(scaled.pseudoinverse(), scale * a), .identity(6)) < 100 * svd.conditionNumber)
  }

  /// Shapes that are divided among threads, without and with a QR factorization first: singular values known, a third
  /// of them zero, with the same bits for any number of threads.
  @Test(arguments: [(300, 270), (265, 265), (270, 400)]) func largeShapes(m: Int, n: Int) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 76)
      let k = min(m, n), spectrum = (0..<k).map { $0 < 2 * k / 3 ? 3 - Double($0) / Double(k) : 0 }
      let a: Matrix<Scalar> = generator.matrix(m, n, spectrum: spectrum)
      let svd = try Parallelism.$threads.withValue(1) { try SVD(factoring: a) }
      #expect(difference(svd.values, spectrum.map { Scalar($0) }, factor: 50) == nil)
      #expect(difference(try SVD.values(of: a), spectrum.map { Scalar($0) }, factor: 50) == nil)
      #expect(svd.rank() == 2 * k / 3)
      checkParts(a, svd)
      let full = try SVD(factoring: a, vectors: .full)
      #expect(full.u.shape == Shape(m, m) && full.v.shape == Shape(n, n))
      checkParts(a, full)
      let valuesOfOne = try Parallelism.$threads.withValue(1) { try SVD.values(of: a) }
      for threads in 2...5 {
        try Parallelism.$threads.withValue(threads) {
          let many = try SVD(factoring: a)
          let areEqual = many.values == svd.values && many.u == svd.u && many.v == svd.v
          #expect(areEqual, "\(threads) threads")
          let isEqual = try SVD.values(of: a) == valuesOfOne
          #expect(isEqual, "\(threads) threads")
        }
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test(arguments: [1e-300, 1e300]) func scaledLargeMatrices(scale: Double) throws {
    var generator = SeededGenerator(seed: 77)
    let a: Matrix<Double> = generator.normalMatrix(largeOrder, 260)
    let svd = try SVD(factoring: scale * a)
    let values = svd.values.map { $0 / scale }
    #expect(ratio(gemm(a, svd.v), Matrix(rows: largeOrder, columns: 260) { svd.u[$0, $1] * values[$1] }) < 30)
    #expect(orthonormality(svd.u) < 30)
    #expect(orthonormality(svd.v) < 30)
    #expect(difference(try SVD.values(of: scale * a).map { $0 / scale }, values, factor: 30) == nil)
    let zero = try SVD(factoring: Matrix<Double>.zeros(300, 260), vectors: .full)
    #expect(zero.values == Array(repeating: 0, count: 260))
    #expect(orthonormality(zero.u) < 30)
    #expect(orthonormality(zero.v) < 30)
  }

  @Test func normsAndConditions() throws {
    let a: Matrix<Double> = [[3, 0], [0, -4], [0, 0]]
    #expect(difference([try norm2(a), try conditionNumber(a)], [4, 4 / 3], factor: 4) == nil)
    #expect(try norm2(Matrix<Double>.zeros(0, 3)) == 0)
    #expect(try conditionNumber(Matrix<Double>.zeros(0, 3)) == 1)
    #expect(try conditionNumber([[1, 1], [1, 1]] as Matrix<Double>) > 1e15)
    #expect(try conditionNumber(Matrix<Double>.zeros(2, 2)) == .infinity)
    #expect(try rank(Matrix<Double>.zeros(3, 0)) == 0)
    #expect(try rank([[1, 0], [0, 1e-3]] as Matrix<Double>, relativeTolerance: 0.01) == 1)
  }

  @Test func whatIsRefused() throws {
    let error = LAPACKError.nonFinite(argument: "A", row: 0, column: 1)
    let a: Matrix<Double> = [[1, .infinity], [0, 1]]
    #expect(throws: error) { try SVD(factoring: a) }
    #expect(throws: error) { try SVD.values(of: a) }
    #expect(throws: error) { try rank(a) }
    #expect(throws: error) { try pseudoinverse(a) }
    #expect(throws: LAPACKError.overflow(result: "the pseudoinverse")) {
      try pseudoinverse([[0x1p-1060]] as Matrix<Double>)
    }
  }

  @Test func shapesThatDoNotFitStop() async {
    let thin = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try SVD(factoring: Matrix<Double>.zeros(2, 3)).nullspace()
    }
    #expect(text(thin).contains("nullspace: V is 3 × 2, not square; decompose with vectors: .full"))
    let rank = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try SVD(factoring: Matrix<Double>.zeros(2, 3)).approximation(rank: 3)
    }
    #expect(text(rank).contains("approximation: rank 3 of 2 singular values"))
  }
}
