import LinearAlgebra
import TestSupport
import Testing

@Suite struct SymmetricEigenTests {
  @Test(arguments: orders + [70]) func everyOrder(n: Int) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 81)
      let spectrum = (0..<n).map { Double($0) - Double(n) / 3 }
      let a: Matrix<Scalar> = symmetric(spectrum, &generator)
      for triangle in [nil, Triangle.upper, .lower] {
        let eigen = try SymmetricEigen(factoring: a, triangle: triangle)
        #expect(difference(eigen.values, spectrum.map { Scalar($0) }, factor: 30) == nil)
        #expect(orthonormality(eigen.vectors) < 30)
        #expect(ratio(eigen.reconstructed(), a) < 30)
        let scaled = Matrix(rows: n, columns: n) { eigen.vectors[$0, $1] * eigen.values[$1] }
        #expect(ratio(gemm(a, eigen.vectors), scaled) < 30)
        let values = try SymmetricEigen.values(of: a, triangle: triangle)
        #expect(difference(values, eigen.values, factor: 30) == nil)
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func difficultMatrices() throws {
    // Equal eigenvalues; and those of the Hilbert matrix, of which half are rounding.
    var generator = SeededGenerator(seed: 82)
    for a: Matrix<Double> in [symmetric([1, 1, 1, 2, 2, 2, 2], &generator), hilbert(12), .zeros(5, 5)] {
      let eigen = try SymmetricEigen(factoring: a)
      #expect(orthonormality(eigen.vectors) < 30)
      #expect(ratio(eigen.reconstructed(), a) < 30)
      #expect(eigen.values == eigen.values.sorted())
    }
  }

  @Test(arguments: [1e-300, 1e300]) func scaledMatrices(scale: Double) throws {
    var generator = SeededGenerator(seed: 83)
    let a: Matrix<Double> = symmetric([-2, 1, 3, 7], &generator)
    let eigen = try SymmetricEigen(factoring: scale * a)
    #expect(difference(eigen.values.map { $0 / scale }, [-2, 1, 3, 7], factor: 30) == nil)
    #expect(orthonormality(eigen.vectors) < 30)
  }

  /// Orders that are divided among threads: every eigenvalue known, a third of them equal and a third zero, at scales
  /// whose squares over- and underflow, with the same bits for any number of threads.
  @Test func largeOrders() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type, scales: [Scalar]) throws {
      var generator = SeededGenerator(seed: 84)
      let n = largeOrder, spectrum = (0..<n).map { $0 < 100 ? Double($0) - 120 : $0 < 200 ? 0 : 7 }
      let unscaled: Matrix<Scalar> = symmetric(spectrum, &generator)
      for scale in scales {
        let a = scale * unscaled
        let eigen = try SymmetricEigen(factoring: a, triangle: .upper)
        #expect(difference(eigen.values.map { $0 / scale }, spectrum.map { Scalar($0) }, factor: 30) == nil)
        #expect(orthonormality(eigen.vectors) < 30)
        #expect(ratio(1 / scale * eigen.reconstructed(), unscaled) < 30)
        let values = try SymmetricEigen.values(of: a)
        #expect(difference(values.map { $0 / scale }, spectrum.map { Scalar($0) }, factor: 30) == nil)
      }
      let one = try Parallelism.$threads.withValue(1) { try SymmetricEigen(factoring: unscaled) }
      let valuesOfOne = try Parallelism.$threads.withValue(1) { try SymmetricEigen.values(of: unscaled) }
      for threads in 2...5 {
        try Parallelism.$threads.withValue(threads) {
          let many = try SymmetricEigen(factoring: unscaled)
          let areEqual = many.values == one.values && many.vectors == one.vectors
          #expect(areEqual, "\(threads) threads")
          let isEqual = try SymmetricEigen.values(of: unscaled) == valuesOfOne
          #expect(isEqual, "\(threads) threads")
        }
      }
    }
    try check(Float.self, scales: [1, 1e-30, 1e30])
    try check(Double.self, scales: [1, 1e-300, 1e300])
  }

  /// The largest eigenvalue, n times the element, is all but too large for the type, and products on the way are.
  @Test func aLargeMatrixThatNearlyOverflows() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      let n = largeOrder, largest = Scalar.greatestFiniteMagnitude / 100 * 97
      let a = Matrix<Scalar>(rows: n, columns: n) { _, _ in largest / Scalar(n) }
      let expected = (1...n).map { $0 == n ? Scalar(1) : 0 }
      let eigen = try SymmetricEigen(factoring: a)
      #expect(difference(eigen.values.map { $0 / largest }, expected, factor: 30) == nil)
      #expect(orthonormality(eigen.vectors) < 30)
      #expect(difference(try SymmetricEigen.values(of: a).map { $0 / largest }, expected, factor: 30) == nil)
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test(arguments: [255, 256, 257]) func ordersAroundTheFirstDividedOne(n: Int) throws {
    let identity = try SymmetricEigen(factoring: Matrix<Double>.identity(n))
    #expect(identity.values == Array(repeating: 1, count: n))
    #expect(orthonormality(identity.vectors) < 30)
    let zero = try SymmetricEigen(factoring: Matrix<Double>.zeros(n, n))
    #expect(zero.values == Array(repeating: 0, count: n))
    #expect(orthonormality(zero.vectors) < 30)
    // Eigenvalues 2 − 2 cos(j π / (n + 1)) of the second difference: their sum, and that of their squares.
    let chain = try SymmetricEigen.values(
      of: Matrix<Double>(rows: n, columns: n) { $0 == $1 ? 2 : abs($0 - $1) == 1 ? -1 : 0 })
    #expect(difference([chain.reduce(0, +)], [2 * Double(n)], factor: 30) == nil)
    #expect(difference([dot(chain, chain)], [6 * Double(n) - 2], factor: 30) == nil)
  }

  @Test func oneTriangleIsRead() throws {
    let a: Matrix<Double> = [[2, 1], [.nan, 2]]
    #expect(difference(try SymmetricEigen(factoring: a, triangle: .upper).values, [1, 3], factor: 8) == nil)
    #expect(
      difference(try SymmetricEigen.values(of: a.transposed(), triangle: .lower), [1, 3], factor: 8) == nil)
    #expect(throws: LAPACKError.nonFinite(argument: "A", row: 1, column: 0)) {
      try SymmetricEigen(factoring: a)
    }
    #expect(throws: LAPACKError.notSymmetric(row: 0, column: 1)) {
      try SymmetricEigen(factoring: [[1, 2], [3, 4]] as Matrix<Double>)
    }
  }
}

@Suite struct EigenTests {
  /// ‖A V − V Λ‖ / (‖A‖ ‖V‖ n ε), with both parts of the complex product.
  private func eigenRatio<Scalar: BLASScalar>(_ a: Matrix<Scalar>, _ eigen: Eigen<Scalar>) -> Double {
    let n = a.rowCount, (re, im) = (eigen.realVectors, eigen.imaginaryVectors)
    let real = Matrix(rows: n, columns: n) { i, j in
      re[i, j] * eigen.values[j].real - im[i, j] * eigen.values[j].imaginary
    }
    let imaginary = Matrix(rows: n, columns: n) { i, j in
      re[i, j] * eigen.values[j].imaginary + im[i, j] * eigen.values[j].real
    }
    let error = norm([norm((gemm(a, re) - real).elements), norm((gemm(a, im) - imaginary).elements)])
    if error == 0 { return 0 }
    let scale = Double(norm(a.elements)) * Double(n).squareRoot() * Double(n) * Double(Scalar.ulpOfOne)
    return Double(error) / scale
  }

  private func checkConventions<Scalar: BLASScalar>(_ eigen: Eigen<Scalar>) {
    for (j, value) in eigen.values.enumerated() {
      let vector = eigen.vector(j)
      #expect(difference([norm(vector.flatMap { [$0.real, $0.imaginary] })], [1], factor: 30) == nil)
      if value.imaginary > 0 {
        #expect(eigen.values[j + 1] == value.conjugate)
        #expect(eigen.vector(j + 1) == vector.map(\.conjugate))
        let largest = vector.max { $0.magnitude < $1.magnitude }
        #expect(difference([largest?.imaginary ?? 0], [0], factor: 30) == nil)
      } else if value.imaginary == 0 {
        #expect(vector.allSatisfy { $0.imaginary == 0 })
      }
    }
  }

  @Test(arguments: orders) func everyOrder(n: Int) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 91)
      let a: Matrix<Scalar> = generator.normalMatrix(n, n)
      let eigen = try Eigen(factoring: a)
      #expect(eigenRatio(a, eigen) < 30)
      checkConventions(eigen)
      let trace = (0..<n).reduce(Scalar(0)) { $0 + a[$1, $1] }
      let sum = eigen.values.reduce(Scalar(0)) { $0 + $1.real }
      #expect(
        difference([sum], [trace], factor: 30 * Double(n + 1), scale: Double(norm(a.elements)) + 1) == nil)
      let values = try Eigen.values(of: a)
      #expect(values.count == n)
      let order = { (a: ComplexPair<Scalar>, b: ComplexPair<Scalar>) in
        (a.real, a.imaginary) < (b.real, b.imaginary)
      }
      for (alone, with) in zip(values.sorted(by: order), eigen.values.sorted(by: order)) {
        #expect(difference([alone.real, alone.imaginary], [with.real, with.imaginary], factor: 1e4) == nil)
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func knownEigenvalues() throws {
    let rotation = try Eigen(factoring: [[0, -1], [1, 0]] as Matrix<Double>)
    #expect(rotation.values == [ComplexPair(0, 1), ComplexPair(0, -1)])
    #expect(!rotation.isReal)
    #expect("\(rotation.values[0]) \(rotation.values[1])" == "0.0 + 1.0i 0.0 - 1.0i")
    let triangle = try Eigen(factoring: [[1, 5, 2], [0, 2, 9], [0, 0, 3]] as Matrix<Float>)
    #expect(triangle.values == [ComplexPair(1), ComplexPair(2), ComplexPair(3)])
    #expect(triangle.isReal)
    #expect(try Eigen(factoring: Matrix<Double>.zeros(0, 0)).values.isEmpty)
    #expect(difference([ComplexPair<Double>(3e200, -4e200).magnitude], [5e200], factor: 4) == nil)
  }

  /// A Jordan block has one eigenvector; its eigenvalues are exact, and the equation holds.
  @Test func defectiveMatrices() throws {
    let block = Matrix<Double>(rows: 5, columns: 5) { $0 == $1 ? 2 : $1 == $0 + 1 ? 1 : 0 }
    let eigen = try Eigen(factoring: block)
    #expect(eigen.values.allSatisfy { $0 == ComplexPair(2) })
    #expect(eigenRatio(block, eigen) < 30)
    checkConventions(eigen)
  }

  @Test(arguments: [1e-300, 1e300]) func scaledMatrices(scale: Double) throws {
    let eigen = try Eigen(factoring: scale * ([[1, 2], [-2, 1]] as Matrix<Double>))
    let parts = eigen.values.flatMap { [$0.real / scale, $0.imaginary / scale] }
    #expect(difference(parts, [1, 2, 1, -2], factor: 30) == nil)
    checkConventions(eigen)
  }

  @Test func whatIsRefused() async {
    #expect(throws: LAPACKError.nonFinite(argument: "A", row: 0, column: 0)) {
      try Eigen(factoring: [[.nan]] as Matrix<Double>)
    }
    let shape = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Eigen.values(of: Matrix<Double>.zeros(2, 3))
    }
    #expect(text(shape).contains("Eigen: A is 2 × 3, not square"))
  }
}
