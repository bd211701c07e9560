import LinearAlgebra
import TestSupport

/// Orders that cross the sizes at which routines change their way of working.
let orders = Array(0...9) + [16, 31, 32, 33]

/// Shapes of both kinds and with an empty side.
let shapes =
  [(0, 0), (0, 4), (4, 0), (1, 1), (1, 6), (6, 1), (2, 3), (3, 2), (5, 5), (8, 7), (7, 8), (33, 5), (5, 33)]
  + [(32, 32), (33, 32), (32, 33), (70, 66)]

/// An order that is divided among threads, in blocks of which the last one is not full.
let largeOrder = 500

/// ‖A − B‖ / (‖B‖ n ε) in the Frobenius norm: LAPACK's test ratio, which its own tests want below 30.
func ratio<Scalar: BLASScalar>(_ a: Matrix<Scalar>, _ b: Matrix<Scalar>) -> Double {
  precondition(a.shape == b.shape, "\(a.shape) and \(b.shape)")
  let size = Double(max(b.rowCount, b.columnCount, 1))
  let error = Double((a - b).norm(.frobenius))
  return error == 0 ? 0 : error / (Double(b.norm(.frobenius)) * size * Double(Scalar.ulpOfOne))
}

/// ‖QᵀQ − I‖ / (n ε): how far columns are from orthonormal.
func orthonormality<Scalar: BLASScalar>(_ q: Matrix<Scalar>) -> Double {
  ratio(gemm(q, q, transposeA: .transpose), .identity(q.columnCount))
}

/// ‖B − A X‖ / (‖A‖ ‖X‖ n ε): the test ratio of a solution.
func residualRatio<Scalar: BLASScalar>(_ a: Matrix<Scalar>, _ x: Matrix<Scalar>, _ b: Matrix<Scalar>)
  -> Double
{
  let scale = Double(a.norm(.frobenius)) * Double(x.norm(.frobenius)) * Double(max(a.rowCount, 1))
  let residual = Double((b - gemm(a, x)).norm(.frobenius))
  return residual == 0 ? 0 : residual / (scale * Double(Scalar.ulpOfOne))
}

/// 1 / (i + j + 1): κ₂ is about e^(3.5 n).
func hilbert<Scalar: BLASScalar>(_ n: Int, of: Scalar.Type = Scalar.self) -> Matrix<Scalar> {
  Matrix(rows: n, columns: n) { 1 / Scalar($0 + $1 + 1) }
}

/// Powers 0 ..< n of n points between 0 and 1.
func vandermonde<Scalar: BLASScalar>(_ n: Int, of: Scalar.Type = Scalar.self) -> Matrix<Scalar> {
  Matrix(rows: n, columns: n) { i, j in
    (0..<j).reduce(1) { power, _ in power * Scalar(i + 1) / Scalar(n) }
  }
}

/// A random matrix whose row i is multiplied by 2⁻³ⁱ.
func graded<Scalar: BLASScalar>(_ n: Int, _ generator: inout SeededGenerator) -> Matrix<Scalar> {
  let matrix: Matrix<Scalar> = generator.normalMatrix(n, n)
  return Matrix(rows: n, columns: n) { i, j in
    matrix[i, j] * Scalar(sign: .plus, exponent: Scalar.Exponent(-3 * i), significand: 1)
  }
}

/// A random symmetric matrix with the given eigenvalues: A = H diag(λ) H with reflections H.
func symmetric<Scalar: BLASScalar>(
  _ eigenvalues: [Double], _ generator: inout SeededGenerator, of: Scalar.Type = Scalar.self
) -> Matrix<Scalar> {
  let n = eigenvalues.count
  var a = Matrix<Double>.zeros(n, n)
  for (i, value) in eigenvalues.enumerated() { a[i, i] = value }
  for _ in 0..<(n < 2 ? 0 : 2) {
    let v = (0..<n).map { _ in generator.nextNormal() }
    let factor = 2 / dot(v, v)
    let h = Matrix(rows: n, columns: n) { ($0 == $1 ? 1 : 0) - factor * v[$0] * v[$1] }
    a = gemm(gemm(h, a), h)
  }
  let lower = Matrix<Scalar>(a)
  return Matrix(rows: n, columns: n) { lower[max($0, $1), min($0, $1)] }
}
