internal import CRowKernels
internal import LinearAlgebra

/// Adds blocks of rows to a triangular factor.
///
/// The first rows, and those that are not like the rows before them, are stacked below R and factorised again by
/// `dtpqrt`. Others are added at the speed of matrix products (``PreconditionedUpdate``).
struct TriangleUpdate {
  /// Orders up to which matrix products are faster; beyond, `dtpqrt` is made of them itself.
  static var largestPreconditioned: Int { 512 }

  /// Threads that share the work on wide rows.
  private let threads: Int

  /// Rows that are factorised at a time, in column-major order.
  private var columns: StandardizedBlock
  private var work: [Double] = []
  private let height: Int
  private let order: Int
  private var products: PreconditionedUpdate?

  /// Room for rows that come so many at a time at most.
  init(_ layout: DesignLayout, rows: Int, threads: Int = 1) {
    order = layout.order
    self.threads = threads
    // Wide rows as tall as the triangle, for their memory.
    height = max(1, min(rows, UpperTriangularMatrix.isWide(order) ? order : max(256, 2 * order)))
    columns = StandardizedBlock(
      layout, rows: height, rowStride: 1, columnStride: height, count: height * order)
    if rows > height, 8...Self.largestPreconditioned ~= order { products = PreconditionedUpdate(layout) }
  }

  /// Adds rows and counts them.
  ///
  /// - Parameter counts: of the rows that the triangle is made of.
  mutating func add<Scalar>(
    _ rows: Rows<Scalar>, _ units: ColumnUnits, to triangle: inout UpperTriangularMatrix<Double>,
    _ counts: inout RowCounts
  ) {
    var start = 0
    while start < rows.rowCount {
      let left = rows.rowCount - start, seen = counts.observations
      guard products != nil, seen >= 2 * order else {
        let end = start + min(left, height)
        factorize(rows.block(start..<end), units, &triangle, &counts)
        start = end
        continue
      }
      // No more rows than there are in R: more would be too large for it.
      let end = start + min(left, seen)
      if products!.add(rows.block(start..<end), units, to: &triangle, &counts) {
        start = end
        continue
      }
      while start < end {
        let next = min(start + height, end)
        factorize(rows.block(start..<next), units, &triangle, &counts)
        start = next
      }
    }
  }

  private mutating func factorize<Scalar>(
    _ rows: Rows<Scalar>, _ units: ColumnUnits, _ triangle: inout UpperTriangularMatrix<Double>,
    _ counts: inout RowCounts
  ) {
    // From a triangle of zeros `dtpqrt` is the more accurate where rows are of different sizes; few wide rows would
    // wait for it to go over all columns.
    let isWide = counts.observations == 0 && rows.rowCount < order
    columns.fill(rows, units, &counts)
    if UpperTriangularMatrix.isWide(order) {
      return columns.elements.withUnsafeMutableBufferPointer {
        if isWide {
          triangle.factorizeInPanels(
            rows: rows.rowCount, $0.baseAddress!, leadingDimension: height, threads: threads)
        } else {
          triangle.stackInPanels(
            rows: rows.rowCount, $0.baseAddress!, leadingDimension: height, threads: threads)
        }
      }
    }
    if work.isEmpty { work = zeros(triangle.rowsWorkspaceCount) }
    columns.elements.withUnsafeMutableBufferPointer { columns in
      work.withUnsafeMutableBufferPointer { work in
        guard let columns = columns.baseAddress, let work = work.baseAddress else { return }
        if isWide {
          triangle.factorize(rows: rows.rowCount, columns, leadingDimension: height)
        } else {
          triangle.stack(rows: rows.rowCount, columns, leadingDimension: height, work: work)
        }
      }
    }
  }
}

/// Adds a block of rows A to a triangular factor R at the speed of matrix products, where the block is like the rows
/// before it.
///
/// With B = A R⁻¹, [R; A] = [I; B] R, and [I; B] is well-conditioned if B is not large: its factor U may then be taken
/// from the cross-products I + BᵀB by Cholesky, and U R is the new factor. Substitution solves for each row of B with
/// an error that is small against R's columns, so that nothing is lost to R's condition number; what is lost to ‖B‖² is
/// watched, and a block that is too large for it is left to `dtpqrt`. (Cholesky QR with preconditioning: Fukaya,
/// Kannan, Nakatsukasa, Yamamoto and Yanagisawa 2020, doi:10.1137/18M1218212.)
private struct PreconditionedUpdate {
  private let order: Int

  /// The order that kernels see, a multiple of 8: what is behind `order` is an identity in R and zeros in A.
  private let stride: Int

  /// Rows of A at a time, so that they stay in the second-level cache.
  private let chunkRows: Int

  private var rows: StandardizedBlock
  private var factor: [Double]
  private var cross: [Double]

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
    _ block: Rows<Scalar>, _ units: ColumnUnits, to triangle: inout UpperTriangularMatrix<Double>,
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
