internal import LinearAlgebra

/// Rows that are not learnt from, but tell how well rows like them are predicted.
struct ValidationRows<M: RowMajor> {
  let X: M
  let y: Matrix<M.Scalar>

  /// Zeros for the rows that are learnt from; nil where all rows are for validation.
  let weights: [M.Scalar]?

  /// Their number.
  var count: Int { weights?.count { $0 != 0 } ?? X.rowCount }

  /// Mean of (ŷ − y)²/2 over rows and targets.
  /// - Complexity: 4 n p k flops, one pass on all cores.
  func loss(of model: LinearModel) throws(DataError) -> Double {
    let (p, k) = (X.columnCount, y.columnCount)
    return try Rows.with(X, y, weights: weights) { (rows) throws(DataError) in
      let sums = ResidualSums.of(
        rows, DesignLayout(features: p, targets: k, hasOnes: true), ColumnUnits(identity: p + k),
        Matrix<Double>(rows: p + 1, columns: k) { $0 == 0 ? model.intercepts[$1] : model.weights[$0 - 1, $1] }
      )
      let loss = sums.squares.reduce(0, +) / rows.totalWeight / Double(2 * max(1, k))
      if loss.isFinite { return loss }
      if let (variable, row, column) = rows.firstNonFinite(nil, 0..<rows.rowCount) {
        throw .nonFinite(variable, row: row, column: column)
      }
      throw .overflow(.targets, column: 0)
    }
  }
}

extension SGD {
  /// The weights to learn with, and the rows to validate on: those that are given, or a share of the others.
  func divided<M: RowMajor>(
    _ X: M, _ y: Matrix<M.Scalar>, _ weights: [M.Scalar]?, _ validation: (X: M, y: Matrix<M.Scalar>)?
  ) throws(DataError) -> (weights: [M.Scalar]?, validation: ValidationRows<M>?) {
    if let (X, y) = validation {
      if X.rowCount == 0 { throw .noRows }
      return (weights, ValidationRows(X: X, y: y, weights: nil))
    }
    if validationFraction == 0 { return (weights, nil) }
    let (kept, heldOut) = try split(weights ?? Array(repeating: 1, count: X.rowCount))
    return (kept, ValidationRows(X: X, y: y, weights: heldOut))
  }

  /// The weights of the rows that are learnt from and of those that are held out, each with zeros for the others:
  /// ``validationFraction`` of the rows, one at least, drawn by the seed (selection sampling: Knuth, The Art of
  /// Computer Programming 2, 3.4.2 S).
  ///
  /// - Throws: ``DataError/noRows`` where no row is left to learn from.
  /// - Complexity: O(n); a weight for each row, twice.
  package func split<Scalar: BLASScalar>(_ weights: [Scalar]) throws(DataError) -> (
    kept: [Scalar], heldOut: [Scalar]
  ) {
    let n = weights.count
    var left = weights.count { $0 != 0 }  // rows of weight 0 are neither
    var wanted = max(1, Int((validationFraction * Double(left)).rounded()))
    if wanted >= left { throw .noRows }
    var generator = SeededGenerator(seed: ~seed)  // not the numbers that the run draws
    var (kept, heldOut) = (weights, weights)
    for i in 0..<n where weights[i] != 0 {
      if generator.nextInteger(below: left) < wanted {
        kept[i] = 0
        wanted -= 1
      } else {
        heldOut[i] = 0
      }
      left -= 1
    }
    return (kept, heldOut)
  }
}
