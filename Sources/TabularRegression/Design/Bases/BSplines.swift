internal import LinearAlgebra

/// B-splines of an order k on knots t₀ ≤ t₁ ≤ …: on the interval from tⱼ to tⱼ₊₁ those numbered j − k + 1 … j are not
/// zero, and have the values of de Boor's recurrence (Cox 1972, doi:10.1093/imamat/10.2.134; de Boor 1972,
/// doi:10.1016/0021-9045(72)90080-9; BSPLVB of his Practical Guide to Splines, 1978).
struct BSplines {
  let order: Int
  /// Those of the boundary are there `order` times.
  private let knots: [Double]

  init(order: Int, boundary: [Double], inner: [Double]) {
    self.order = order
    knots =
      [Double](repeating: boundary[0], count: order) + inner + [Double](repeating: boundary[1], count: order)
  }

  /// Number of splines.
  var count: Int { knots.count - order }

  /// The interval that a number is in, by the knot at its lower end; numbers outside are in the first or the last.
  func interval(of x: Double) -> Int {
    var (low, high) = (order - 1, count)
    while low + 1 < high {
      let middle = low + (high - low) / 2
      if x >= knots[middle] { low = middle } else { high = middle }
    }
    return low
  }

  /// Writes the values at x of the splines that are not zero in an interval, of this order or a lower one: outside the
  /// interval those of its polynomials.
  func evaluate(_ x: Double, in interval: Int, order: Int, into values: inout [Double]) {
    values[0] = 1
    for k in 1..<max(1, order) {
      var saved = 0.0
      for r in 0..<k {
        let right = knots[interval + 1 + r] - x, left = x - knots[interval + 1 + r - k]
        let term = values[r] / (right + left)
        values[r] = saved + right * term
        saved = left * term
      }
      values[k] = saved
    }
  }

  /// A derivative at x of all splines: Bᵢ,ₖ′ = (k − 1) (Bᵢ,ₖ₋₁ / (tᵢ₊ₖ₋₁ − tᵢ) − Bᵢ₊₁,ₖ₋₁ / (tᵢ₊ₖ − tᵢ₊₁)).
  ///
  /// - Parameter derivative: which one; less than the order.
  func derivatives(_ x: Double, derivative: Int) -> [Double] {
    let interval = interval(of: x)
    var values = [Double](repeating: 0, count: order)
    evaluate(x, in: interval, order: order - derivative, into: &values)
    for k in order - derivative + 1..<order + 1 {
      var last = 0.0
      for r in 0..<k {
        // The spline of order k − 1 that begins at the same knot + 1.
        let first = interval - k + 2 + r
        let next = r < k - 1 ? values[r] / (knots[first + k - 1] - knots[first]) : 0
        values[r] = Double(k - 1) * (last - next)
        last = next
      }
    }
    var all = [Double](repeating: 0, count: count)
    for r in 0..<order { all[interval - order + 1 + r] = values[r] }
    return all
  }
}

/// The columns of a basis of splines, formed as R's ns() and bs() form them.
struct SplineBasis {
  private let spline: Spline
  private let splines: BSplines
  /// B-splines that have no column at the front.
  private let skipped: Int
  /// Of natural splines: B-splines × columns, the last columns of Q in the factorisation QR of the second derivatives at
  /// the boundary knots, so that those of the columns are zero.
  private var transform = Matrix<Double>.zeros(0, 0)
  /// Values and slopes of the columns at both boundary knots, of natural splines.
  private var ends: [(values: [Double], slopes: [Double])] = []

  /// - Precondition: the spline is sound.
  init(_ spline: Spline) {
    self.spline = spline
    let call = spline.call, order = call.degree + 1
    splines = BSplines(order: order, boundary: spline.boundary, inner: spline.knots)
    skipped = call.hasIntercept ? 0 : 1
    if !call.isNatural { return }
    // Derivatives by the distance of the boundary knots, for squares of small ones leave the range of a Double.
    let unit = BSplines(order: order, boundary: [0, 1], inner: spline.unitKnots), skipped = skipped
    let curvatures = [0.0, 1].map { unit.derivatives($0, derivative: 2) }
    let constraints = Matrix(rows: splines.count - skipped, columns: 2) { curvatures[$1][$0 + skipped] }
    // Derivatives are finite, so that there are factors; were there none, neither would be numbers.
    let q = (try? QR(factoring: constraints))?.fullQ
    let transform = Matrix(rows: splines.count, columns: call.columnCount) {
      $0 < skipped ? 0 : q?[$0 - skipped, $1 + 2] ?? .nan
    }
    self.transform = transform
    let columns = transform.transposed()
    ends = [0.0, 1].map { end in
      let (values, slopes) = (unit.derivatives(end, derivative: 0), unit.derivatives(end, derivative: 1))
      return (values: columns * values, slopes: columns * slopes)
    }
  }

  /// The columns in some rows; outside the boundary knots natural splines go on as lines, others as the polynomials of
  /// the first and the last interval.
  ///
  /// - Complexity: O(n k²) for order k, and for natural splines O(n k p).
  func values(_ x: ArraySlice<Double>) -> Matrix<Double> {
    let width = spline.call.columnCount, order = splines.order
    var result = [Double](repeating: 0, count: x.count * width)
    var values = [Double](repeating: 0, count: order)
    for (row, x) in x.enumerated() {
      if spline.call.isNatural, let end = end(outside: x) {
        let distance = (x - spline.boundary[end]) / (spline.boundary[1] - spline.boundary[0])
        for j in 0..<width { result[row * width + j] = ends[end].values[j] + distance * ends[end].slopes[j] }
        continue
      }
      let interval = splines.interval(of: x), first = interval - order + 1
      splines.evaluate(x, in: interval, order: order, into: &values)
      if spline.call.isNatural {
        for j in 0..<width {
          result[row * width + j] = (0..<order).reduce(0) { $0 + values[$1] * transform[first + $1, j] }
        }
      } else {
        for r in 0..<order where first + r >= skipped {
          result[row * width + first + r - skipped] = values[r]
        }
      }
    }
    return Matrix(rows: x.count, columns: width, elements: result)
  }

  /// The boundary knot that a number is beyond; nil for one inside.
  private func end(outside x: Double) -> Int? {
    x < spline.boundary[0] ? 0 : x > spline.boundary[1] ? 1 : nil
  }
}
