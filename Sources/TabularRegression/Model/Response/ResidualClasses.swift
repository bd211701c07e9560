/// Sums over residuals in classes of about the same size: each number for itself as long as they are few; then numbers
/// that have sign, exponent and the first bits in common, as many bits as leave no more classes than ``most``.
struct ResidualClasses: Codable, Sendable {
  static let most = 256

  /// Bits at the end of a number that do not tell classes apart.
  private var lostBits = 0

  /// By the bits of their numbers that do.
  private var sums: [Int64: Sums] = [:]

  /// Σ w, Σ w e and Σ w e².
  private struct Sums: Codable, Sendable {
    var weights = 0.0
    var residuals = 0.0
    var squares = 0.0

    mutating func merge(_ later: Sums) {
      weights += later.weights
      residuals += later.residuals
      squares += later.squares
    }
  }

  mutating func add(_ residual: Double, weight: Double) {
    sums[Int64(bitPattern: residual.bitPattern) >> lostBits, default: Sums()].merge(
      Sums(weights: weight, residuals: weight * residual, squares: weight * residual * residual))
    while sums.count > Self.most { lose(bits: lostBits + 1) }
  }

  mutating func merge(_ later: ResidualClasses) {
    var later = later
    lose(bits: later.lostBits)
    later.lose(bits: lostBits)
    for (bits, others) in later.sums { sums[bits, default: Sums()].merge(others) }
    while sums.count > Self.most { lose(bits: lostBits + 1) }
  }

  /// Joins classes that differ in these bits alone, in an order that is always the same.
  private mutating func lose(bits: Int) {
    if bits <= lostBits { return }
    var joined: [Int64: Sums] = [:]
    for key in sums.keys.sorted() { joined[key >> (bits - lostBits), default: Sums()].merge(sums[key]!) }
    (sums, lostBits) = (joined, bits)
  }

  /// - Parameter weights: Σ w over all classes.
  func classes(ofWeights weights: Double) -> [ResidualClass] {
    sums.keys.sorted().map { key in
      let sums = sums[key]!, mean = sums.residuals / sums.weights
      let variance = lostBits == 0 ? 0 : max(0, sums.squares / sums.weights - mean * mean)
      return ResidualClass(weight: sums.weights / weights, mean: mean, variance: variance)
    }
  }
}
