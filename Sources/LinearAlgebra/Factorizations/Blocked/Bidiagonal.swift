/// Columns of a panel, after which the rest of the matrix is updated.
private let panelWidth = 32

/// B = Qᵀ A P of an m × n matrix A with m ≥ n: upper bidiagonal, with Q and P products of Householder reflectors.
/// Reflector j of Q leaves the first j elements of a vector as they are, that of P the first j + 1.
struct Bidiagonalization<Scalar: BLASScalar>: Sendable {
  /// The diagonal of B, n elements.
  let diagonal: [Scalar]

  /// The n − 1 elements to the right of it.
  let offDiagonal: [Scalar]

  /// A's memory, with the vectors of Q's reflectors below the diagonal and those of P's to the right of the element
  /// beside it.
  private var factors: ColumnMajor<Scalar>

  /// The factors of the reflectors I − τ v vᵀ.
  private let leftTau: [Scalar], rightTau: [Scalar]

  /// Reduces a matrix by panels (Dongarra, Sorensen and Hammarling 1989, doi:10.1016/0377-0427(89)90367-1). Threads
  /// divide Aᵀ u and A v, which every column needs, and the update of rank 64 behind a panel; the cut depends on the
  /// shape alone, so that the result has the same bits for any number of threads.
  ///
  /// - Parameter a: A, m × n with m ≥ n ≥ 1.
  /// - Complexity: 4 m n² − 4/3 n³ flops, half of them at the speed of memory. Uses `?gemv`, `?gemm`, `?larfg`, and
  ///   `?gebrd` for the last columns.
  init(_ a: consuming ColumnMajor<Scalar>) {
    factors = a
    let (m, n) = (factors.rowCount, factors.columnCount)
    var memory: [Scalar] = zeros(BidiagonalSteps<Scalar>.memoryCount(m, n))
    factors.elements.withUnsafeMutableBufferPointer { a in
      memory.withUnsafeMutableBufferPointer { memory in
        let steps = BidiagonalSteps(m, n, a.baseAddress!, memory.baseAddress!)
        let count = steps.beginPanel() ?? 0
        forEachRound(
          count, threads: min(Parallelism.threads, mostProductParts + 1), patience: reductionPatience,
          { steps.work($0) }, next: { steps.next() })
      }
    }
    diagonal = Array(memory[..<n])
    offDiagonal = Array(memory[n..<2 * n - 1])
    leftTau = Array(memory[2 * n..<3 * n])
    rightTau = Array(memory[3 * n..<4 * n - 1])
  }

  /// Q, of order m.
  func left() -> BlockReflectors<Scalar> { BlockReflectors(vectors: factors, tau: leftTau) }

  /// P, of order n − 1: it multiplies the rows below the first.
  func right() -> BlockReflectors<Scalar> {
    let n = factors.columnCount, order = n - 1
    // Rows of the vectors become columns.
    let rows = ColumnMajor(rowCount: n, columnCount: n, elements: factors.firstRows(n).elements)
    return BlockReflectors(vectors: rows.withoutFirstRow(columns: order), tau: rightTau)
  }
}

/// The memory that the threads share, and where in the reduction they are.
///
/// With the vectors of a panel's columns so far, u and v of the reflectors, y and x of the products, what they leave of
/// A is A − U Yᵀ − X Vᵀ = A − P Qᵀ, where P = (u₀ x₀ u₁ x₁ …) and Q = (y₀ v₀ y₁ v₁ …).
private final class BidiagonalSteps<Scalar: BLASScalar> {
  private typealias Pointer = UnsafeMutablePointer<Scalar>
  private enum Round { case columnProduct, rowProduct, update }

  private let m: Int, n: Int
  private let a: Pointer, d: Pointer, e: Pointer, leftTau: Pointer, rightTau: Pointer
  private let p: Pointer, q: Pointer, coefficients: Pointer, row: Pointer

  private var column = 0, panelStart = 0
  private var round = Round.update
  /// The parts of a product: columns of Aᵀ u, rows of A v. The blocks of an update: rows and columns.
  private var parts: [Range<Int>] = []
  private var blocks: [(Range<Int>, Range<Int>)] = []

  static func memoryCount(_ m: Int, _ n: Int) -> Int { 4 * n + (m + n) * 2 * panelWidth + 4 * panelWidth }

  /// - Parameters:
  ///   - m: the number of rows of A.
  ///   - n: the number of columns.
  ///   - a: A.
  ///   - memory: as many elements as `memoryCount`, zeros, of which the first 4 n become the diagonal, the elements
  ///     beside it, τ of Q's reflectors and τ of P's.
  init(_ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Scalar>, _ memory: UnsafeMutablePointer<Scalar>) {
    (self.m, self.n, self.a) = (m, n, a)
    (d, e, leftTau, rightTau) = (memory, memory + n, memory + 2 * n, memory + 3 * n)
    p = memory + 4 * n
    q = p + m * 2 * panelWidth
    coefficients = q + n * 2 * panelWidth
    row = coefficients + 2 * panelWidth
  }

  /// The number of columns of P and Q before the current product.
  private var count: Int { 2 * (column - panelStart) + (round == .rowProduct ? 1 : 0) }

  /// The tasks of the next round, once those of this one are done.
  func next() -> Int? {
    switch round {
    case .columnProduct:
      finish(q + count * n + column + 1, n - column - 1, q + column + 1, n, leftTau[column])
      return beginRow()
    case .rowProduct:
      finish(p + count * m + column + 1, m - column - 1, p + column + 1, m, rightTau[column])
      column += 1
      return column == panelStart + panelWidth ? beginUpdate() : beginColumn()
    case .update:
      panelStart = column
      return column == n ? nil : beginPanel()
    }
  }

  func work(_ task: Int) {
    let j = column
    switch round {
    case .columnProduct:
      let u = p + count * m + j
      if task == 0 {
        project(u, m - j, p + j, m)
      } else {
        let part = parts[task - 1]
        Scalar.routines.gemv(
          .none, part.count, m - j, 1, a + part.lowerBound * m + j, m, u, 0, q + count * n + part.lowerBound)
      }
    case .rowProduct:
      let v = q + count * n + j + 1
      if task == 0 {
        project(v, n - j - 1, q + j + 1, n)
      } else {
        let part = parts[task - 1]
        Scalar.routines.gemv(
          .transpose, n - j - 1, part.count, 1, a + (j + 1) * m + part.lowerBound, m, v, 0,
          p + count * m + part.lowerBound)
      }
    case .update:
      let (rows, columns) = blocks[task]
      Scalar.routines.gemm(
        .transpose, .none, columns.count, rows.count, 2 * panelWidth, -1, q + columns.lowerBound, n,
        p + rows.lowerBound, m, 1, a + columns.lowerBound * m + rows.lowerBound, m)
    }
  }

  /// The last columns are left to LAPACK.
  func beginPanel() -> Int? {
    if n - column > 2 * panelWidth { return beginColumn() }
    let j = column
    _ = withWorkspace("gebrd") { work, lwork in
      Scalar.routines.gebrd(
        m - j, n - j, a + j * m + j, m, d + j, e + j, leftTau + j, rightTau + j, work, lwork)
    }
    column = n
    return nil
  }

  /// A column as the reflectors of the panel leave it, and its own reflector of Q.
  private func beginColumn() -> Int {
    let j = column, own = a + j * m + j
    round = .columnProduct
    let k = count
    if k > 0 {
      for c in 0..<k { row[c] = q[c * n + j] }
      Scalar.routines.gemv(.transpose, k, m - j, -1, p + j, m, row, 1, own)
    }
    positiveInfo("larfg", Scalar.routines.larfg(m - j, own, own + 1, 1, leftTau + j))
    d[j] = own[0]
    let u = p + k * m + j
    u.update(from: own, count: m - j)
    u[0] = 1
    parts = productParts(j + 1..<n, each: m - j)
    return parts.count + 1
  }

  /// A row as the reflectors leave it, and its own reflector of P.
  private func beginRow() -> Int {
    let j = column, k = count + 1, length = n - j - 1
    round = .rowProduct
    let own = a + (j + 1) * m + j, v = q + k * n + j + 1
    for i in 0..<length { v[i] = own[i * m] }
    for c in 0..<k { row[c] = p[c * m + j] }
    Scalar.routines.gemv(.transpose, k, length, -1, q + j + 1, n, row, 1, v)
    positiveInfo("larfg", Scalar.routines.larfg(length, v, v + 1, 1, rightTau + j))
    e[j] = v[0]
    v[0] = 1
    for i in 1..<length { own[i * m] = v[i] }
    parts = productParts(j + 1..<m, each: length)
    return parts.count + 1
  }

  /// Pᵀ u or Qᵀ v of the vectors before, at the same time as Aᵀ u or A v.
  private func project(_ vector: Pointer, _ length: Int, _ columns: Pointer, _ stride: Int) {
    if count == 0 { return }
    Scalar.routines.gemv(.none, count, length, 1, columns, stride, vector, 0, coefficients)
  }

  /// y = τ (Aᵀ u − Q Pᵀ u), or x = τ (A v − P Qᵀ v).
  private func finish(_ product: Pointer, _ length: Int, _ columns: Pointer, _ stride: Int, _ tau: Scalar) {
    if count > 0 {
      Scalar.routines.gemv(.transpose, count, length, -1, columns, stride, coefficients, 1, product)
    }
    for i in 0..<length { product[i] *= tau }
  }

  private func beginUpdate() -> Int {
    round = .update
    let side = updateSide(n - column)
    let rows = chunks(column..<m, side)
    blocks = chunks(column..<n, side).flatMap { columns in rows.map { ($0, columns) } }
    return blocks.count
  }
}
