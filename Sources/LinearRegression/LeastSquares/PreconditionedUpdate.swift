internal import CRowKernels
internal import LinearAlgebra

/// Adds a block of rows A to a triangular factor R at the speed of matrix products, where the block is like the rows
/// before it.
///
/// With B = A R⁻¹, [R; A] = [I; B] R, and [I; B] is well-conditioned if B is not large: its factor U may then be taken
/// from the cross-products I + BᵀB by Cholesky, and U R is the new factor. Substitution solves for each row of B with
/// an error that is small against R's columns, so that nothing is lost to R's condition number; what is lost to ‖B‖² is
/// watched, and a block that is too large for it is left to `dtpqrt`. (Cholesky QR with preconditioning: Fukaya,
/// Kannan, Nakatsukasa, Yamamoto and Yanagisawa 2020, doi:10.1137/18M1218212.)
struct PreconditionedUpdate {
  private let order: Int

  /// The order that kernels see, a multiple of 8: what is behind `order` is an identity in R and zeros in A.
  private let stride: Int

  /// Rows of A at a time, so that they stay in the second-level cache.
  private let chunkRows: Int

  private var rows: StandardizedBlock
  private var factor: [Double]
  private var cross: [Double]

  /// Whether blocks of so many columns gain by it.
  static func isWorthwhile(order: Int) -> Bool { order >= 8 }

  init(_ layout: DesignLayout) {
    order = layout.order
    stride = (order + 7) / 8 * 8
    chunkRows = max(64, rowsPerCacheBlock(rowBytes: stride * MemoryLayout<Double>.stride) / 8 * 8)
    rows = StandardizedBlock(
      layout, rows: chunkRows, rowStride: stride, columnStride: 1, count: chunkRows * stride)
    factor = zeros(stride * stride)
    cross = zeros(stride * stride)
  }

  /// Adds the rows of a block and counts them; false, with nothing changed, where the block is not fit for it.
  mutating func add<Scalar>(
    _ block: Observations<Scalar>, _ units: ColumnUnits, to triangle: inout UpperTriangularMatrix<Double>,
    _ counts: inout RowCounts
  ) -> Bool {
    let (order, stride) = (order, stride)
    triangle.withUnsafeColumns { r in
      for i in 0..<order { for j in i..<order { factor[i * stride + j] = r[j * order + i] } }
    }
    for i in order..<max(order, stride) { factor[i * stride + i] = 1 }
    for i in 0..<order where factor[i * stride + i] == 0 { return false }
    for i in cross.indices { cross[i] = 0 }
    var newCounts = counts
    for start in Swift.stride(from: 0, to: block.rowCount, by: chunkRows) {
      let count = min(chunkRows, block.rowCount - start), padded = (count + 7) / 8 * 8
      for i in count * stride..<padded * stride { rows.elements[i] = 0 }
      rows.fill(block.block(start..<start + count), units, &newCounts)
      rows.elements.withUnsafeMutableBufferPointer { rows in
        factor.withUnsafeBufferPointer { factor in
          cross.withUnsafeMutableBufferPointer { cross in
            solve_rows(rows.baseAddress!, stride, padded, factor.baseAddress!, stride)
            add_cross_products(rows.baseAddress!, stride, padded, stride, cross.baseAddress!)
          }
        }
      }
    }
    guard let update = update() else { return false }
    multiply(update, into: &triangle)
    counts = newCounts
    return true
  }

  /// U with UᵀU = I + BᵀB; nil where that is too large to be accurate, or not finite.
  private func update() -> UpperTriangularMatrix<Double>? {
    var sum = 0.0
    for i in 0..<order {
      var row = 1.0
      for j in 0..<order { row += abs(cross[min(i, j) * stride + max(i, j)]) }
      sum = max(sum, row)
      guard row.isFinite else { return nil }
    }
    guard sum <= 32 else { return nil }
    var result = UpperTriangularMatrix<Double>(order: order)
    let (order, stride) = (order, stride)
    result.withUnsafeMutableColumns { u in
      for j in 0..<order {
        for i in 0...j { u[j * order + i] = cross[i * stride + j] + (i == j ? 1 : 0) }
      }
    }
    return (try? result.factorizeCholesky()) == nil ? nil : result
  }

  /// R ← U R
  private func multiply(
    _ u: UpperTriangularMatrix<Double>, into r: inout UpperTriangularMatrix<Double>
  ) {
    let order = order
    // Column-major is the transpose of row-major: (U R)ᵀ = Rᵀ Uᵀ.
    let product = u.withUnsafeColumns { u in
      r.withUnsafeColumns { r in
        [Double](unsafeUninitializedCapacity: order * order) { product, count in
          Double.routines.gemm(
            .none, .none, order, order, order, 1, r.baseAddress!, order, u.baseAddress!, order, 0,
            product.baseAddress!, order)
          count = order * order
        }
      }
    }
    r.withUnsafeMutableColumns { r in
      for j in 0..<order { for i in 0...j { r[j * order + i] = product[j * order + i] } }
    }
  }
}
