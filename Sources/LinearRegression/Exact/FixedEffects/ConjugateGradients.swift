internal import LinearAlgebra

/// Several right-hand sides at once, one in each lane.
typealias DoubleLanes = SIMD<Double> & SendableMetatype

/// Preconditioned conjugate gradients for symmetric, positive semidefinite A and several right-hand sides at once, one
/// in each lane (Hestenes and Stiefel 1952, doi:10.6028/jres.049.044). With consistent right-hand sides a singular A
/// is no obstacle.
struct ConjugateGradients<Lanes: DoubleLanes> {
  /// y ← A x
  let multiply: ([Lanes], inout [Lanes]) -> Void

  /// z ← M⁻¹ r
  let precondition: ([Lanes], inout [Lanes]) -> Void

  /// How far the solution is.
  struct Progress {
    var iterations = 0
    var isConverged = false
    /// xᵀAx: what a step adds is known, so that the rest can be estimated.
    var energy = Lanes.zero
    /// The estimated energy of the error.
    var error = Lanes.zero
    /// The size of the numbers that r was formed of, as rᵀM⁻¹r: below its rounding r says nothing.
    var largest = Lanes.zero
  }

  /// Solves A x = b from a given x.
  ///
  /// The energy of the error is the sum of what all further steps would add to xᵀAx (Hestenes and Stiefel; Strakoš and
  /// Tichý 2002): it is extrapolated from the last ones, which shrink at a rate that is not above that of the last two.
  /// - Parameters:
  ///   - progress: what was done before; it is gone on with.
  ///   - limit: the most iterations.
  ///   - goal: the energy of the error that is small enough, from the energy so far.
  func solve(
    _ b: [Lanes], _ x: inout [Lanes], _ progress: inout Progress, limit: Int, goal: (Lanes) -> Lanes
  ) {
    var product = x, r = b
    multiply(x, &product)
    updateInChunks(&r) { product[$0] * -1 + $1 }
    var z = r
    precondition(r, &z)
    // pᵀMp is known from one step to the next, for p and r before it are orthogonal.
    var p = z, rho = dotInChunks(r, z), size = rho, steps: [Lanes] = [], longest = Lanes.zero
    // A residual of rounding errors says nothing of x, and would be followed far into the null space of A.
    var isDone = rho .<= goal(progress.energy) * 1e-5
    progress.error = progress.error.replacing(with: 0, where: isDone)
    for _ in 0..<limit {
      // So little is rounding, which would be followed into the null space of A.
      progress.largest = progress.largest.replacing(with: rho, where: rho .> progress.largest)
      let isRounding = rho .<= progress.largest * 1e-29
      // The longest step is about the inverse of the smallest eigenvalue that b has a part of: with it the residual tells
      // the error.
      progress.error = progress.error.replacing(with: rho * longest, where: isRounding .& .!isDone)
      isDone .|= isRounding
      progress.isConverged = all(isDone)
      if progress.isConverged { return }
      multiply(p, &product)
      let curvature = dotInChunks(p, product)
      // So is a direction that A takes to rounding, once little is left, or to less than nothing.
      let isNull =
        (rho .<= progress.largest * 1e-24) .& (curvature .<= size * 1e-12) .| .!(curvature .> 0) .& (rho .> 0)
      progress.error = progress.error.replacing(with: rho * longest, where: isNull .& .!isDone)
      isDone .|= isNull
      let alpha = (rho / curvature).replacing(with: 0, where: .!(curvature .> 0) .| isDone)
      updateInChunks(&x) { p[$0] * alpha + $1 }
      updateInChunks(&r) { $1 - product[$0] * alpha }
      longest = longest.replacing(with: alpha, where: alpha .> longest)
      progress.iterations += 1
      steps.append(alpha * rho)
      progress.energy += alpha * rho
      if let error = Self.remaining(steps) {
        progress.error = error.replacing(with: progress.error, where: isDone)
        isDone .|= progress.error .<= goal(progress.energy)
      }
      precondition(r, &z)
      let next = dotInChunks(r, z)
      let beta = (next / rho).replacing(with: 0, where: .!(rho .> 0))
      rho = next
      size = next + beta * beta * size
      updateInChunks(&p) { $1 * beta + z[$0] }
    }
    progress.isConverged = all(isDone)
  }

  /// What steps to come add, if they shrink as the last ones; nil where there are too few.
  private static func remaining(_ steps: [Lanes]) -> Lanes? {
    guard steps.count >= 3 else { return nil }
    let last = steps[steps.count - 1], before = steps[steps.count - 3]
    var ratio = (last / before).squareRoot().replacing(with: 0, where: last .== 0)
    ratio = ratio.replacing(with: 0.99, where: .!(ratio .<= 0.99))
    return last / (1 - ratio)
  }
}

/// The range of each chunk of so many elements: the same whatever the number of threads.
private func chunk(_ index: Int, of count: Int) -> Range<Int> {
  index << 14..<min((index + 1) << 14, count)
}

private func chunkCount(_ count: Int) -> Int { (count + 1 << 14 - 1) >> 14 }

/// Replaces each element by what `body` makes of its position and it, on all threads.
private func updateInChunks<Element>(_ elements: inout [Element], _ body: (Int, Element) -> Element) {
  let count = elements.count
  elements.withUnsafeMutableBufferPointer { elements in
    withoutActuallyEscaping(body) { body in
      // Safe: each thread has elements of its own.
      nonisolated(unsafe) let (elements, body) = (elements, body)
      concurrently(chunkCount(count)) { index in
        for i in chunk(index, of: count) { elements[i] = body(i, elements[i]) }
      }
    }
  }
}

/// Σ a b in each lane, chunk by chunk in order.
private func dotInChunks<Lanes: DoubleLanes>(_ a: [Lanes], _ b: [Lanes]) -> Lanes {
  let count = a.count
  var parts = [Lanes](repeating: .zero, count: chunkCount(count))
  parts.withUnsafeMutableBufferPointer { parts in
    nonisolated(unsafe) let (parts, a, b) = (parts, a, b)
    concurrently(parts.count) { index in
      var sum = Lanes.zero
      for i in chunk(index, of: count) { sum += a[i] * b[i] }
      parts[index] = sum
    }
  }
  return parts.reduce(.zero, +)
}
