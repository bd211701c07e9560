internal import LinearAlgebra

// Sums as ranks tell each other; whatever does not fit together is an error.

extension ScoreSums: Codable {
  private enum Key: String, CodingKey {
    case observations, weightSum, squares, fullLeverageRows, order, products, clusters, lagged
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(observations, forKey: .observations)
    try container.encode(weightSum, forKey: .weightSum)
    try container.encode(squares, forKey: .squares)
    try container.encode(fullLeverageRows, forKey: .fullLeverageRows)
    try container.encode(products.rowCount, forKey: .order)
    try container.encode(StoredArray(products.elements), forKey: .products)
    try container.encode(clusters, forKey: .clusters)
    try container.encodeIfPresent(lagged, forKey: .lagged)
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let order = try container.decode(Int.self, forKey: .order)
    try container.check(0...1 << 20 ~= order, .order, "\(order) coordinates")
    observations = try container.count(.observations)
    weightSum = try container.decode(Double.self, forKey: .weightSum)
    squares = try container.decode(Double.self, forKey: .squares)
    fullLeverageRows = try container.count(.fullLeverageRows)
    products = Matrix(
      rows: order, columns: order,
      elements: try container.decode(StoredArray<Double>.self, forKey: .products).checked(order * order))
    clusters = try container.decode([ClusterSums].self, forKey: .clusters)
    lagged = try container.decodeIfPresent(LaggedSums.self, forKey: .lagged)
    try container.check(
      clusters.count <= 3 && clusters.allSatisfy { $0.coordinates == order }
        && lagged?.coordinates ?? order == order, .clusters, "sums of other coordinates")
  }
}

extension ClusterSums: Codable {
  private enum Key: String, CodingKey { case coordinates, count, sums }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(coordinates, forKey: .coordinates)
    try container.encode(count, forKey: .count)
    try container.encode(StoredArray(sums), forKey: .sums)
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let coordinates = try container.decode(Int.self, forKey: .coordinates)
    let count = try container.decode(Int.self, forKey: .count)
    try container.check(
      0...1 << 20 ~= coordinates && 0...1 << 31 ~= count, .count,
      "\(count) clusters of \(coordinates) coordinates")
    self.init(
      coordinates: coordinates, count: count,
      sums: try container.decode(StoredArray<Double>.self, forKey: .sums).checked(count * coordinates))
  }
}

extension LaggedSums: Codable {
  private enum Key: String, CodingKey { case coordinates, lags, products, head, tail }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(coordinates, forKey: .coordinates)
    try container.encode(lags, forKey: .lags)
    try container.encode(StoredArray(products.elements), forKey: .products)
    try container.encode(StoredArray(head), forKey: .head)
    try container.encode(StoredArray(tail), forKey: .tail)
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let m = try container.decode(Int.self, forKey: .coordinates)
    let lags = try container.decode(Int.self, forKey: .lags)
    try container.check(
      0...1 << 20 ~= m && 0...CovarianceEstimator.mostLags ~= lags, .lags, "\(lags) lags of \(m) coordinates")
    func rows(_ key: Key) throws -> [Double] {
      let rows = try container.decode(StoredArray<Double>.self, forKey: key).wrappedValue
      try container.check(
        rows.count <= lags * m && (m == 0 || rows.count.isMultiple(of: m)), key, "\(rows.count) numbers")
      return rows
    }
    self.init(
      coordinates: m, lags: lags,
      products: Matrix(
        rows: m, columns: m,
        elements: try container.decode(StoredArray<Double>.self, forKey: .products).checked(m * m)),
      head: try rows(.head), tail: try rows(.tail))
  }
}

extension StoredArray<Double> {
  /// The elements, so many; they need not be finite.
  fileprivate func checked(_ count: Int) throws -> [Double] {
    if wrappedValue.count == count { return wrappedValue }
    throw DecodingError.dataCorrupted(
      .init(codingPath: [], debugDescription: "\(wrappedValue.count) numbers in place of \(count)"))
  }
}
