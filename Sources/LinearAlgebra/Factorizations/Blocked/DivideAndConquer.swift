/// Eigenvalues, in ascending order, and eigenvectors of a symmetric tridiagonal matrix by divide and conquer (Cuppen
/// 1981, doi:10.1007/BF01396757; Gu and Eisenstat 1995, doi:10.1137/S0895479892241287).
///
/// T is torn into two halves, which `?stedc` solves at the same time, and a matrix of rank one. The merge, which has
/// most of the flops, is LAPACK's (`?laed1`) with roots and products divided among threads. The cuts depend on T alone,
/// so that the result has the same bits for any number of threads.
///
/// - Parameters:
///   - diagonal: n elements, n ≥ 4.
///   - offDiagonal: the n − 1 elements beside them.
/// - Throws: ``LAPACKError/noConvergence(remaining:)``.
/// - Complexity: 4/3 n³ flops at most, less where eigenvectors of the halves are nearly those of T; 4 n² elements. Uses
///   `?stedc`, `?laed2`, `?laed4`, `?gemm`.
func divideAndConquer<Scalar: BLASScalar>(
  _ diagonal: [Scalar], _ offDiagonal: [Scalar]
) throws(LAPACKError) -> (values: [Scalar], vectors: ColumnMajor<Scalar>) {
  let n = diagonal.count, half = n / 2
  let scale = Matrix(row: diagonal + offDiagonal).norm(.max)
  var vectors = ColumnMajor<Scalar>(zeros: n, n)
  if scale == 0 {
    for i in 0..<n { vectors.elements[i * n + i] = 1 }
    return (diagonal, vectors)
  }
  // The tolerance of the deflation is meant for a matrix of norm 1.
  var d = diagonal.map { $0 / scale }, e = offDiagonal.map { $0 / scale }
  let coupling = e[half - 1]
  d[half - 1] -= abs(coupling)
  d[half] -= abs(coupling)
  let remaining = vectors.elements.withUnsafeMutableBufferPointer { q in
    d.withUnsafeMutableBufferPointer { d in
      e.withUnsafeMutableBufferPointer { e in
        let merge = MergeSteps(
          n: n, half: half, d: d.baseAddress!, e: e.baseAddress!, q: q.baseAddress!)
        let failures = merge.solveHalves()
        return failures > 0 ? failures : merge.merge(coupling)
      }
    }
  }
  if remaining > 0 { throw .noConvergence(remaining: remaining) }
  return (d.map { $0 * scale }, vectors)
}

/// The memory that the threads share. Safe: each writes columns, rows or blocks of its own.
private struct MergeSteps<Scalar: BLASScalar>: @unchecked Sendable {
  typealias Pointer = UnsafeMutablePointer<Scalar>
  let n: Int, half: Int
  /// The eigenvalues, of the halves and then of T.
  let d: Pointer
  /// The elements beside the diagonals of the halves.
  let e: Pointer
  /// The eigenvectors.
  let q: Pointer

  /// Eigenvalues and eigenvectors of both halves, in the two diagonal blocks of `q`.
  ///
  /// - Returns: the number of elements that did not reach zero.
  func solveHalves() -> Int {
    var failures = [0, 0]
    failures.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let failures = buffer
      concurrently(2) { index in
        let first = index == 0 ? 0 : half, order = index == 0 ? half : n - half
        failures[index] = withWorkspaces("stedc") { work, lwork, integers, liwork in
          Scalar.routines.stedc(
            fromIdentity, order, d + first, e + first, q + first * n + first, n, work, lwork, integers, liwork
          )
        }
      }
    }
    return failures[0] + failures[1]
  }

  /// The eigenvalues and eigenvectors of T from those of its halves, diag(D) + ρ z zᵀ in their basis.
  ///
  /// - Returns: the number of roots that were not found.
  func merge(_ coupling: Scalar) -> Int {
    var rho = coupling, count: Int32 = 0
    var order = (0..<half).map { Int32($0 + 1) } + (0..<n - half).map { Int32($0 + 1) }
    // Row `half` of the first eigenvectors and the first row of the others.
    var z = (0..<half).map { q[$0 * n + half - 1] } + (half..<n).map { q[$0 * n + half] }
    var poles: [Scalar] = zeros(n), weights = poles,
      basis: [Scalar] = zeros(n * n)
    var (sorted, grouped, permutation) = (order, order, order), types = order
    positiveInfo(
      "laed2",
      Scalar.routines.laed2(
        &count, n, half, d, q, n, &order, &rho, &z, &poles, &weights, &basis, &sorted, &grouped, &permutation,
        &types))
    let k = Int(count)
    var result: [Scalar] = zeros(n * n)
    let failures = result.withUnsafeMutableBufferPointer { result in
      if k > 0 {
        let failures = findRoots(k, poles, weights, rho)
        if failures > 0 { return failures }
        formVectors(k, poles, weights, grouped)
        multiply(k, basis, types, into: result.baseAddress!)
      }
      (result.baseAddress! + k * n).update(from: q + k * n, count: (n - k) * n)
      return 0
    }
    if failures > 0 { return failures }
    sort(result)
    return 0
  }

  /// Roots of the secular equation 1 + ρ Σ wᵢ² / (δᵢ − λ) = 0, and in the columns of `q` the distances δᵢ − λ.
  private func findRoots(_ k: Int, _ poles: [Scalar], _ weights: [Scalar], _ rho: Scalar) -> Int {
    let blocks = chunks(0..<k, 32)
    var failed = [Bool](repeating: false, count: blocks.count)
    failed.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let failed = buffer
      concurrently(blocks.count) { index in
        for j in blocks[index] {
          let info = Scalar.routines.laed4(k, j + 1, poles, weights, q + j * n, rho, d + j)
          if positiveInfo("laed4", info) > 0 { failed[index] = true }
        }
      }
    }
    return failed.filter { $0 }.count
  }

  /// The eigenvectors of diag(δ) + ρ ŵ ŵᵀ in the columns of `q`, with ŵ computed from the roots, so that these are its
  /// exact eigenvalues and the vectors orthogonal.
  private func formVectors(_ k: Int, _ poles: [Scalar], _ weights: [Scalar], _ grouped: [Int32]) {
    var exact: [Scalar] = zeros(k)
    if k > 2 {
      exact.withUnsafeMutableBufferPointer { buffer in
        nonisolated(unsafe) let exact = buffer
        let blocks = chunks(0..<k, 128)
        concurrently(blocks.count) { exactWeights(blocks[$0], k, poles, weights, exact) }
      }
    }
    let blocks = chunks(0..<k, 32)
    concurrently(blocks.count) { [exact] index in
      var column: [Scalar] = zeros(k)
      for j in blocks[index] { formVector(q + j * n, k, exact, grouped, &column) }
    }
  }

  /// ŵᵢ² = −Π (δᵢ − λⱼ) / Π (δᵢ − δⱼ), the latter over j ≠ i, with the sign of wᵢ.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func exactWeights(
    _ rows: Range<Int>, _ k: Int, _ poles: [Scalar], _ weights: [Scalar],
    _ exact: UnsafeMutableBufferPointer<Scalar>
  ) {
    for i in rows { exact[i] = q[i * n + i] }
    for j in 0..<k {
      let distances = q + j * n, pole = poles[j]
      for i in rows where i != j { exact[i] *= distances[i] / (poles[i] - pole) }
    }
    for i in rows {
      let root = (-exact[i]).squareRoot()
      exact[i] = weights[i] < 0 ? -root : root
    }
  }

  /// A vector ŵᵢ / (δᵢ − λ) of norm 1, its elements in the order of the basis. Of two roots and of one `?laed4` gives
  /// the vector itself.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func formVector(
    _ vector: Pointer, _ k: Int, _ exact: [Scalar], _ grouped: [Int32], _ column: inout [Scalar]
  ) {
    for i in 0..<k { column[i] = k > 2 ? exact[i] / vector[i] : vector[i] }
    let length = k > 2 ? Scalar.routines.nrm2(k, column) : 1
    for i in 0..<k { vector[i] = column[Int(grouped[i]) - 1] / length }
  }

  /// The eigenvectors of T: those of the halves, of which the first group has zeros below and the third above, times
  /// what `formVectors` has left in `q`.
  private func multiply(_ k: Int, _ basis: [Scalar], _ types: [Int32], into result: Pointer) {
    let (first, both, second) = (Int(types[0]), Int(types[1]), Int(types[2]))
    let upper = first + both, lower = both + second
    basis.withUnsafeBufferPointer { basis in
      let start = basis.baseAddress!
      if upper > 0 { parallelGemm(.none, .none, k, half, upper, 1, q, n, start, half, 0, result, n) }
      if lower > 0 {
        parallelGemm(
          .none, .none, k, n - half, lower, 1, q + first, n, start + half * upper, n - half, 0, result + half,
          n)
      }
    }
  }

  /// Puts the eigenvalues in ascending order, and the eigenvectors into `q`.
  private func sort(_ vectors: [Scalar]) {
    let values = (0..<n).map { d[$0] }
    let order = (0..<n).sorted { (values[$0], $0) < (values[$1], $1) }
    vectors.withUnsafeBufferPointer { buffer in
      nonisolated(unsafe) let vectors = buffer.baseAddress!
      let blocks = chunks(0..<n, 128)
      concurrently(blocks.count) { index in
        for j in blocks[index] {
          d[j] = values[order[j]]
          (q + j * n).update(from: vectors + order[j] * n, count: n)
        }
      }
    }
  }
}
