import Foundation
import LinearAlgebra
import TestSupport
import Testing

@Suite struct ExponentialTests {
  /// Norms for which each of the approximants is used, and squaring.
  @Test(arguments: [1e-3, 0.1, 0.5, 1.5, 4.0, 20.0]) func everyApproximant(norm: Double) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 111)
      let spectrum = (0..<7).map { norm * (Double($0) / 3 - 1) }
      let a: Matrix<Scalar> = symmetric(spectrum, &generator)
      let eigen = try SymmetricEigen(factoring: Matrix<Double>(a))
      let scaled = Matrix(rows: 7, columns: 7) { eigen.vectors[$0, $1] * exp(eigen.values[$1]) }
      let expected = gemm(scaled, eigen.vectors, transposeB: .transpose)
      #expect(
        difference(
          try expm(a), Matrix<Scalar>(expected), factor: 20 * max(1, norm), scale: Double(expected.norm(.one))
        )
          == nil)
      // e^A e^−A = I
      let factor = 20 * max(1, norm) * Double(expected.norm(.one) * expected.norm(.one))
      #expect(difference(gemm(try expm(a), try expm(-1 * a)), .identity(7), factor: factor) == nil)
    }
    try check(Float.self)
    try check(Double.self)
  }

  /// The exponential of a skew-symmetric matrix is a rotation.
  @Test func rotations() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      for angle in [0.01, 1, 10.0] {
        let t = Scalar(angle), (c, s) = (Scalar(cos(Double(t))), Scalar(sin(Double(t))))
        let rotation = try expm([[0, -t], [t, 0]] as Matrix<Scalar>)
        #expect(difference(rotation, [[c, -s], [s, c]], factor: 20 * max(1, angle)) == nil)
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func exactCases() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      #expect(try expm(Matrix<Scalar>.zeros(3, 3)) == .identity(3))
      #expect(try expm(Matrix<Scalar>.zeros(0, 0)) == .zeros(0, 0))
      #expect(
        try expm([[1, 0], [0, -2]] as Matrix<Scalar>) == [[Scalar(exp(1.0)), 0], [0, Scalar(exp(-2.0))]])
      // N² = 0: e^N = I + N, whatever the approximant and the number of squarings.
      for size: Scalar in [0.25, 1, 3, 1e6] {
        #expect(try expm([[0, size], [0, 0]] as Matrix<Scalar>) == [[1, size], [0, 1]])
      }
    }
    try check(Float.self)
    try check(Double.self)
    // N³ = 0: I + N + N²/2
    let nilpotent = try expm([[0, 1, 2], [0, 0, 3], [0, 0, 0]] as Matrix<Double>)
    #expect(difference(nilpotent, [[1, 1, 3.5], [0, 1, 3], [0, 0, 1]], factor: 4) == nil)
  }

  /// A Jordan block: e^λ / k! on the k-th diagonal.
  @Test func defectiveMatrices() throws {
    let block = Matrix<Double>(rows: 4, columns: 4) { $0 == $1 ? 2 : $1 == $0 + 1 ? 1 : 0 }
    let factorials = [1.0, 1, 2, 6]
    let expected = Matrix<Double>(rows: 4, columns: 4) { $1 >= $0 ? exp(2) / factorials[$1 - $0] : 0 }
    #expect(difference(try expm(block), expected, factor: 20) == nil)
  }

  /// Triangles far from normal: [λ t; 0 μ] has the exponential [e^λ t (e^λ − e^μ) / (λ − μ); 0 e^μ], every element to
  /// rounding, though the norm would have A halved until nothing is left of λ and μ.
  @Test func trianglesFarFromNormal() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type, _ problems: [(Double, Double, Double)]) throws {
      for (first, second, t) in problems {
        let a: Matrix<Scalar> = [[Scalar(first), Scalar(t)], [0, Scalar(second)]]
        let (lambda, mu, beside) = (Double(a[0, 0]), Double(a[1, 1]), Double(a[0, 1]))
        let half = exp(max(lambda, mu) / 2), difference = abs(lambda - mu)
        let corner = beside * (difference == 0 ? 1 : -expm1(-difference) / difference) * half * half
        let result = try expm(a)
        let expected: Matrix<Scalar> = [[Scalar(exp(lambda)), Scalar(corner)], [0, Scalar(exp(mu))]]
        #expect(largestRelativeError(result, expected) <= 4, "\(a)")
        #expect(try expm(a.transposed()) == result.transposed())
      }
    }
    try check(
      Double.self,
      [
        (-1, -2, 1e17), (-50, -60, 1e20), (1, -1, 1e10), (-2, -2, 1e12), (-800, -801, 1e300), (-1, -2, 1e300),
        (0, -2000, 1), (-1e-9, 1e-9, 1e200),
      ])
    try check(Float.self, [(-1, -2, 1e4), (1, -1, 1e10), (-2, -2, 1e12), (-1, -2, 1e35), (3, -200, 1)])
  }

  /// [B c·1; 0 −2] with B = [−1 0; ½ −2], not upper triangular: its exponential is [e^B v; 0 e⁻²]
  /// with v = c (e⁻¹ − e⁻², e⁻¹/2).
  @Test func blocksFarFromNormal() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type, _ sizes: [Double]) throws {
      let (one, two) = (exp(-1.0), exp(-2.0))
      for size in sizes {
        let c = Double(Scalar(size))
        let a: Matrix<Scalar> = [[-1, 0, Scalar(c)], [0.5, -2, Scalar(c)], [0, 0, -2]]
        let expected: Matrix<Double> = [
          [one, 0, c * (one - two)], [(one - two) / 2, two, c * one / 2], [0, 0, two],
        ]
        #expect(largestRelativeError(try expm(a), Matrix<Scalar>(expected)) <= 50, "\(c)")
      }
    }
    try check(Double.self, [1, 1e4, 1e10, 1e17])
    try check(Float.self, [1, 1e4, 1e10])
  }

  /// The elements of larger triangles: e^T T = T e^T, and eᵀ of T / 2 squared.
  @Test func largerTriangles() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 112)
      let normal: Matrix<Scalar> = generator.normalMatrix(9, 9)
      let t = Matrix<Scalar>(rows: 9, columns: 9) { i, j in
        i < j ? 30 * normal[i, j] : i == j ? -Scalar(i) : 0
      }
      let result = try expm(t), half = try expm(0.5 * t)
      let scale = Double(result.norm(.frobenius))
      #expect(difference(gemm(half, half), result, factor: 1000, scale: scale) == nil)
      let commuted = Double(t.norm(.frobenius)) * scale
      #expect(difference(gemm(result, t), gemm(t, result), factor: 100, scale: commuted) == nil)
      for i in 0..<9 { #expect(result[i, i] == Scalar(exp(-Double(i)))) }
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func largeNorms() throws {
    // Decay: nothing overflows on the way to zero.
    #expect(try expm([[-1e6, 1], [0, -1e6]] as Matrix<Double>) == .zeros(2, 2))
    #expect(throws: LAPACKError.overflow(result: "the exponential")) {
      try expm([[1e3, 1], [1, 1e3]] as Matrix<Double>)
    }
    #expect(throws: LAPACKError.overflow(result: "the exponential")) {
      try expm([[1e3, 0], [0, 1]] as Matrix<Double>)
    }
    #expect(throws: LAPACKError.overflow(result: "the exponential")) {
      try expm([[1e308, 1e308], [1e308, 1e308]] as Matrix<Double>)
    }
    #expect(throws: LAPACKError.overflow(result: "the exponential")) {
      try expm([[100, 1], [1, 100]] as Matrix<Float>)
    }
  }

  @Test func whatIsRefused() async {
    #expect(throws: LAPACKError.nonFinite(argument: "A", row: 0, column: 0)) {
      try expm([[.nan]] as Matrix<Double>)
    }
    let shape = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try expm(Matrix<Double>.zeros(2, 3))
    }
    #expect(text(shape).contains("expm: A is 2 × 3, not square"))
  }
}

/// The largest |aᵢⱼ − bᵢⱼ| / |bᵢⱼ| in ε; infinite where zeros are not zeros.
private func largestRelativeError<Scalar: BLASScalar>(_ a: Matrix<Scalar>, _ b: Matrix<Scalar>) -> Double {
  zip(a.elements, b.elements).reduce(0) { largest, pair in
    let error = Double(abs(pair.0 - pair.1))
    return error == 0 ? largest : max(largest, error / (Double(abs(pair.1)) * Double(Scalar.ulpOfOne)))
  }
}
