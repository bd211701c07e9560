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
