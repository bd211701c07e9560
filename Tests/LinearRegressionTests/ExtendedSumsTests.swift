import Foundation
import LinearRegression
import TestSupport
import Testing

/// Sums of passes in double-double, over rows that may be anywhere.
@Suite struct ExtendedSumsTests {
  /// Rows of three features and two targets, and weights.
  private static func rows(_ count: Int) -> (X: Matrix<Double>, y: Matrix<Double>, weights: [Double]) {
    var random = SeededGenerator(seed: 21)
    let X: Matrix<Double> = random.normalMatrix(count, 3),
      noise: Matrix<Double> = random.normalMatrix(count, 2)
    let y = Matrix<Double>(rows: count, columns: 2) { X[$0, $1] - 3 * X[$0, 2] + noise[$0, $1] }
    return (X, y, (0..<count).map { Double($0 % 3) / 2 })
  }

  /// A fit of rows, and the sums of its passes over blocks of so many rows, from which `sums` makes those of all.
  private func fit(
    _ count: Int, _ sums: (ExtendedPlan, [ExtendedSums]) -> ExtendedSums
  ) throws -> LeastSquaresFit {
    let (X, y, weights) = Self.rows(count)
    func part<Value>(_ rows: Range<Int>, _ body: (Matrix<Double>, Matrix<Double>, [Double]) -> Value) -> Value
    {
      let cut = { (matrix: Matrix<Double>) in
        Matrix(rows: rows.count, columns: matrix.columnCount) { matrix[rows.lowerBound + $0, $1] }
      }
      return body(cut(X), cut(y), Array(weights[rows]))
    }
    let blocks = stride(from: 0, to: count, by: 7).map { $0..<min($0 + 7, count) }
    var factor = LeastSquares.Factor(features: 3, targets: 2)
    try factor.add(X, y, weights: weights)
    var fit = try ExtendedFit(factor, LeastSquares(), low: (X: false, y: false))
    let passes = fit.refine { plan in
      sums(
        plan,
        blocks.map { rows in
          part(rows) { ExtendedSums(ExtendedMatrix(high: $0), $1, low: nil, weights: $2, plan) }
        })
    }
    return try fit.fit(because: "asked for", passes: 1 + passes)
  }

  private func merged(_ parts: [ExtendedSums]) -> MergeTree<ExtendedSums> {
    var tree = MergeTree<ExtendedSums>()
    for part in parts { tree.append(part, before: part.hash) { $0.merge($1) } }
    return tree
  }

  @Test func blocksGiveTheFitOfAllRows() throws {
    let (X, y, weights) = Self.rows(100)
    let whole = try LeastSquares(precision: .extended).fit(X, y, weights: weights)
    let fit = try fit(100) { _, parts in merged(parts).whole { $0.merge($1) }! }
    #expect(fit.certificate.solver == .extended && fit.certificate.passes == whole.certificate.passes)
    for (a, b) in zip(fit.model.weights.elements, whole.model.weights.elements) {
      #expect(abs(a - b) <= .ulpOfOne * abs(b))
    }
  }

  /// Wherever the rows are cut between two machines.
  @Test func partsMergeToTheSameBits() throws {
    for cut in 0...15 {
      _ = try fit(100) { plan, parts in
        let whole = merged(parts).whole { $0.merge($1) }!
        var (first, second) = (merged(Array(parts[..<cut])), merged(Array(parts[cut...])))
        for part in second.subtrees { first.append(part.value, before: part.before) { $0.merge($1) } }
        second = MergeTree()
        #expect(first.whole { $0.merge($1) } == whole, "\(cut)")
        var inOrder = ExtendedSums(plan)
        for part in parts { inOrder.merge(part) }
        // The heights decide, and not the order alone.
        #expect(inOrder != whole)
        return whole
      }
    }
  }

  /// BᵀB of no rows has no Cholesky factor.
  @Test func correctionsThatDoNotShrinkAreLeftOut() throws {
    let fit = try fit(100) { plan, _ in ExtendedSums(plan) }
    #expect(fit.certificate.solver == .qr)
    #expect(fit.certificate.reason == "corrections in double-double did not shrink")
    let (X, y, weights) = Self.rows(100)
    let qr = try LeastSquares(solver: .qr, precision: .double).fit(X, y, weights: weights)
    for (a, b) in zip(fit.model.weights.elements, qr.model.weights.elements) {
      #expect(abs(a - b) <= 16 * .ulpOfOne * abs(b))
    }
  }
}
