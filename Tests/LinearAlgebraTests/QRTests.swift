import LinearAlgebra
import TestSupport
import Testing

@Suite struct QRTests {
  @Test func everyShape() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 5)
      for (m, n) in shapes {
        let a: Matrix<Scalar> = generator.normalMatrix(m, n), b: Matrix<Scalar> = generator.normalMatrix(m, 3)
        let qr = try QR(factoring: a), q = qr.q, r = qr.r, full = qr.fullQ
        #expect(q.shape == Shape(m, min(m, n)))
        #expect(r.shape == Shape(min(m, n), n))
        #expect(full.shape == Shape(m, m))
        #expect(ratio(gemm(q, r), a) < 30)
        #expect(ratio(qr.reconstructed(), a) < 30)
        #expect(orthonormality(q) < 30)
        #expect(orthonormality(full) < 30)
        #expect(ratio(qr.multiplyByQ(b), gemm(full, b)) < 30)
        #expect(ratio(qr.multiplyByQ(b, transpose: .transpose), gemm(full, b, transposeA: .transpose)) < 30)
        for i in 0..<r.rowCount { #expect(!(0..<min(i, n)).contains { r[i, $0] != 0 }) }
        #expect(difference(Matrix(rows: m, columns: q.columnCount) { full[$0, $1] }, q, factor: 30) == nil)
        if m < n { continue }
        let x = try qr.solve(b)
        // The residual is orthogonal to the columns.
        let residual = b - gemm(a, x)
        let scale = Double(norm(a.elements)) * Double(norm(b.elements)) + Double(norm(x.elements))
        let zero = gemm(a, residual, transposeA: .transpose)
        #expect(difference(zero, .zeros(n, 3), factor: 30 * Double(max(m, 1)), scale: scale) == nil)
        #expect(try qr.solve((0..<m).map { b[$0, 0] }).count == n)
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  /// In blocks, with the same bits for any number of threads, tall and wide.
  @Test func largeMatrices() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 53)
      for (m, n) in [(largeOrder, largeOrder), (400, 270), (270, 400)] {
        let a: Matrix<Scalar> = generator.normalMatrix(m, n)
        let factors = try [1, 3].map { threads in
          try Parallelism.$threads.withValue(threads) { () throws in
            let qr = try QR(factoring: a)
            return (qr.q, qr.r)
          }
        }
        #expect(ratio(gemm(factors[0].0, factors[0].1), a) < 30)
        #expect(orthonormality(factors[0].0) < 30)
        #expect(factors[0].0 == factors[1].0)
        #expect(factors[0].1 == factors[1].1)
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test(arguments: [1e-300, 1e300]) func scaledMatrices(scale: Double) throws {
    var generator = SeededGenerator(seed: 54)
    let a = scale * (generator.normalMatrix(9, 6) as Matrix<Double>)
    let qr = try QR(factoring: a)
    #expect(orthonormality(qr.q) < 30)
    #expect(ratio(gemm(qr.q, (1 / scale) * qr.r), (1 / scale) * a) < 30)
    #expect(qr.conditionEstimate() < 1e3)
  }

  @Test func whatIsRefused() throws {
    let deficient = try QR(factoring: [[1, 0], [1, 0], [1, 0]] as Matrix<Double>)
    #expect(throws: LAPACKError.singular(index: 1)) { try deficient.solve([1, 2, 3]) }
    #expect(deficient.conditionEstimate() == .infinity)
    #expect(throws: LAPACKError.nonFinite(argument: "A", row: 0, column: 0)) {
      try QR(factoring: [[.nan]] as Matrix<Double>)
    }
    #expect(throws: LAPACKError.nonFinite(argument: "B", row: 0, column: 0)) {
      try QR(factoring: [[1]] as Matrix<Double>).solve([.nan])
    }
  }

  @Test func shapesThatDoNotFitStop() async {
    let wide = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try QR(factoring: Matrix<Double>.zeros(2, 3)).solve([1, 2])
    }
    #expect(text(wide).contains("solve: A is 2 × 3, with fewer rows than columns; use PivotedQR"))
    let rows = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try QR(factoring: Matrix<Double>.zeros(3, 2)).multiplyByQ(.zeros(2, 2))
    }
    #expect(text(rows).contains("multiplyByQ: Q is 3 × 3 but B is 2 × 2"))
  }
}

@Suite struct PivotedQRTests {
  @Test func everyShape() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 61)
      for (m, n) in shapes {
        let a: Matrix<Scalar> = generator.normalMatrix(m, n), b: Matrix<Scalar> = generator.normalMatrix(m, 3)
        let qr = try PivotedQR(factoring: a), r = qr.r
        let permuted = Matrix(rows: m, columns: n) { a[$0, qr.permutation[$1]] }
        #expect(ratio(gemm(qr.q, r), permuted) < 30)
        #expect(ratio(qr.reconstructed(), a) < 30)
        #expect(orthonormality(qr.q) < 30)
        let diagonal = (0..<min(m, n)).map { abs(r[$0, $0]) }
        // Norms of columns are updated, not computed anew.
        #expect(!zip(diagonal, diagonal.dropFirst()).contains { $1 > $0 * (1 + 1e-3) })
        #expect(qr.rank() == min(m, n))
        let expected = try gelsd(a, b).solution
        #expect(
          difference(try qr.solve(b), expected, factor: 100 * Double(max(1, qr.conditionEstimate()))) == nil)
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func deficientRank() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 62)
      for (m, n) in [(20, 6), (6, 20), (8, 8)] {
        let spectrum = [2, 1, 0.5, 0.25] + [Double](repeating: 0, count: min(m, n) - 4)
        let a: Matrix<Scalar> = generator.matrix(m, n, spectrum: spectrum)
        let b: Matrix<Scalar> = generator.normalMatrix(m, 2)
        let qr = try PivotedQR(factoring: a)
        #expect(qr.rank() == 4)
        #expect(qr.rank(relativeTolerance: 0.9) < 4)
        // The solution of least norm is unique.
        #expect(difference(try qr.solve(b), try gelsd(a, b).solution, factor: 1000) == nil)
        let column = try qr.solve((0..<m).map { b[$0, 0] })
        #expect(difference(column, try qr.solve(b)[column: 0], factor: 100) == nil)
      }
      let zero = try PivotedQR(factoring: Matrix<Scalar>.zeros(4, 3))
      #expect(zero.rank() == 0)
      #expect(try zero.solve([1, 2, 3, 4]) == [0, 0, 0])
      #expect(zero.conditionEstimate() == .infinity)
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func whatIsRefused() throws {
    #expect(throws: LAPACKError.nonFinite(argument: "A", row: 0, column: 0)) {
      try PivotedQR(factoring: [[.nan]] as Matrix<Double>)
    }
    #expect(throws: LAPACKError.nonFinite(argument: "B", row: 0, column: 0)) {
      try PivotedQR(factoring: [[1]] as Matrix<Double>).solve([.nan])
    }
  }
}
