import Foundation
import LinearRegression
import TestSupport
import Testing

@Suite struct FactorTests {
  private func data(_ n: Int, seed: UInt64 = 90) -> (X: Matrix<Double>, y: Matrix<Double>) {
    var generator = SeededGenerator(seed: seed)
    let X = Matrix<Double>(rows: n, columns: 5) { i, j in
      generator.nextNormal() * [1, 1e-6, 1e6, 3, 1][j] + [0, 5, 1e9, -1e4, Double(i) / 100][j]
    }
    return (X, Matrix(rows: n, columns: 2) { i, t in X[i, 0] + X[i, 3] * Double(t) + generator.nextNormal() })
  }

  private func share(_ X: Matrix<Double>, _ y: Matrix<Double>, _ rows: Range<Int>) throws
    -> LeastSquares.Factor
  {
    var share = LeastSquares.Factor(features: X.columnCount, targets: y.columnCount)
    try share.add(X[rows: rows], Matrix(y[rows: rows]))
    return share
  }

  private func agrees(_ a: LeastSquaresFit, _ b: LeastSquaresFit, digits: Double = 12) -> Bool {
    let pairs = zip(
      a.model.weights.elements + a.model.intercepts, b.model.weights.elements + b.model.intercepts)
    let errors = zip(a.standardErrors, b.standardErrors)
    let bound = pow(10, -digits)
    return pairs.allSatisfy { abs($0 - $1) <= bound * abs($1) }
      && errors.allSatisfy { abs($0! - $1!) <= bound * $1! } && a.observations == b.observations
  }

  @Test func sharesInAnyOrderAgreeWithTheWhole() throws {
    let (X, y) = data(9000)
    let whole = try LeastSquares().fit(X, y)
    let parts = try [0..<100, 100..<101, 101..<8000, 8000..<9000].map { try share(X, y, $0) }
    var bits: [LeastSquaresFit] = []
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
      var merged = parts[order[0]]
      for part in order.dropFirst() { try merged.merge(parts[part]) }
      let fit = try merged.solve()
      // Offsets of 10⁹ spreads cost digits of the data, and the rest costs few.
      #expect(agrees(fit, whole, digits: 8))
      #expect(fit.certificate.solver == .qr)
      bits.append(fit)
      var again = parts[order[0]]
      for part in order.dropFirst() { try again.merge(parts[part]) }
      #expect(again == merged)
    }
    #expect(agrees(bits[1], bits[0], digits: 8) && agrees(bits[2], bits[0], digits: 8))
  }

  @Test func rowByRowIsAllAtOnce() throws {
    var generator = SeededGenerator(seed: 91)
    let X = generator.dyadicMatrix(200, 3), y = generator.dyadicMatrix(200, 1)
    var single = LeastSquares.Factor(features: 3)
    for i in 0..<200 { try single.add(X[rows: i..<i + 1], [y[i, 0]]) }
    #expect(agrees(try single.solve(), try LeastSquares().fit(X, y)))
    for intercept in [true, false] {
      let fit = try single.solve(LeastSquares(intercept: intercept))
      #expect(agrees(fit, try LeastSquares(intercept: intercept).fit(X, y)))
    }
  }

  @Test func otherColumnsAndTargets() throws {
    let (X, y) = data(3000)
    let all = try share(X, y, 0..<3000)
    let some = try all.solve(features: [4, 0, 3], targets: [6])
    let chosen = Matrix<Double>(rows: 3000, columns: 3) { X[$0, [4, 0, 3][$1]] }
    #expect(agrees(some, try LeastSquares().fit(chosen, y[column: 1]), digits: 11))
    // A former feature as target, a former target as feature.
    let swapped = try all.solve(features: [0, 5], targets: [3])
    let other = Matrix<Double>(rows: 3000, columns: 2) { $1 == 0 ? X[$0, 0] : y[$0, 0] }
    #expect(agrees(swapped, try LeastSquares().fit(other, X[column: 3]), digits: 11))
  }

  @Test func weightsAndEmptyShares() throws {
    let (X, y) = data(500)
    let weights = (0..<500).map { Double($0 % 3) }
    var whole = LeastSquares.Factor(features: 5, targets: 2)
    #expect(throws: DataError.noRows) { try whole.solve() }
    try whole.merge(LeastSquares.Factor(features: 5, targets: 2))
    try whole.add(X[rows: 0..<100], Matrix(y[rows: 0..<100]), weights: Array(weights[0..<100]))
    try whole.add(X[rows: 0..<10], Matrix(y[rows: 0..<10]), weights: Array(repeating: 0, count: 10))
    try whole.add(X[rows: 0..<0], Matrix(y[rows: 0..<0]))
    try whole.add(X[rows: 100..<500], Matrix(y[rows: 100..<500]), weights: Array(weights[100..<500]))
    #expect(agrees(try whole.solve(), try LeastSquares().fit(X, y, weights: weights), digits: 8))
  }

  @Test func whatIsRefusedChangesNothing() throws {
    let (X, y) = data(300)
    var all = try share(X, y, 0..<300)
    let before = all
    var bad = Matrix(X[rows: 0..<50])
    bad[49, 4] = .nan
    #expect(throws: DataError.nonFinite(.features, row: 49, column: 4)) {
      try all.add(bad, Matrix(y[rows: 0..<50]))
    }
    #expect(throws: DataError.columnsDiffer(features: [5, 4], targets: [2, 2])) {
      try all.merge(LeastSquares.Factor(features: 4, targets: 2))
    }
    #expect(all == before)
  }

  @Test func comesBackBitForBit() throws {
    let (X, y) = data(300)
    let all = try share(X, y, 0..<300)
    let back = try JSONDecoder().decode(LeastSquares.Factor.self, from: JSONEncoder().encode(all))
    #expect(back == all)
    let none = LeastSquares.Factor(features: 2)
    #expect(try JSONDecoder().decode(LeastSquares.Factor.self, from: JSONEncoder().encode(none)) == none)
    let text = String(decoding: try JSONEncoder().encode(all), as: UTF8.self)
    for (old, new) in [("\"features\":5", "\"features\":6"), ("\"observations\":300", "\"observations\":-1")]
    {
      let broken = text.replacingOccurrences(of: old, with: new)
      #expect(broken != text)
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(LeastSquares.Factor.self, from: Data(broken.utf8))
      }
    }
  }

  @Test func redundantColumnsAreFoundInShares() throws {
    var generator = SeededGenerator(seed: 92)
    let X = generator.dyadicMatrix(600, 3), y = generator.dyadicMatrix(600, 1)
    let wide = Matrix<Double>(rows: 600, columns: 5) { i, j in
      j < 3 ? X[i, j] : j == 3 ? X[i, 0] + X[i, 2] : 7
    }
    var whole = try share(wide, y, 0..<200)
    try whole.merge(try share(wide, y, 200..<600))
    let fit = try whole.solve()
    #expect(fit.redundant.map(\.description) == ["x3 = x0 + x2", "x4 = 7"])
  }

  /// What no solution could have statistics of is refused where it comes in, and what was there before stays of use.
  @Test(arguments: [1e308, 1e200, 2e154]) func targetsBeyondDoubleAreRefused(size: Double) throws {
    let (X, y) = data(40), column = y[column: 0]
    var factor = LeastSquares.Factor(features: 5)
    try factor.add(X, column)
    let before = factor
    #expect(throws: DataError.overflow(.targets, column: 0)) {
      try factor.add(X[rows: 0..<2], [size, -size])
    }
    // A row by itself has no spread: beside others it has.
    #expect(throws: DataError.overflow(.targets, column: 0)) { try factor.add(X[rows: 0..<1], [size]) }
    var alone = LeastSquares.Factor(features: 5)
    try alone.add(X[rows: 0..<1], [size])
    #expect(throws: DataError.overflow(.targets, column: 0)) { try factor.merge(alone) }
    #expect(throws: DataError.overflow(.targets, column: 0)) { try alone.merge(before) }
    #expect(factor == before)
    _ = try factor.solve()
    // A hundred thousandth of the limit, and its square fits.
    try factor.add(X, column.map { $0 * 1e148 })
    _ = try factor.solve()
  }
}
