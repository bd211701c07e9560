internal import LinearAlgebra

/// Sums are saved as how many columns and targets there are, their high and low parts, and the upper triangle of BᵀB,
/// column by column, where it is there. Reading them back checks that everything fits.
extension ExtendedSums: Codable {
  private enum Key: String, CodingKey {
    case order, targets, products, lowProducts, squares, lowSquares, cross
  }

  /// Encodes the sums; numbers come back bit for bit where the encoder keeps them.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    let all = Array(products.joined())
    try container.encode(order, forKey: .order)
    try container.encode(squares.count, forKey: .targets)
    try container.encode(StoredArray(all.map(\.high)), forKey: .products)
    try container.encode(StoredArray(all.map(\.low)), forKey: .lowProducts)
    try container.encode(StoredArray(squares.map(\.high)), forKey: .squares)
    try container.encode(StoredArray(squares.map(\.low)), forKey: .lowSquares)
    if !cross.isEmpty { try container.encode(StoredArray(crossProducts.packedColumns), forKey: .cross) }
  }

  /// Decodes sums; whatever does not fit together is an error.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let q = try container.decode(Int.self, forKey: .order)
    let k = try container.decode(Int.self, forKey: .targets)
    try container.check(0...1_000_001 ~= q, .order, "\(q) columns")
    try container.check(0...1_000_000 ~= k, .targets, "\(k) targets")
    order = q
    let all = try container.sums(.products, .lowProducts, q * k)
    products = (0..<k).map { Array(all[$0 * q..<($0 + 1) * q]) }
    squares = try container.sums(.squares, .lowSquares, k)
    try container.check(squares.allSatisfy { $0.high >= 0 }, .squares, "a sum of squares below 0")
    cross = []
    guard container.contains(.cross) else { return }
    let triangle = UpperTriangularMatrix<Double>(
      order: q, packedColumns: try container.numbers(.cross, q * (q + 1) / 2))
    try container.check((0..<q).allSatisfy { triangle[$0, $0] >= 0 }, .cross, "a sum of squares below 0")
    cross = zeros(q * q)
    for j in 0..<q { for i in 0...j { cross[i * q + j] = triangle[i, j] } }
  }
}

extension KeyedDecodingContainer {
  /// So many finite numbers, each the nearest Double and what is beyond it.
  fileprivate func sums(_ high: Key, _ low: Key, _ count: Int) throws -> [DoubleDouble] {
    let sums = zip(try numbers(high, count), try numbers(low, count)).map { DoubleDouble(high: $0, low: $1) }
    try check(sums.allSatisfy { $0.rounded == $0.high }, low, "more than what rounding to Doubles leaves")
    return sums
  }
}
