internal import LinearAlgebra

/// First-order estimates of what rounding does to the coefficients of a reduced problem.
///
/// With columns of norm 1 and B = (RᵀR)⁻¹ = R⁻¹R⁻ᵀ, a perturbation of R and S of relative size ε moves v by R⁻¹ times
/// one of size ε (1 + ‖v‖), and by B times one of size ε ρ, ρ² being the share of y that is left; one of the
/// cross-products moves v by B times one of size ε (1 + ‖v‖) (Björck 1996, doi:10.1137/1.9781611971484, sections 1.4
/// and 2.2). Roundings are taken as independent: a bound that lets them all conspire is too large by as many digits as
/// there are to lose.
struct ErrorEstimate {
  /// Norm of each row of R⁻¹: √Bⱼⱼ.
  let rowNorms: [Double]

  /// ‖R‖₂ ‖R⁻¹‖₂
  let conditionNumber: Double

  private let inverse: UpperTriangularMatrix<Double>

  /// Norm of each row of B.
  private let covarianceNorms: [Double]

  init(_ triangle: UpperTriangularMatrix<Double>, inverse: UpperTriangularMatrix<Double>) {
    self.inverse = inverse
    rowNorms = inverse.rowNorms()
    covarianceNorms = inverse.rowNormsOfSquare()
    conditionNumber = triangle.order < 2 ? 1 : max(1, triangle.norm2() * inverse.norm2())
  }

  /// How the factor came about. Sums are formed in chunks whose number grows with that of the rows, a factor is merged.
  enum Origin {
    case crossProducts(rows: Int)
    case rows(merges: Int)

    /// How many roundings an element of the factor has gone through, as far as they matter.
    fileprivate var roundings: Double {
      switch self {
      case .crossProducts(let rows): 2 + (Double(rows) / 2048).squareRoot() / 2
      case .rows(let merges): (1 + Double(max(0, merges - 32)) / 32).squareRoot() / 3
      }
    }
  }

  /// The error of each coefficient in units of norms, and that of Σ centers v.
  ///
  /// - Parameter offset: the largest distance of a column's mean from its shift, in standard deviations.
  func errors(
    _ v: [Double], leftover: Double, centers: [Double], offset: Double, _ origin: Origin
  ) -> (coefficients: [Double], atCenters: Double) {
    let size = 1 + norm(v), rho = max(0, min(1, leftover)).squareRoot()
    let unit = Double.ulpOfOne * origin.roundings * (1 + offset * offset).squareRoot()
    func error(_ row: Double, _ covariance: Double) -> Double {
      switch origin {
      case .rows: unit * (row * size + covariance * rho)
      case .crossProducts: unit * covariance * size
      }
    }
    let projected = inverse.times(centers, transpose: .transpose)
    let center = error(norm(projected), norm(inverse.times(projected, transpose: .none)))
    return (zip(rowNorms, covarianceNorms).map(error), center)
  }

  /// The digits that errors leave.
  ///
  /// - Parameters:
  ///   - values: coefficients.
  ///   - errors: a bound on the error of each.
  ///   - units: what a coefficient is multiplied by to be comparable with the others. One that has not even one
  ///     digit, and so may well be zero, counts relative to the largest.
  static func digits(_ values: [Double], errors: [Double], units: [Double]) -> Double {
    let largest = zip(values, units).reduce(0) { max($0, abs($1.0 * $1.1)) }
    var worst = Double.ulpOfOne
    for j in values.indices where errors[j] > 0 {
      let own = errors[j] / abs(values[j])
      worst = max(worst, own < 0.1 ? own : largest > 0 ? min(own, errors[j] * units[j] / largest) : own)
    }
    return max(0, -CLibrary.decimalLogarithm(worst))
  }
}

extension UpperTriangularMatrix<Double> {
  /// The Euclidean norm of each row.
  func rowNorms() -> [Double] {
    withUnsafeColumns { r in
      var squares: [Double] = zeros(order)
      for j in 0..<order { for i in 0...j { squares[i] += r[j * order + i] * r[j * order + i] } }
      return squares.map { $0.squareRoot() }
    }
  }

  /// The Euclidean norm of each row of R Rᵀ.
  ///
  /// The square of the row b's is E[(b g)²] for a g of independent standard normal elements: where R is wide, the mean
  /// over 32 of them tells the norm to about an eighth (as Hutchinson 1990, doi:10.1080/03610919008812866).
  /// - Complexity: 2 p³ flops, 128 p² where R is wide.
  func rowNormsOfSquare() -> [Double] {
    // Column-major R is row-major Rᵀ.
    let transposed = Matrix(rows: order, columns: order, elements: columnMajorElements)
    if Self.isWide(order) {
      var generator = SeededGenerator(seed: 1)
      let normals = Matrix<Double>(rows: order, columns: 32) { _, _ in generator.nextNormal() }
      let products = gemm(transposed, gemm(transposed, normals), transposeA: .transpose)
      return (0..<order).map { norm(products[row: $0]) / 32.0.squareRoot() }
    }
    let square = gemm(transposed, transposed, transposeA: .transpose)
    return (0..<order).map { norm(square[row: $0]) }
  }

  /// ‖R‖₂, the largest singular value, by power iteration: at most too small, by a few percent.
  /// - Complexity: O(p²)
  func norm2() -> Double {
    var generator = SeededGenerator(seed: 1)
    var x = (0..<order).map { _ in generator.nextNormal() }, y: [Double] = zeros(order)
    var estimate = 0.0
    for _ in 0..<60 {
      let length = norm(x)
      guard length > 0, length.isFinite else { break }
      for i in x.indices { x[i] /= length }
      // Column-major R is row-major Rᵀ.
      withUnsafeColumns { r in
        guard let r = r.baseAddress else { return }
        Double.routines.gemv(.transpose, order, order, 1, r, order, x, 0, &y)
        Double.routines.gemv(.none, order, order, 1, r, order, y, 0, &x)
      }
      let next = norm(y), settled = abs(next - estimate) <= 1e-3 * next
      estimate = next
      if settled { break }
    }
    return estimate
  }

  /// op(R) x
  func times(_ x: [Double], transpose: Transpose) -> [Double] {
    precondition(x.count == order)
    var result: [Double] = zeros(order)
    withUnsafeColumns { r in
      for j in 0..<order {
        for i in 0...j {
          if transpose == .none {
            result[i] += r[j * order + i] * x[j]
          } else {
            result[j] += r[j * order + i] * x[i]
          }
        }
      }
    }
    return result
  }
}
