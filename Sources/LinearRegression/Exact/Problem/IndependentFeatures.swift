internal import LinearAlgebra

extension Problem {
  /// Goes through the features in order and sets those aside that the ones before determine.
  ///
  /// A feature is redundant if what the kept ones leave of it is no more than the rounding of stored values explains:
  /// its own, that of the kept ones times their factors, and that of the factorisation. The bound does not grow with n.
  /// (R's `lm` leaves out the same columns, but by a fixed bound of 10⁻⁷.)
  /// - Complexity: O(p) where the diagonal shows that nothing is redundant, p³/3 flops where R⁻¹ does, else O(p²) more
  ///   for each redundant feature and for each that follows one. Householder reflections; uses `dtrtrs`.
  func independentFeatures() -> (kept: [Int], redundant: [Redundancy]) {
    let p = featureCount
    let rounding = 8 * Double(p + 1) * Double.ulpOfOne
    // An element of the diagonal is what the columns before leave; factors are at most its reciprocal.
    let clear = max(1e-3, 8 * (rounding + (uncertainties.max() ?? 0)) * Double(p) * 1e3)
    if (0..<p).allSatisfy({ abs(triangle[$0, $0]) > clear }) { return (Array(0..<p), []) }
    let start = independentStart(rounding)
    if start == p { return (Array(0..<p), []) }
    var columns = KeptColumns(triangle, height: occupiedRows, kept: start)
    var isClear = (0..<start).allSatisfy { abs(triangle[$0, $0]) > clear }
    var redundant: [Redundancy] = [], pending: [Int] = []
    func tellPending() {
      if pending.isEmpty { return }
      let factors = columns.factors(of: pending), count = columns.kept.count
      for (t, j) in pending.enumerated() {
        let own = Array(factors[t * count..<(t + 1) * count]),
          (uncertainty, size) = errors(j, columns.kept, own)
        redundant.append(redundancy(j, columns.kept, own, negligible: 4 * (uncertainty + rounding * size)))
      }
      pending = []
    }
    for j in start..<p {
      let left = columns.rest(of: j)
      if norms[j] == 0 || left <= 2 * uncertainties[j] + rounding {
        pending.append(j)
        continue
      }
      if !(isClear && left > clear) {
        let (uncertainty, size) = errors(j, columns.kept, columns.factors(of: [j]))
        if left <= 2 * uncertainty + rounding * size {
          pending.append(j)
          continue
        }
      }
      tellPending()
      isClear = isClear && left > clear
      columns.keep(j)
    }
    tellPending()
    return (columns.kept, redundant)
  }

  /// How many features there are before the first that those before it may determine. Where these are all kept, what
  /// they are multiplied by to be nearest to feature j is −(R⁻¹)ᵢⱼ rⱼⱼ.
  /// - Complexity: p³/3 flops on all threads; 0 where an element of the diagonal is zero.
  private func independentStart(_ rounding: Double) -> Int {
    guard let inverse = try? triangle.inverseOnAllThreads() else { return 0 }
    return (0..<featureCount).first { j in
      let left = abs(triangle[j, j])
      let (uncertainty, size) = errors(j, 0..<j, (0..<j).lazy.map { -inverse[$0, j] * triangle[j, j] })
      return norms[j] == 0 || left <= 2 * uncertainties[j] + rounding
        || left <= 2 * uncertainty + rounding * size
    } ?? featureCount
  }

  /// How far a feature can be from what the kept ones with their factors make of it, and the size of that.
  private func errors(
    _ j: Int, _ kept: some Sequence<Int>, _ factors: some Sequence<Double>
  ) -> (uncertainty: Double, size: Double) {
    zip(kept, factors).reduce((uncertainties[j], 1)) {
      (hypotenuse($0.0, uncertainties[$1.0] * $1.1), $0.1 + abs($1.1))
    }
  }

  /// The dependency in the units of the data.
  ///
  /// - Parameter negligible: a bound of what the kept features leave, in norms of feature j: the square root of the sum
  ///   of the squares over all rows, so that no row has more.
  private func redundancy(
    _ j: Int, _ kept: [Int], _ factors: [Double], negligible: Double
  ) -> Redundancy {
    // In units of norms a factor of rounding size is none.
    let isTerm = { (factor: Double) in abs(factor) > max(negligible, 1e-10) }
    let terms = norms[j] == 0 ? [] : zip(kept, factors).filter { isTerm($0.1) }
    let inUnits = terms.map { Redundancy.Term(feature: $0.0, factor: $0.1 * ratio(j, $0.0)) }
    let constant = hasIntercept ? inUnits.reduce(mean(j)) { $0 - $1.factor * mean($1.feature) } : 0
    let means = inUnits.reduce(abs(mean(j))) { $0 + abs($1.factor * mean($1.feature)) }
    let isZero = abs(constant) <= 1e-12 * means && !inUnits.isEmpty
    let root = counts.weightSum.squareRoot()
    func usual(_ j: Int) -> Double { abs(mean(j)) + norm(j) / root }
    // A constant column is one to the rounding of its mean.
    let left =
      norms[j] == 0
      ? 8 * Double.ulpOfOne * root * (abs(mean(j)) + (hasIntercept ? abs(offsets[j] / units.scales[j]) : 0))
      : factors.reduce(negligible) { isTerm($1) ? $0 : $0 + abs($1) } * norm(j)
    // What is left of all rows may be left of the one that weighs least.
    let weight = counts.leastWeight
    return Redundancy(
      feature: j, dependsOn: inUnits, constant: isZero ? 0 : constant,
      tolerance: (weight > 0 ? left / weight.squareRoot() : 0) + (isZero ? abs(constant) : 0),
      size: inUnits.reduce(usual(j) + abs(constant)) { $0 + abs($1.factor) * usual($1.feature) })
  }

  /// norm of column a / norm of column b in the units of the data.
  private func ratio(_ a: Int, _ b: Int) -> Double {
    norms[a] / norms[b] * (units.scales[b] / units.scales[a])
  }
}

/// A triangle whose columns are kept or left out one after the other: the kept ones stay triangular.
private struct KeptColumns {
  private(set) var kept: [Int]

  private let order: Int

  /// Rows of the triangle up to the last that is not zero: as many as there were rows of data, or fewer.
  private let height: Int

  /// Column-major, the kept columns first. Rows from `kept.count` on are what these leave of the others.
  private var elements: [Double]

  init(_ triangle: UpperTriangularMatrix<Double>, height: Int, kept start: Int) {
    kept = Array(0..<start)
    order = triangle.order
    self.height = height
    elements = triangle.withUnsafeColumns { r in
      (0..<triangle.order).flatMap { r[$0 * triangle.order..<$0 * triangle.order + height] }
    }
  }

  /// The norm of what the kept columns leave of a column, before later ones are looked at.
  func rest(of j: Int) -> Double {
    let end = min(j + 1, height)
    return kept.count < end ? norm(Array(elements[j * height + kept.count..<j * height + end])) : 0
  }

  /// What the kept columns are multiplied by to be nearest to others, column after column; on all threads.
  func factors(of columns: [Int]) -> [Double] {
    let count = kept.count, width = 256
    var factors = columns.flatMap { elements[$0 * height..<$0 * height + count] }
    if factors.isEmpty { return [] }
    elements.withUnsafeBufferPointer { r in
      factors.withUnsafeMutableBufferPointer { x in
        let (r, x) = (r.baseAddress!, x.baseAddress!)
        let blocks = (columns.count + width - 1) / width
        forEachRound(blocks, threads: min(blocks, Parallelism.threads)) { [height] block in
          let start = block * width, end = min(start + width, columns.count)
          let info = Double.routines.trtrs(
            upperTriangle, .none, count, end - start, r, height, x + start * count, count)
          precondition(
            info == 0, "independent columns have a singular factor; this is a bug in swift-linear-regression")
        } next: {
          nil
        }
      }
    }
    return factors
  }

  /// Keeps a column: a reflection of the rows that are left takes it to the next row of the triangle, and to the next
  /// column. What was there is no longer needed.
  mutating func keep(_ j: Int) {
    let first = kept.count, count = min(j + 1, height) - first
    kept.append(j)
    defer { for i in 0...first { elements[first * height + i] = elements[j * height + i] } }
    if count == 1 { return }
    elements.withUnsafeMutableBufferPointer { elements in
      let x = elements.baseAddress! + j * height + first
      let norm = Double.routines.nrm2(count, x)
      // v = x + sign(x₀) ‖x‖ e₀; H = I − 2 v vᵀ / ‖v‖²
      var v = Array(UnsafeBufferPointer(start: x, count: count))
      let sign = v[0] < 0 ? -1.0 : 1.0
      v[0] += sign * norm
      let scale = 2 / dot(v, v)
      for column in j + 1..<max(j + 1, order) {
        let y = elements.baseAddress! + column * height + first
        Double.routines.axpy(count, -scale * Double.routines.dot(count, v, y), v, y)
      }
      for i in 1..<count { x[i] = 0 }
      x[0] = -sign * norm
    }
  }
}

/// √(a² + b²) of sizes whose squares are within a Double.
func hypotenuse(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
