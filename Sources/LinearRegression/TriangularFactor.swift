internal import LinearAlgebra

/// R of the QR factorisation of standardised rows [X y], formed block by block: RᵀR = [X y]ᵀ[X y].
///
/// Each block is stacked below the R of the blocks before it and factorised again, and so are the factors of shares.
/// Q is never formed; memory does not grow with the number of rows (Demmel, Grigori, Hoemmen and Langou 2012,
/// doi:10.1137/080731992, "TSQR"). Uses `dgeqrf`.
struct TriangularFactor {
  /// Number of columns of [X y].
  let order: Int

  /// R, column-major, order × order, zeros below the diagonal.
  private(set) var elements: [Double]

  /// The factor of no rows.
  init(order: Int) {
    self.order = order
    elements = [Double](repeating: 0, count: order * order)
  }

  /// The factor of all rows of X and y in standardised units.
  init<Scalar>(_ X: some RowMajor<Scalar>, _ y: Matrix<Scalar>, _ units: ProblemStandardization) {
    let (p, k) = (X.columnCount, y.columnCount)
    // Taller than wide as well, because R's own rows are factorised again with each block.
    let blockRows = max(4 * (p + k), rowsPerCacheBlock(rowBytes: (p + k) * MemoryLayout<Double>.stride))
    let pass = RowPass(
      rows: X.rowCount, blockRows: blockRows, partialBytes: (p + k) * (p + k) * MemoryLayout<Double>.stride)
    self = X.withUnsafeElements { X in
      y.withUnsafeElements { y in
        pass.reduce {
          TriangularFactor(order: p + k)
        } scratch: {
          StackedRows(columns: p + k, rows: pass.blockRows)
        } add: { factor, stack, rows in
          factor.absorb(rows.count, &stack) { top, stride in
            units.features.fill(top, stride, X, rows)
            units.targets.fill(top + p * stride, stride, y, rows)
          }
        } merge: { factor, later in
          var stack = StackedRows(columns: p + k, rows: p + k)
          factor.absorb(p + k, &stack) { top, stride in
            for j in 0..<p + k {
              for i in 0..<p + k { top[j * stride + i] = later.elements[j * (p + k) + i] }
            }
          }
        }
      }
    }
  }

  /// Element (i, j) of R.
  subscript(i: Int, j: Int) -> Double { elements[j * order + i] }

  /// Factorises R with rows below it.
  ///
  /// - Parameters:
  ///   - count: number of rows.
  ///   - stack: where R and the rows meet.
  ///   - fill: writes the rows column by column, columns `stride` elements apart.
  private mutating func absorb(
    _ count: Int, _ stack: inout StackedRows,
    _ fill: (_ top: UnsafeMutablePointer<Double>, _ stride: Int) -> Void
  ) {
    if order == 0 { return }
    let stride = stack.stride
    precondition(count <= stride - order && stack.columns == order)
    stack.elements.withUnsafeMutableBufferPointer { stacked in
      let stacked = stacked.baseAddress!
      for j in 0..<order {
        for i in 0..<order { stacked[j * stride + i] = elements[j * order + i] }
      }
      fill(stacked + order, stride)
      stack.tau.withUnsafeMutableBufferPointer { tau in
        stack.work.withUnsafeMutableBufferPointer { work in
          let info = Double._geqrf(
            order + count, order, stacked, stride, tau.baseAddress!, work.baseAddress!, work.count)
          require(info == 0, "geqrf: argument \(-info) is illegal; this is a bug in swift-linear-regression")
        }
      }
      for j in 0..<order {
        for i in 0...j { elements[j * order + i] = stacked[j * stride + i] }
      }
    }
  }
}

/// Room for a triangular factor with rows below it, column-major.
private struct StackedRows {
  let columns: Int
  let stride: Int
  var elements: [Double]
  var tau: [Double]
  var work: [Double]

  init(columns: Int, rows: Int) {
    self.columns = columns
    stride = columns + rows
    elements = [Double](repeating: 0, count: stride * columns)
    tau = [Double](repeating: 0, count: max(1, columns))
    // 64 columns at a time, as much as dgeqrf makes use of
    work = [Double](repeating: 0, count: max(1, 64 * columns))
  }
}

extension Standardization {
  /// Writes rows in standardised units, column by column, columns `stride` elements apart.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  fileprivate func fill<Scalar: BLASScalar>(
    _ target: UnsafeMutablePointer<Double>, _ stride: Int, _ source: UnsafeBufferPointer<Scalar>,
    _ rows: Range<Int>
  ) {
    let p = means.count
    precondition(source.count >= rows.upperBound * p && stride >= rows.count)
    let tile = 16  // rows and columns at a time: both sides stay in the first-level cache
    for top in Swift.stride(from: 0, to: rows.count, by: tile) {
      for left in Swift.stride(from: 0, to: p, by: tile) {
        for j in left..<min(left + tile, p) {
          let mean = means[j], divisor = scales[j] == 0 ? .infinity : scales[j]
          for i in top..<min(top + tile, rows.count) {
            target[j * stride + i] = (Double(source[(rows.lowerBound + i) * p + j]) - mean) / divisor
          }
        }
      }
    }
  }
}
