/// C ← α op(A) op(B) + β C for row-major matrices, divided among threads where it is large.
///
/// C is cut into blocks, each one call of `?gemm`. The cut depends on m, n and k alone, so that the result has the same
/// bits for any number of threads. Column-major matrices are the transposes of row-major ones: for C = A B of such,
/// pass B and A, in this order, and n for m.
///
/// - Parameters:
///   - opA: op(A) = A or Aᵀ; op(A) is m × k.
///   - opB: op(B) = B or Bᵀ; op(B) is k × n.
///   - m: rows of C.
///   - n: columns of C.
///   - k: columns of op(A), rows of op(B).
///   - alpha: α.
///   - a: A, its rows `lda` elements apart.
///   - b: B, its rows `ldb` elements apart.
///   - beta: β; with 0, C is overwritten whatever it held.
///   - c: C, its rows `ldc` elements apart; shares no memory with A and B.
/// - Complexity: 2 m n k flops, no allocation beside what it takes to wake threads. Uses `?gemm`.
package func parallelGemm<Scalar: BLASScalar>(
  _ opA: Transpose, _ opB: Transpose, _ m: Int, _ n: Int, _ k: Int, _ alpha: Scalar,
  _ a: UnsafePointer<Scalar>, _ lda: Int, _ b: UnsafePointer<Scalar>, _ ldb: Int, _ beta: Scalar,
  _ c: UnsafeMutablePointer<Scalar>, _ ldc: Int
) {
  let grid = ProductGrid(m, n, k)
  if grid.count == 1 { return Scalar.routines.gemm(opA, opB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) }
  // Safe: A and B are read only, and each block of C is written by one thread.
  nonisolated(unsafe) let (a, b, c) = (a, b, c)
  concurrently(grid.count) { index in
    let (rows, columns) = grid[index]
    let (top, left) = (rows.lowerBound, columns.lowerBound)
    Scalar.routines.gemm(
      opA, opB, rows.count, columns.count, k, alpha, a + (opA == .none ? top * lda : top), lda,
      b + (opB == .none ? left : left * ldb), ldb, beta, c + (top * ldc + left), ldc)
  }
}

/// How an m × n product over k is cut into blocks, which depends on m, n and k alone.
///
/// A call packs both its operands, (m + n) k elements for m n k multiplications, so that small blocks cost time: the
/// number of blocks doubles where the work has grown eightfold, from 2²² multiplications on, and their sides with it.
struct ProductGrid {
  private let shape: Shape
  private let block: Shape
  private let blocksInARow: Int

  /// Number of blocks.
  let count: Int

  init(_ m: Int, _ n: Int, _ k: Int) {
    let work = Double(m) * Double(n) * Double(k)
    var (down, across) = (1, 1)
    while work > 0x1p22 * Double(down * across * down * across * down * across) {
      // With shorter sides two threads are not faster than one.
      let (height, width) = (m / (2 * down), n / (2 * across))
      if max(height, width) < Self.shortestSide { break }
      if height >= width { down *= 2 } else { across *= 2 }
    }
    func side(_ length: Int, _ parts: Int) -> Int {
      parts == 1 ? length : ((length + parts - 1) / parts + 31) / 32 * 32  // the kernels take up to 32 at once
    }
    shape = Shape(m, n)
    block = Shape(side(m, down), side(n, across))
    blocksInARow = across == 1 ? 1 : (n + block.columns - 1) / block.columns
    count = down == 1 ? blocksInARow : (m + block.rows - 1) / block.rows * blocksInARow
  }

  private static let shortestSide = 128

  /// Rows and columns of a block.
  subscript(index: Int) -> (rows: Range<Int>, columns: Range<Int>) {
    let top = index / blocksInARow * block.rows, left = index % blocksInARow * block.columns
    return (top..<min(top + block.rows, shape.rows), left..<min(left + block.columns, shape.columns))
  }
}
