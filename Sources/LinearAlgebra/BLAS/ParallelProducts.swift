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
/// number of blocks doubles where the work has grown eightfold. Blocks are strips of rows as long as those are not much
/// wider than high; to cut columns costs more. (AVX-512, one thread: 8 strips of 2000³ take 1.01 of the time of one call,
/// 4 of 1000³ 1.05, 2 of 500³ 1.00; 4 × 4 blocks of 2000³ take 1.18.)
struct ProductGrid {
  private let shape: Shape
  private let block: Shape
  private let blocksInARow: Int

  /// Number of blocks.
  let count: Int

  init(_ m: Int, _ n: Int, _ k: Int) {
    let work = Double(m) * Double(n) * Double(k)
    shape = Shape(m, n)
    if work <= Self.undividedWork {
      (block, blocksInARow, count) = (shape, 1, 1)
      return
    }
    var (down, across) = (1, 1)
    while case let blocks = Double(down * across),
      blocks == 1 || work > 4 * Self.undividedWork * blocks * blocks * blocks
    {
      let (height, width) = (m / (2 * down), n / (2 * across))
      let isWide = width >= 256  // narrower blocks are not worth it, nor are lower ones than 96 rows
      if height >= 96 && (8 * height >= width || !isWide) {
        down *= 2
      } else if isWide {
        across *= 2
      } else {
        break
      }
    }
    block = Shape(Self.side(m, down), Self.side(n, across))
    blocksInARow = across == 1 ? 1 : (n + block.columns - 1) / block.columns
    count = down == 1 ? blocksInARow : (m + block.rows - 1) / block.rows * blocksInARow
  }

  /// Multiplications that take less time than it takes to wake a thread.
  private static let undividedWork = 0x1p22

  /// The side of so many parts: a multiple of 32, for the kernels take up to 32 rows or columns at once.
  static func side(_ length: Int, _ parts: Int) -> Int {
    parts == 1 ? length : ((length + parts - 1) / parts + 31) / 32 * 32
  }

  /// Rows and columns of a block.
  subscript(index: Int) -> (rows: Range<Int>, columns: Range<Int>) {
    let top = index / blocksInARow * block.rows, left = index % blocksInARow * block.columns
    return (top..<min(top + block.rows, shape.rows), left..<min(left + block.columns, shape.columns))
  }
}

/// y ← α op(A) x + β y for a row-major matrix, divided among threads where it is large.
///
/// y is cut into parts, each one call of `?gemv`. The cut depends on m and n alone, so that the result has the same
/// bits for any number of threads.
///
/// - Parameters:
///   - op: op(A) = A or Aᵀ.
///   - m: rows of A.
///   - n: columns of A.
///   - alpha: α.
///   - a: A, its rows `lda` elements apart.
///   - x: as many elements as op(A) has columns.
///   - beta: β; with 0, y is overwritten whatever it held.
///   - y: as many elements as op(A) has rows; shares no memory with A and x.
/// - Complexity: 2 m n flops, no allocation beside what it takes to wake threads. Uses `?gemv`.
package func parallelGemv<Scalar: BLASScalar>(
  _ op: Transpose, _ m: Int, _ n: Int, _ alpha: Scalar, _ a: UnsafePointer<Scalar>, _ lda: Int,
  _ x: UnsafePointer<Scalar>, _ beta: Scalar, _ y: UnsafeMutablePointer<Scalar>
) {
  let length = op == .none ? m : n
  // A thread is worth waking from some hundred thousand elements on.
  let parts = min(64, length / 64, m * n / gemvPart)
  if parts <= 1 { return Scalar.routines.gemv(op, m, n, alpha, a, lda, x, beta, y) }
  let part = ((length + parts - 1) / parts + 31) / 32 * 32
  // Safe: A and x are read only, and each part of y is written by one thread.
  nonisolated(unsafe) let (a, x, y) = (a, x, y)
  concurrently((length + part - 1) / part) { index in
    let start = index * part, count = min(part, length - start)
    if op == .none {
      Scalar.routines.gemv(op, count, n, alpha, a + start * lda, lda, x, beta, y + start)
    } else {
      Scalar.routines.gemv(op, m, count, alpha, a + start, lda, x, beta, y + start)
    }
  }
}

/// Elements of A that are worth a part of a product with a vector.
private let gemvPart = 1 << 19

/// One triangle of C ← α op(A) op(A)ᵀ + β C for row-major matrices, divided among threads where it is large.
///
/// The triangle is cut into blocks: those on the diagonal are one call of `?syrk` each, the others of `?gemm`. The cut
/// depends on n and k alone, so that the result has the same bits for any number of threads.
///
/// - Parameters:
///   - triangle: the triangle of C that is read and written.
///   - op: op(A) = A or Aᵀ; op(A) is n × k.
///   - n: rows and columns of C.
///   - k: columns of op(A).
///   - alpha: α.
///   - a: A, its rows `lda` elements apart.
///   - beta: β; with 0, the triangle is overwritten whatever it held.
///   - c: C, its rows `ldc` elements apart; shares no memory with A.
/// - Complexity: n (n + 1) k flops, no allocation beside what it takes to wake threads. Uses `?syrk` and `?gemm`.
package func parallelSyrk<Scalar: BLASScalar>(
  _ triangle: Triangle, _ op: Transpose, _ n: Int, _ k: Int, _ alpha: Scalar, _ a: UnsafePointer<Scalar>,
  _ lda: Int, _ beta: Scalar, _ c: UnsafeMutablePointer<Scalar>, _ ldc: Int
) {
  let strips = ProductGrid(n, n, k).count
  if strips == 1 { return Scalar.routines.syrk(triangle, op, n, k, alpha, a, lda, beta, c, ldc) }
  let side = ProductGrid.side(n, max(2, strips / 2)), sides = (n + side - 1) / side
  // Blocks (i, j) with i ≥ j; those away from the diagonal, which are more work, first.
  let blocks = (0..<sides).flatMap { i in (0...i).map { j in (i, j) } }.sorted { $0.0 - $0.1 > $1.0 - $1.1 }
  // Safe: A is read only, and each block of C is written by one thread.
  nonisolated(unsafe) let (a, c) = (a, c)
  concurrently(blocks.count) { index in
    let (later, earlier) = blocks[index]
    let (top, left) = triangle == .lower ? (later * side, earlier * side) : (earlier * side, later * side)
    let rows = min(side, n - top), columns = min(side, n - left)
    let step = op == .none ? lda : 1
    if later == earlier {
      Scalar.routines.syrk(
        triangle, op, rows, k, alpha, a + top * step, lda, beta, c + (top * ldc + left), ldc)
    } else {
      Scalar.routines.gemm(
        op, op == .none ? .transpose : .none, rows, columns, k, alpha, a + top * step, lda, a + left * step,
        lda,
        beta, c + (top * ldc + left), ldc)
    }
  }
}

/// Copies the upper triangle of a row-major n × n matrix to the lower one, tile by tile.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func mirrorUpperTriangle<Scalar: BLASScalar>(of c: UnsafeMutableBufferPointer<Scalar>, order n: Int) {
  precondition(c.count == n * n)
  let tile = 32
  for top in stride(from: 0, to: n, by: tile) {
    for left in stride(from: 0, through: top, by: tile) {
      for i in top..<min(top + tile, n) {
        for j in left..<min(left + tile, i) { c[i * n + j] = c[j * n + i] }
      }
    }
  }
}
