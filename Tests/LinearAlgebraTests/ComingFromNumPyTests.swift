// swift-format-ignore-file
// A line for each row of the table.

import Foundation
import LinearAlgebra
import TestSupport
import Testing

/// The table of the article "Coming from NumPy": each line is compiled, its value is NumPy's, and the article has the
/// same lines. The numbers are those of NumPy 2.4 and SciPy 1.17.
@Suite final class ComingFromNumPyTests {
  private let A: Matrix<Double> = [[2, 1], [1, 3], [4, -1]], B: Matrix<Double> = [[1, 0], [2, 1], [0, 3]]
  private let C: Matrix<Double> = [[1, 2], [4, 5], [8, 10]], S: Matrix<Double> = [[4, 1, 0], [1, 3, 1], [0, 1, 2]]
  private let M: Matrix<Double> = [[1, 2, 0], [0, 1, -1], [3, 0, 1]], b = [1.0, 2, 3], c = [3.0, 4, 5]

  @Test func everyLineHasTheValueOfNumPy() throws {
    // Creation
    row("np.array([[1, 2], [3, 4]], float)", Matrix<Double>([[1, 2], [3, 4]]), equals: [1, 2, 3, 4])
    row("np.zeros((2, 3))", Matrix<Double>.zeros(2, 3), equals: [0, 0, 0, 0, 0, 0])
    row("np.full((2, 3), 7.0)", Matrix<Double>(rows: 2, columns: 3, repeating: 7), equals: [7, 7, 7, 7, 7, 7])
    row("np.eye(3)", Matrix<Double>.identity(3), equals: [1, 0, 0, 0, 1, 0, 0, 0, 1])
    row("np.diag([1.0, 2.0])", Matrix<Double>(diagonal: [1, 2]), equals: [1, 0, 0, 2])
    row("np.fromfunction(lambda i, j: i + 10 * j, (2, 3))", Matrix<Double>(rows: 2, columns: 3) { i, j in Double(i + 10 * j) }, equals: [0, 10, 20, 1, 11, 21])
    row("np.vstack([A, B])", Matrix(rowsOf: [A, B]), equals: [2, 1, 1, 3, 4, -1, 1, 0, 2, 1, 0, 3])
    row("np.hstack([A, B])", Matrix(columnsOf: [A, B]), equals: [2, 1, 1, 0, 1, 3, 2, 1, 4, -1, 0, 3])
    row("A.reshape(2, 3)", A.reshaped(rows: 2, columns: 3), equals: [2, 1, 1, 3, 4, -1])
    row("A.T", A.transposed(), equals: [2, 1, 4, 1, 3, -1])
    row("A.astype(np.float32)", Matrix<Float>(A), equals: [2, 1, 1, 3, 4, -1])

    // Parts
    row("A.shape", A.shape, equals: [3, 2])
    row("m, n = A.shape", [A.rowCount, A.columnCount], equals: [3, 2])
    row("A[2, 0]", A[2, 0], equals: [4])
    row("A[1]", A[row: 1], equals: [1, 3])
    row("A[:, 1]", A[column: 1], equals: [1, 3, -1])
    row("A[1:]", A[rows: 1...], equals: [1, 3, 4, -1])
    row("A[:, :1]", A[columns: ..<1], equals: [2, 1, 4])
    row("A[0:2, 1:2]", A[rows: 0..<2, columns: 1..<2], equals: [1, 3])
    row("A[[2, 0]]", A[rows: [2, 0]], equals: [4, -1, 2, 1])
    row("A[:, [1, 0]]", A[columns: [1, 0]], equals: [1, 2, 3, 1, -1, 4])
    row("A[np.ix_([2, 0], [1])]", A[rows: [2, 0], columns: [1]], equals: [-1, 1])
    row("[sum(row) for row in A]", A.rows.map { $0.reduce(0, +) }, equals: [3, 4, 3])
    row("np.diag(S)", S.diagonal, equals: [4, 3, 2])

    // Arithmetic
    row("A + B", A + B, equals: [3, 1, 3, 4, 4, 2])
    row("A * B", A .* B, equals: [2, 0, 2, 3, 0, -3])
    row("A / C", A ./ C, equals: [2, 0.5, 0.25, 0.6, 0.5, -0.1])
    row("2 * A - 1", 2 * A - 1, equals: [3, 1, 1, 5, 7, -3])
    row("-A", -A, equals: [-2, -1, -1, -3, -4, 1])
    row("np.sqrt(S)", S.map { $0.squareRoot() }, equals: [2, 1, 0, 1, 1.7320508075688772, 1, 0, 1, 1.4142135623730951])
    row("np.exp(A)", A.map(exp), equals: [7.38905609893065, 2.718281828459045, 2.718281828459045, 20.085536923187668, 54.598150033144236, 0.36787944117144233])
    row("S @ A", S * A, equals: [9, 7, 9, 9, 9, 1])
    row("S @ b", S * b, equals: [6, 10, 8])
    row("c @ A", c * A, equals: [30, 10])
    row("b + c", b .+ c, equals: [4, 6, 8])
    row("2 * b - c / 3", 2 * b .- c / 3, equals: [1, 2.666666666666667, 4.333333333333333])
    row("A - A.mean(axis=0)", A.subtractingFromEachRow(A.columnMeans()), equals: [-0.3333333333333335, 0, -1.3333333333333335, 2, 1.6666666666666665, -2])
    row("A * [10, 100]", A.scalingColumns(by: [10, 100]), equals: [20, 100, 10, 300, 40, -100])
    row("A * b[:, np.newaxis]", A.scalingRows(by: b), equals: [2, 1, 2, 6, 12, -3])
    row("A.T @ B", gemm(A, B, transposeA: .transpose), equals: [4, 13, 7, 0])
    row("A.T @ A", syrk(A, transpose: .transpose), equals: [21, 1, 1, 11])
    row("A.T @ b", gemv(A, b, transpose: .transpose), equals: [16, 4])
    row("b @ c", dot(b, c), equals: [26])
    row("np.outer(b, c)", outer(b, c), equals: [3, 4, 5, 6, 8, 10, 9, 12, 15])
    row("np.kron(A, B)", kronecker(A, B), equals: [2, 0, 1, 0, 4, 2, 2, 1, 0, 6, 0, 3, 1, 0, 3, 0, 2, 1, 6, 3, 0, 3, 0, 9, 4, 0, -1, 0, 8, 4, -2, -1, 0, 12, 0, -3])

    // Sums, extrema, norms
    row("A.sum()", A.sum(), equals: [10])
    row("A.sum(axis=0)", A.columnSums(), equals: [7, 3])
    row("A.sum(axis=1)", A.rowSums(), equals: [3, 4, 3])
    row("A.mean()", A.mean(), equals: [1.6666666666666667])
    row("A.mean(axis=0)", A.columnMeans(), equals: [2.3333333333333335, 1])
    row("A.max()", A.max()!, equals: [4])
    row("A.min(axis=1)", A.rowMinima(), equals: [1, 1, -1])
    row("np.trace(S)", S.trace(), equals: [9])
    row("np.linalg.norm(b)", norm(b), equals: [3.7416573867739413])
    row("np.linalg.norm(A)", A.norm(.frobenius), equals: [5.656854249492381])
    row("np.linalg.norm(A, 1)", A.norm(.one), equals: [7])
    row("np.linalg.norm(A, np.inf)", A.norm(.infinity), equals: [5])
    row("np.linalg.norm(A, 2)", try norm2(A), equals: [4.593366903872669])
    row("np.allclose(A, A + 1e-12)", A.isApproximatelyEqual(to: A + 1e-12), equals: [1])

    // Systems and factorizations
    row("np.linalg.solve(M, b)", try solve(M, b), equals: [1.8, -0.3999999999999999, -2.4])
    row("np.linalg.solve(M, A)", try solve(M, A), equals: [1.5999999999999999, 0.6000000000000001, 0.20000000000000007, 0.19999999999999996, -0.7999999999999999, -2.8000000000000003])
    row("np.linalg.inv(M)", try inverse(M), equals: [-0.19999999999999998, 0.39999999999999997, 0.39999999999999997, 0.6, -0.19999999999999998, -0.19999999999999998, 0.6, -1.2, -0.19999999999999998])
    row("np.linalg.det(M)", try determinant(M), equals: [-4.999999999999999])
    row("np.linalg.slogdet(M)", try LU(factoring: M).logDeterminant, equals: [-1, 1.6094379124341003])
    row("np.linalg.lstsq(A, b)[0]", try solve(A, b), equals: [0.7478260869565213, 0.2956521739130433])
    row("np.linalg.lstsq(A, B)[0]", try gelsd(A, B).solution, equals: [0.1608695652173912, 0.6217391304347823, 0.6217391304347827, -0.05652173913043482])
    row("np.linalg.pinv(A)", try pseudoinverse(A), equals: [0.09130434782608692, 0.034782608695652154, 0.1956521739130434, 0.08260869565217388, 0.26956521739130435, -0.10869565217391301])
    row("np.linalg.matrix_rank(A)", try rank(A), equals: [2])
    row("np.linalg.cond(A)", try conditionNumber(A), equals: [1.391228147505976])
    row("np.linalg.cholesky(S)", try Cholesky(factoring: S).lower, equals: [2, 0, 0, 0.5, 1.6583123951777, 0, 0, 0.6030226891555273, 1.2792042981336627])
    row("scipy.linalg.cho_solve(scipy.linalg.cho_factor(S), b)", try Cholesky(factoring: S).solve(b), equals: [0.2222222222222222, 0.1111111111111111, 1.4444444444444444])
    row("scipy.linalg.lu_solve(scipy.linalg.lu_factor(M), b, trans=1)", try LU(factoring: M).solve(b, transpose: .transpose), equals: [2.8, -3.5999999999999996, -0.5999999999999999])
    row("np.abs(np.linalg.qr(A).R)", try QR(factoring: A).r.map(abs), equals: [4.58257569495584, 0.21821789023599236, 0, 3.3094381626464866])
    row("np.linalg.svd(A, compute_uv=False)", try SVD.values(of: A), equals: [4.593366903872669, 3.3016632908894894])
    row("U, s, Vh = np.linalg.svd(A, full_matrices=False)", try SVD(factoring: A), equals: [4.593366903872669, 3.3016632908894894, 0.4547436150902099, 0.24171395458068753, 0.2810021945949426, 0.8743660717928109, 0.8451307657206146, 0.42078300424158527, 0.9951333266680701, 0.09853761796664219, 0.09853761796664219, 0.9951333266680701])
    row("np.linalg.eigvalsh(S)", try SymmetricEigen.values(of: S), equals: [1.2679491924311228, 3.000000000000001, 4.732050807568877])
    row("np.linalg.eigh(S)", try SymmetricEigen(factoring: S), equals: [1.2679491924311228, 3, 4.7320508075688785, 0.21132486540518702, 0.5773502691896258, 0.7886751345948129, 0.5773502691896255, 0.5773502691896257, 0.5773502691896258, 0.7886751345948129, 0.5773502691896255, 0.2113248654051871])
    row("np.linalg.eigvals(M)", try Eigen.values(of: M), equals: [-0.8171205928321397, 0, 1.90856029641607, 1.573672595132472, 1.90856029641607, -1.573672595132472])
    row("(U[:, :1] * s[:1]) @ Vh[:1]", try SVD(factoring: A).approximation(rank: 1), equals: [2.0786387432600115, 0.20582579729272396, 1.2844645405527357, 0.1271870540327118, 3.863103283812747, 0.38252260812182814])
    row("np.abs(scipy.linalg.null_space(A.T))", try SVD(factoring: A.transposed(), vectors: .full).nullspace().map(abs), equals: [0.8571946154145231, 0.39562828403747213, 0.32969023669789355])
    row("scipy.linalg.expm(M)", try expm(M), equals: [0.1343034050394376, 4.115932864725948, -2.4512783823739754, -3.676917573560962, 0.13430340503943805, -2.0579664323629734, 6.173899297088919, 7.3538351471219245, 0.13430340503943716])
  }

  @Test func theArticleHasTheseLines() throws {
    let article = "Sources/LinearAlgebra/LinearAlgebra.docc/ComingFromNumPy.md"
    let found = try difference(article: article, tables: "| NumPy | Swift |", test: #filePath)
    #expect(found == nil)
  }

  private func row(_ numPy: String, _ value: [Double], equals expected: [Double]) {
    #expect(difference(value, expected, factor: 64) == nil, "\(numPy)")
  }

  private func row(_ numPy: String, _ value: some RowMajor<Double>, equals expected: [Double]) {
    row(numPy, value.withUnsafeElements { Array($0) }, equals: expected)
  }

  private func row(_ numPy: String, _ value: Matrix<Float>, equals expected: [Double]) {
    row(numPy, value.elements.map { Double($0) }, equals: expected)
  }

  private func row(_ numPy: String, _ value: [Int], equals expected: [Double]) {
    row(numPy, value.map { Double($0) }, equals: expected)
  }

  private func row(_ numPy: String, _ value: Double, equals expected: [Double]) {
    row(numPy, [value], equals: expected)
  }

  private func row(_ numPy: String, _ value: Int, equals expected: [Double]) {
    row(numPy, [Double(value)], equals: expected)
  }

  private func row(_ numPy: String, _ value: Bool, equals expected: [Double]) {
    row(numPy, [value ? 1 : 0], equals: expected)
  }

  private func row(_ numPy: String, _ value: Shape, equals expected: [Double]) {
    row(numPy, [Double(value.rows), Double(value.columns)], equals: expected)
  }

  private func row(_ numPy: String, _ value: LogDeterminant<Double>, equals expected: [Double]) {
    row(numPy, [value.sign, value.logarithm], equals: expected)
  }

  private func row(_ numPy: String, _ value: [ComplexPair<Double>], equals expected: [Double]) {
    row(numPy, value.flatMap { [$0.real, $0.imaginary] }, equals: expected)
  }

  /// The values, and the vectors but for their signs: V, not Vᵀ as of NumPy.
  private func row(_ numPy: String, _ value: SVD<Double>, equals expected: [Double]) {
    row(numPy, value.values + value.u.elements.map(abs) + value.v.elements.map(abs), equals: expected)
  }

  /// The values, and the vectors but for their signs.
  private func row(_ numPy: String, _ value: SymmetricEigen<Double>, equals expected: [Double]) {
    row(numPy, value.values + value.vectors.elements.map(abs), equals: expected)
  }
}
