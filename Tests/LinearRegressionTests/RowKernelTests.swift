import CRowKernels
import LinearRegression
import TestSupport
import Testing

/// Calls `body` once for each instruction set.
func onEverySet(_ body: (row_kernels_set) -> Void) {
  var tried: Set<UInt32> = []
  for set in [row_kernels_avx512, row_kernels_avx2, row_kernels_portable] {
    let used = row_kernels_use(set)
    if tried.insert(used.rawValue).inserted { body(used) }
  }
  row_kernels_use(row_kernels_best())
  #expect(tried.contains(row_kernels_portable.rawValue))
}

/// The C kernels on every instruction set that this processor has, against plain loops.
@Suite(.serialized) struct RowKernelTests {
  @Test func crossProductsAndSolve() {
    var generator = SeededGenerator(seed: 130)
    for (rows, order) in [(1, 8), (5, 16), (64, 24), (65, 40), (200, 104)] {
      let a = (0..<rows * order).map { _ in generator.nextNormal() }
      let r = (0..<order * order).map {
        $0 / order < $0 % order ? generator.nextNormal() / 10 : $0 / order == $0 % order ? 2 : 0
      }
      onEverySet { set in
        var c = [Double](repeating: 1, count: order * order)
        add_cross_products(a, order, rows, order, &c)
        for i in 0..<order {
          for j in i..<order {
            let expected = (0..<rows).reduce(1) { $0 + a[$1 * order + i] * a[$1 * order + j] }
            if abs(c[i * order + j] - expected) > 1e-12 * Double(rows) { Issue.record("\(set) \(i) \(j)") }
          }
        }
        let padded = (rows + 7) / 8 * 8
        var b = a + [Double](repeating: 0, count: (padded - rows) * order)
        solve_rows(&b, order, padded, r, order)
        for i in 0..<rows {
          for j in 0..<order {
            let product = (0...j).reduce(0) { $0 + b[i * order + $1] * r[$1 * order + j] }
            if abs(product - a[i * order + j]) > 1e-13 * 10 { Issue.record("\(set) solve \(i) \(j)") }
          }
        }
      }
    }
  }

  @Test func standardizedRows() {
    var generator = SeededGenerator(seed: 131)
    let (rows, columns) = (37, 21)
    let source = (0..<rows * columns).map { _ in Float(generator.nextNormal()) }
    let shift = (0..<columns).map { _ in generator.nextNormal() },
      scale = (0..<columns).map { Double($0 + 1) }
    let factor = (0..<rows).map { _ in generator.nextNormal() }
    onEverySet { set in
      for weighted in [true, false] {
        var byRow = [Double](repeating: 0, count: rows * columns), byColumn = byRow, wide = byRow
        factor.withUnsafeBufferPointer { factor in
          let factors = weighted ? factor.baseAddress : nil
          standardize_rows_f32(source, columns, nil, rows, columns, shift, scale, factors, &byRow, columns, 1)
          standardize_rows_f32(source, columns, nil, rows, columns, shift, scale, factors, &byColumn, 1, rows)
          standardize_rows_f64(
            source.map(Double.init), columns, nil, rows, columns, shift, scale, factors, &wide, columns, 1)
        }
        for i in 0..<rows {
          for j in 0..<columns {
            let expected =
              (Double(source[i * columns + j]) - shift[j]) * scale[j] * (weighted ? factor[i] : 1)
            let values = [byRow[i * columns + j], byColumn[j * rows + i], wide[i * columns + j]]
            if values.contains(where: { abs($0 - expected) > 1e-14 * (1 + abs(expected)) }) {
              Issue.record("\(set) \(i) \(j)")
            }
          }
        }
      }
    }
  }

  /// Products and sums of numbers whose exact results need more than one double and fit in two.
  @Test func doubleDoubleIsExactWhereItCanBe() {
    let count = 19
    let x = (0..<count).map { 1 + Double($0 + 1) * 0x1p-40 }, y = (0..<count).map { 3 - Double($0) * 0x1p-42 }
    let zero = [Double](repeating: 0, count: count)
    onEverySet { set in
      // y + 3 x: exact in integers of 2⁻⁴².
      var (high, low) = (y, zero)
      dd_axpy(count, 1 + 0x1p-30, 0x1p-60, x, zero, &high, &low)
      for i in 0..<count {
        // x · 2⁻³⁰ and x · 2⁻⁶⁰ apart, each exact but for its last bit.
        let first = high[i] - (x[i] + y[i])
        let rest = first + low[i]
        let expected = x[i] * 0x1p-30 + x[i] * 0x1p-60
        if abs(rest - expected) > 0x1p-90 { Issue.record("\(set) axpy \(i): \(rest) \(expected)") }
      }
      var sum = [0.0, 0.0]
      dd_dot(count, x, zero, x, zero, &sum)
      // Σ (1 + a)² = n + 2 Σ a + Σ a², the last term far below one double.
      let a = (1...count).map { Double($0) * 0x1p-40 }
      let linear = a.reduce(0, +) * 2, square = a.reduce(0) { $0 + $1 * $1 }
      if abs((sum[0] - Double(count) - linear) + sum[1] - square) > 1e-30 {
        Issue.record("\(set) dot \(sum)")
      }
      var (scaled, rest) = (x, zero)
      dd_scale(count, x, &scaled, &rest)
      for i in 0..<count {
        let error = (scaled[i] - 1 - 2 * a[i]) + rest[i] - a[i] * a[i]
        if abs(error) > 1e-31 { Issue.record("\(set) scale \(i): \(error)") }
      }
      var (shifted, below) = (zero, zero)
      dd_standardize_f64([1e16, 1, 3], [0.25, 0, 0], 1, 3, 1, 2, &shifted, &below)
      if shifted[0] + below[0] != 2e16 || (shifted[0] - 2e16) + below[0] != -1.5 {
        Issue.record("\(set) shift")
      }
    }
  }

  @Test func theSolutionIsTheSameWithoutFusedMultiplyAdd() throws {
    let problem = ReferenceProblem.nist.first { $0.name == "Filip" }!
    let X = problem.features
    onEverySet { set in
      let fit = try? LeastSquares(precision: .extended).fit(X.high, Matrix(column: problem.y), low: X.low)
      let digits = fit.map {
        ReferenceProblem.digits([$0.intercept] + $0.coefficients, certified: problem.estimates)
      }
      if !((digits ?? 0) >= 13) { Issue.record("\(set): \(digits ?? 0) digits") }
    }
  }
}
