/// Columns of a panel, after which the rest of the matrix is updated.
private let panelWidth = 32

/// Tiles of A v, which stay in the cache between A and Aᵀ. (AVX-512, from memory: 22 GB/s; `?symv` alone 24.)
private let stripWidth = 32
private let tileHeight = 128

/// T = Qᵀ A Q of a symmetric matrix A: tridiagonal, with Q a product of n − 1 Householder reflectors, of which
/// reflector j leaves the first j + 1 elements of a vector as they are.
struct Tridiagonalization<Scalar: BLASScalar>: Sendable {
  /// The diagonal of T, n elements.
  let diagonal: [Scalar]

  /// The n − 1 elements beside it.
  let offDiagonal: [Scalar]

  /// A's memory, with the vectors of the reflectors below the elements beside the diagonal.
  private var factors: ColumnMajor<Scalar>

  /// The factors of the reflectors I − τ v vᵀ.
  private let tau: [Scalar]

  /// Reduces a matrix by panels of columns (Dongarra, Sorensen and Hammarling 1989, doi:10.1016/0377-0427(89)90367-1).
  /// Threads divide A v, which every column needs, and the update of rank 64 behind a panel; the cut depends on n
  /// alone, so that the result has the same bits for any number of threads.
  ///
  /// - Parameter a: A, n × n with n ≥ 1, given by what lies on and below the diagonal.
  /// - Complexity: 4/3 n³ flops, half of them at the speed of memory. Uses `?symv`, `?gemv`, `?gemm`, `?larfg`, and
  ///   `?sytrd` for the last columns.
  init(_ a: consuming ColumnMajor<Scalar>) {
    factors = a
    let n = factors.rowCount
    var memory: [Scalar] = zeros(TridiagonalSteps<Scalar>.memoryCount(n))
    factors.elements.withUnsafeMutableBufferPointer { a in
      memory.withUnsafeMutableBufferPointer { memory in
        let steps = TridiagonalSteps(n, a.baseAddress!, memory.baseAddress!)
        let count = steps.beginPanel() ?? 0
        forEachRound(
          count, threads: min(Parallelism.threads, mostProductParts + 1), patience: reductionPatience,
          { steps.work($0) }, next: { steps.next() })
      }
    }
    diagonal = Array(memory[..<n])
    offDiagonal = Array(memory[n..<2 * n - 1])
    tau = Array(memory[2 * n..<3 * n - 1])
  }

  /// Q as blocks of reflectors of order n − 1, which multiply the rows below the first.
  func reflectors() -> BlockReflectors<Scalar> {
    let order = factors.rowCount - 1
    return BlockReflectors(vectors: factors.withoutFirstRow(columns: order), tau: tau)
  }
}

/// The memory that the threads share, and where in the reduction they are.
///
/// With the vectors v and w of a panel's columns so far, A − V Wᵀ − W Vᵀ = A − P Qᵀ, where P = (v₀ w₀ v₁ w₁ …) and
/// Q = (w₀ v₀ w₁ v₁ …).
private final class TridiagonalSteps<Scalar: BLASScalar> {
  private typealias Pointer = UnsafeMutablePointer<Scalar>
  private let n: Int
  private let a: Pointer, d: Pointer, e: Pointer, tau: Pointer
  private let p: Pointer, q: Pointer, products: Pointer, coefficients: Pointer, row: Pointer

  private var column = 0, panelStart = 0
  private var isUpdate = false
  /// Where the parts of A v begin, and the end of the last.
  private var bounds: [Int] = []
  /// Where the blocks of an update begin: row and column.
  private var blocks: [(Int, Int)] = []
  private var blockSide = 0

  static func memoryCount(_ n: Int) -> Int { n * (3 + 4 * panelWidth + mostProductParts) + 4 * panelWidth }

  /// - Parameters:
  ///   - n: the order of A.
  ///   - a: A.
  ///   - memory: as many elements as `memoryCount`, zeros, of which the first 3 n become the diagonal, the elements
  ///     beside it and τ.
  init(_ n: Int, _ a: UnsafeMutablePointer<Scalar>, _ memory: UnsafeMutablePointer<Scalar>) {
    (self.n, self.a, d, e, tau, p) = (n, a, memory, memory + n, memory + 2 * n, memory + 3 * n)
    q = p + n * 2 * panelWidth
    products = q + n * 2 * panelWidth
    coefficients = products + n * mostProductParts
    row = coefficients + 2 * panelWidth
  }

  /// The tasks of the next round, once those of this one are done.
  func next() -> Int? {
    if isUpdate {
      panelStart = column
      return beginPanel()
    }
    if column == n { return nil }
    finishProduct()
    column += 1
    return column == panelStart + panelWidth ? beginUpdate() : beginColumn()
  }

  func work(_ task: Int) {
    if isUpdate {
      update(blocks[task])
    } else if task == 0 {
      project()
    } else {
      multiply(task - 1)
    }
  }

  /// The last columns are left to LAPACK.
  func beginPanel() -> Int? {
    isUpdate = false
    if n - column > 2 * panelWidth { return beginColumn() }
    let j = column
    _ = withWorkspace("sytrd") { work, lwork in
      Scalar.routines.sytrd(lowerTriangle, n - j, a + j * n + j, n, d + j, e + j, tau + j, work, lwork)
    }
    column = n
    return nil
  }

  /// A column as the reflectors of the panel leave it, and its own reflector: v = (1, …) below the diagonal.
  private func beginColumn() -> Int {
    let j = column, k = 2 * (j - panelStart), own = a + j * n
    if k > 0 {
      for c in 0..<k { row[c] = q[c * n + j] }
      Scalar.routines.gemv(.transpose, k, n - j, -1, p + j, n, row, 1, own + j)
    }
    d[j] = own[j]
    positiveInfo("larfg", Scalar.routines.larfg(n - j - 1, own + j + 1, own + j + 2, 1, tau + j))
    e[j] = own[j + 1]
    own[j + 1] = 1
    (p + k * n + j + 1).update(from: own + j + 1, count: n - j - 1)
    (q + (k + 1) * n + j + 1).update(from: own + j + 1, count: n - j - 1)
    let order = n - j - 1, count = max(1, min(mostProductParts, order * order / 2 / productPartElements))
    // Equal areas of the triangle.
    bounds = (0..<count).map { part in
      let rest = (1 - Double(part) / Double(count)).squareRoot()
      return j + 1 + Int(Double(order) * (1 - rest)) / stripWidth * stripWidth
    }
    bounds.append(n)
    return count + 1
  }

  /// Qᵀ v of the columns before, at the same time as A v.
  private func project() {
    let j = column, k = 2 * (j - panelStart)
    if k == 0 { return }
    Scalar.routines.gemv(.none, k, n - j - 1, 1, q + j + 1, n, a + j * n + j + 1, 0, coefficients)
  }

  /// What columns of the triangle add to A v, tile by tile, so that memory is read once for A and for Aᵀ.
  private func multiply(_ part: Int) {
    let v = a + column * n, y = products + part * n, end = bounds[part + 1]
    (y + bounds[part]).update(repeating: 0, count: n - bounds[part])
    for left in stride(from: bounds[part], to: end, by: stripWidth) {
      let width = min(stripWidth, end - left), strip = a + left * n
      Scalar.routines.symv(.upper, width, 1, strip + left, n, v + left, 1, y + left)
      for top in stride(from: left + width, to: n, by: tileHeight) {
        let height = min(tileHeight, n - top)
        Scalar.routines.gemv(.none, width, height, 1, strip + top, n, v + top, 1, y + left)
        Scalar.routines.gemv(.transpose, width, height, 1, strip + top, n, v + left, 1, y + top)
      }
    }
  }

  /// w = y − ½ τ (yᵀ v) v with y = τ (A v − P Qᵀ v).
  private func finishProduct() {
    let j = column, k = 2 * (j - panelStart), length = n - j - 1
    let v = a + j * n + j + 1, w = products + j + 1
    for part in 1..<max(1, bounds.count - 1) {
      let first = bounds[part]
      Scalar.routines.axpy(n - first, 1, products + part * n + first, products + first)
    }
    if k > 0 { Scalar.routines.gemv(.transpose, k, length, -1, p + j + 1, n, coefficients, 1, w) }
    let factor = tau[j]
    for i in 0..<length { w[i] *= factor }
    Scalar.routines.axpy(length, -factor / 2 * Scalar.routines.dot(length, w, v), v, w)
    (p + (k + 1) * n + j + 1).update(from: w, count: length)
    (q + k * n + j + 1).update(from: w, count: length)
  }

  private func beginUpdate() -> Int {
    isUpdate = true
    blockSide = updateSide(n - column)
    let starts = Array(stride(from: column, to: n, by: blockSide))
    blocks = starts.flatMap { left in starts.filter { $0 >= left }.map { ($0, left) } }
    return blocks.count
  }

  /// A block on or below the diagonal; what a block on it holds above the diagonal is not used.
  private func update(_ block: (Int, Int)) {
    let (top, left) = block
    Scalar.routines.gemm(
      .transpose, .none, min(blockSide, n - left), min(blockSide, n - top), 2 * panelWidth, -1, q + left, n,
      p + top, n, 1, a + left * n + top, n)
  }
}
