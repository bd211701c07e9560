import LinearAlgebra
import TestSupport
import Testing

@testable import LinearRegression

/// Rows of so many columns that threads share one triangle.
@Suite struct WideDataTests {
  private func dense(_ r: UpperTriangularMatrix<Double>) -> Matrix<Double> {
    Matrix(rows: r.order, columns: r.order) { $0 <= $1 ? r[$0, $1] : 0 }
  }

  /// The results of one, two and three threads, which are the same to the last bit.
  private func onThreads<Result: Equatable>(_ body: (Int) throws -> Result) rethrows -> Result {
    let one = try body(1)
    for threads in 2...3 { #expect(try body(threads) == one, "\(threads) threads") }
    return one
  }

  /// RᵀR is the sum of the cross-products of all rows, of which the first are fewer than the columns.
  @Test(arguments: [513, 576, 600]) func factorOfStackedRows(order: Int) {
    var generator = SeededGenerator(seed: 180)
    let few: Matrix<Double> = generator.normalMatrix(100, order)
    let more: Matrix<Double> = generator.normalMatrix(order, order)
    let (trapezoid, whole) = onThreads { threads in
      var r = UpperTriangularMatrix<Double>(order: order), b = few.transposed().elements
      b.withUnsafeMutableBufferPointer {
        r.factorizeInPanels(rows: 100, $0.baseAddress!, leadingDimension: 100, threads: threads)
      }
      let trapezoid = r
      b = more.transposed().elements
      b.withUnsafeMutableBufferPointer {
        r.stackInPanels(rows: order, $0.baseAddress!, leadingDimension: order, threads: threads)
      }
      return Pair(trapezoid, r)
    }.both
    let products = gemm(few, few, transposeA: .transpose)
    #expect(
      difference(gemm(dense(trapezoid), dense(trapezoid), transposeA: .transpose), products, factor: 20)
        == nil)
    #expect((100..<order).allSatisfy { i in (i..<order).allSatisfy { trapezoid[i, $0] == 0 } })
    #expect(
      difference(
        gemm(dense(whole), dense(whole), transposeA: .transpose),
        products + gemm(more, more, transposeA: .transpose), factor: 20) == nil)
  }

  private struct Pair: Equatable {
    let both: (UpperTriangularMatrix<Double>, UpperTriangularMatrix<Double>)
    init(_ a: UpperTriangularMatrix<Double>, _ b: UpperTriangularMatrix<Double>) { both = (a, b) }
    static func == (a: Pair, b: Pair) -> Bool { a.both == b.both }
  }

  @Test func inverseOfATriangle() throws {
    var generator = SeededGenerator(seed: 181)
    var r = UpperTriangularMatrix<Double>(order: 530)
    for j in 0..<530 { for i in 0...j { r[i, j] = i == j ? 3 : generator.nextNormal() / 30 } }
    let inverse = try onThreads { threads in
      try Parallelism.$threads.withValue(threads) { try r.inverseOnAllThreads() }
    }
    #expect(difference(gemm(dense(r), dense(inverse)), .identity(530), factor: 20) == nil)
    // Norms that a sample estimates, within four of its standard deviations.
    let square = gemm(dense(inverse), dense(inverse), transposeB: .transpose)
    for (i, estimate) in inverse.rowNormsOfSquare().enumerated() {
      #expect(abs(estimate / norm(square[row: i]) - 1) < 0.5)
    }
    r[7, 7] = 0
    #expect(throws: LAPACKError.singular(index: 7)) { try r.inverseOnAllThreads() }
  }

  /// Cross-products and the triangular factor agree, residuals are orthogonal to all columns, and no bit depends on the
  /// threads.
  @Test func fitOfWideRows() throws {
    var generator = SeededGenerator(seed: 182)
    let (n, p) = (1100, 520)
    let X: Matrix<Double> = generator.normalMatrix(n, p), y: Matrix<Double> = generator.normalMatrix(n, 1)
    func fit(_ solver: LeastSquares.Solver) throws -> LeastSquaresFit {
      try onThreads { threads in
        try Parallelism.$threads.withValue(threads) {
          try LeastSquares(solver: solver, precision: .double).fit(X, y)
        }
      }
    }
    let (products, factor) = (try fit(.automatic), try fit(.qr))
    #expect(products.certificate.solver == .cholesky && factor.certificate.solver == .qr)
    #expect(difference(products.coefficients, factor.coefficients, factor: 50) == nil)
    #expect(
      difference(products.standardErrors.map { $0! }, factor.standardErrors.map { $0! }, factor: 20) == nil)
    let residuals = y - factor.predict(X)
    #expect(
      difference(gemm(X, residuals, transposeA: .transpose), .zeros(p, 1), factor: 50, scale: 33) == nil)
  }

  /// A column is left out only for those before it, beside columns that are nearly dependent.
  @Test func redundantColumnsOfWideRows() throws {
    var generator = SeededGenerator(seed: 183)
    let free = generator.dyadicMatrix(560, 520)
    let X = Matrix<Double>(rows: 560, columns: 520) { i, j in
      switch j {
      case 7: free[i, 3] + free[i, 7] / 65536
      case 9: free[i, 0] + free[i, 1]
      case 400: 2 * free[i, 399]
      default: free[i, j]
      }
    }
    let fit = try LeastSquares(precision: .double).fit(X, generator.dyadicMatrix(560, 1))
    #expect(fit.redundant.map(\.description) == ["x9 = x0 + x1", "x400 = 2 x399"])
    #expect(fit.rank == 519)
  }
}
