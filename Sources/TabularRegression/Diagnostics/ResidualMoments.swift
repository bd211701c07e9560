internal import LinearAlgebra
internal import LinearRegression

/// Sums of the powers of residuals in units of σ, and of the products of neighbours: what tests of their distribution
/// and of their independence need.
struct ResidualMoments: Equatable, Sendable, Codable {
  private(set) var count = 0
  /// Σ u, Σ u², Σ u³, Σ u⁴
  private var powers = [0.0, 0.0, 0.0, 0.0]
  /// Σ u_i u_(i−1) and Σ (u_i − u_(i−1))² of rows that follow each other.
  private var lagged = [0.0, 0.0]
  /// Σ hᵢᵢ₋₁ of the rows of blocks: with independent errors the mean of the sum of products is −σ² times it.
  private var expected = 0.0
  private var first: Double?
  private(set) var last: Double?

  init() {}

  /// The residuals of rows that follow each other.
  ///
  /// Numbers beyond 10⁵⁰ count as that, so that no sum is beyond Double.
  /// - Parameter neighbours: hᵢᵢ₋₁ of each row; empty where they are not known.
  init(_ residuals: [Double], neighbours: [Double] = []) {
    expected = neighbours.reduce(0, +)
    count = residuals.count
    first = residuals.first
    last = residuals.last
    var before: Double?
    for residual in residuals {
      let u = min(max(residual, -1e50), 1e50), square = u * u
      powers[0] += u
      powers[1] += square
      powers[2] += square * u
      powers[3] += square * square
      if let before { addNeighbours(before, u) }
      before = u
    }
  }

  private mutating func addNeighbours(_ a: Double, _ b: Double) {
    lagged[0] += a * b
    lagged[1] += (b - a) * (b - a)
  }

  /// Takes the residuals of the rows that follow.
  mutating func merge(_ later: ResidualMoments) {
    if let last, let next = later.first {
      addNeighbours(min(max(last, -1e50), 1e50), min(max(next, -1e50), 1e50))
    }
    for index in powers.indices { powers[index] += later.powers[index] }
    for index in lagged.indices { lagged[index] += later.lagged[index] }
    expected += later.expected
    count += later.count
    first = first ?? later.first
    last = later.last ?? last
  }

  /// Σ u².
  var sumOfSquares: Double { powers[1] }

  var mean: Double { powers[0] / Double(count) }

  /// Central moments of the orders 2, 3, 4.
  private var central: (m2: Double, m3: Double, m4: Double) {
    let m = powers.map { $0 / Double(count) }
    let m2 = m[1] - m[0] * m[0]
    let m3 = m[2] - 3 * m[0] * m[1] + 2 * m[0] * m[0] * m[0]
    let m4 = m[3] - 4 * m[0] * m[2] + 6 * m[0] * m[0] * m[1] - 3 * m[0] * m[0] * m[0] * m[0]
    return (m2, m3, m4)
  }

  /// √b₁ = m₃ / m₂^1.5; nil where all are equal.
  var skewness: Double? {
    let (m2, m3, _) = central
    return isCentred ? m3 / (m2 * m2.squareRoot()) : nil
  }

  /// b₂ = m₄ / m₂², 3 for the normal distribution; nil where all are equal.
  var kurtosis: Double? {
    let (m2, _, m4) = central
    return isCentred ? m4 / (m2 * m2) : nil
  }

  /// Durbin's and Watson's statistic Σ (u_i − u_(i−1))² / Σ u²: near 2 where neighbours are not correlated.
  var durbinWatson: Double? { powers[1] > 0 && count > 1 ? lagged[1] / powers[1] : nil }

  /// The correlation of neighbours about the mean, (Σ u_i u_(i−1) − n ū²) / (Σ u² − n ū²), of a fit with
  /// Σ hᵢᵢ₋₁ added above.
  ///
  /// - Parameter isOfFit: whether the residuals are those of a fit, which are correlated though errors are not: the mean of
  ///   the products is then taken away.
  func autocorrelation(isOfFit: Bool) -> Double? {
    let square = powers[0] * mean, rest = powers[1] - square
    return count > 1 && rest > 1e-12 * powers[1]
      ? (lagged[0] - square + (isOfFit ? expected : 0)) / rest : nil
  }

  /// The sums without some of the rows; those of neighbours stay.
  func without(_ residuals: [Double]) -> ResidualMoments {
    var rest = self
    for u in residuals {
      rest.count -= 1
      for power in 0..<4 { rest.powers[power] -= (0...power).reduce(1) { product, _ in product * u } }
    }
    return rest
  }

  /// Whether powers can be taken about the mean without losing their digits.
  private var isCentred: Bool {
    let m2 = powers[1] / Double(count) - mean * mean
    return m2 > 0 && mean * mean <= 1e6 * m2
  }

  /// The variance about the mean.
  var variance: Double { max(0, powers[1] - powers[0] * mean) / Double(max(1, count - 1)) }

  /// Of the mean; nil for one row.
  var standardErrorOfMean: Double? {
    count > 1 ? (variance / Double(count)).squareRoot() : nil
  }
}

extension ResidualMoments {
  private enum CodingKeys: String, CodingKey { case count, powers, lagged, expected, first, last }

  /// Decodes sums; such as cannot be those of rows are an error.
  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    count = try container.count(.count)
    powers = try container.decode([Double].self, forKey: .powers)
    lagged = try container.decode([Double].self, forKey: .lagged)
    try container.check(powers.count == 4 && lagged.count == 2, .powers, "\(powers.count) sums of powers")
    expected = try container.decode(Double.self, forKey: .expected)
    first = try container.decodeIfPresent(Double.self, forKey: .first)
    last = try container.decodeIfPresent(Double.self, forKey: .last)
  }
}
