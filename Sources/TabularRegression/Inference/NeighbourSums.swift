internal import LinearAlgebra

/// What the mean and the variance of Durbin's and Watson's d need of the columns of a fit: sums over neighbouring rows of
/// Q, whose columns are an orthonormal basis of those of the fit.
///
/// With A the matrix of eᵀAe = Σ (eᵢ − eᵢ₋₁)², these are QᵀAQ = Σ (qᵢ − qᵢ₋₁)(qᵢ − qᵢ₋₁)ᵀ and tr QᵀA²Q = Σ ‖(AQ)ᵢ‖², where
/// (AQ)ᵢ is 2 qᵢ − qᵢ₋₁ − qᵢ₊₁, and at either end the difference to the one neighbour.
struct NeighbourSums: Codable, Sendable {
  private(set) var count = 0
  /// QᵀAQ, m × m.
  private var products: Matrix<Double>
  /// Σ ‖(AQ)ᵢ‖² of the rows that have two neighbours here.
  private var squares = 0.0
  /// The first two rows, and the last two.
  private var first: [[Double]] = []
  private var last: [[Double]] = []

  /// - Parameter Q: rows that follow each other, rows × m.
  init(_ Q: Matrix<Double>) {
    count = Q.rowCount
    let m = Q.columnCount
    let steps = Matrix(rows: max(0, count - 1), columns: m) { Q[$0 + 1, $1] - Q[$0, $1] }
    products = gemm(steps, steps, transposeA: .transpose)
    for row in 1..<max(1, steps.rowCount) {
      for j in 0..<m {
        let bend = steps[row - 1, j] - steps[row, j]
        squares += bend * bend
      }
    }
    first = (0..<min(2, count)).map { Array(Q[row: $0]) }
    last = (max(0, count - 2)..<count).map { Array(Q[row: $0]) }
  }

  /// Takes the rows that follow.
  ///
  /// - Precondition: these are all rows before them.
  mutating func merge(_ later: NeighbourSums) {
    if later.count == 0 { return }
    if count == 0 { return self = later }
    let ends = last + later.first
    let steps = zip(ends, ends.dropFirst()).map { zip($1, $0).map(-) }
    // The step between the two, and the rows on either side of it.
    let step = steps[last.count - 1], column = Matrix(column: step)
    products += later.products + gemm(column, column, transposeB: .transpose)
    squares += later.squares
    for (a, b) in zip(steps, steps.dropFirst()) {
      squares += zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    if first.count < 2 { first = Array((first + later.first).prefix(2)) }
    last = Array((last + later.last).suffix(2))
    count += later.count
  }

  /// Mean and variance of d where errors are independent, normal and of equal variance (Durbin and Watson 1950,
  /// doi:10.1093/biomet/37.3-4.409); nil for too few rows.
  var moments: (mean: Double, variance: Double)? {
    let n = Double(count), k = Double(products.rowCount)
    guard count >= 5, n > k, first.count == 2, last.count == 2 else { return nil }
    func squaredStep(_ rows: [[Double]]) -> Double {
      zip(rows[0], rows[1]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    let trace = (0..<products.rowCount).reduce(0) { $0 + products[$1, $1] }
    let squaresOfProducts = products.elements.reduce(0) { $0 + $1 * $1 }
    let bends = squares + squaredStep(first) + squaredStep(last)
    let p = 2 * (n - 1) - trace, q = 2 * (3 * n - 4) - 2 * bends + squaresOfProducts
    let mean = p / (n - k)
    return (mean, 2 / ((n - k) * (n - k + 2)) * (q - p * mean))
  }

  private enum CodingKeys: String, CodingKey { case count, products, squares, first, last }

  /// Decodes sums; such as cannot be those of rows are an error.
  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    count = try container.count(.count)
    products = try container.decode(Matrix<Double>.self, forKey: .products)
    squares = try container.decode(Double.self, forKey: .squares)
    first = try container.decode([[Double]].self, forKey: .first)
    last = try container.decode([[Double]].self, forKey: .last)
    let m = products.columnCount
    try container.check(
      products.rowCount == m && first.count == min(2, count) && last.count == min(2, count)
        && (first + last).allSatisfy { $0.count == m }, .products, "rows of \(m) columns")
  }
}
