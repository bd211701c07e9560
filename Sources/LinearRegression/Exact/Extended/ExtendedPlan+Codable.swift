internal import LinearAlgebra

/// A plan is saved as the columns that take part, their units, R⁻¹ where it is there, and the solution, high parts and
/// low parts.
extension ExtendedPlan: Codable {
  private enum Key: String, CodingKey {
    case features, targets, hasOnes, shifts, scales, kept, inverse, solution, lowSolution
  }

  /// Encodes the plan; numbers come back bit for bit where the encoder keeps them.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(layout.features, forKey: .features)
    try container.encode(layout.targets, forKey: .targets)
    try container.encode(layout.hasOnes, forKey: .hasOnes)
    try container.encode(StoredArray(units.shifts), forKey: .shifts)
    try container.encode(StoredArray(units.scales), forKey: .scales)
    try container.encode(kept, forKey: .kept)
    if let inverse { try container.encode(StoredArray(inverse.packedColumns), forKey: .inverse) }
    let all = Array(solution.joined())
    try container.encode(StoredArray(all.map(\.high)), forKey: .solution)
    try container.encode(StoredArray(all.map(\.low)), forKey: .lowSolution)
  }

  /// Decodes a plan; whatever does not fit together is an error.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let p = try container.decode(Int.self, forKey: .features)
    let k = try container.decode(Int.self, forKey: .targets)
    try container.check(0...1_000_000 ~= p, .features, "\(p) features")
    try container.check(0...1_000_000 ~= k, .targets, "\(k) targets")
    layout = DesignLayout(
      features: p, targets: k, hasOnes: try container.decode(Bool.self, forKey: .hasOnes))
    var units = ColumnUnits(identity: p + k)
    units.shifts = try container.numbers(.shifts, p + k)
    units.scales = try container.numbers(.scales, p + k)
    try container.check(units.scales.allSatisfy { $0 > 0 && $0.significand == 1 }, .scales, "scales")
    self.units = units
    kept = try container.decode([Int].self, forKey: .kept)
    try container.check(
      kept.allSatisfy { 0..<p ~= $0 } && zip(kept, kept.dropFirst()).allSatisfy { $0 < $1 }, .kept, "columns")
    let q = kept.count + layout.firstFeature
    inverse =
      container.contains(.inverse)
      ? UpperTriangularMatrix(order: q, packedColumns: try container.numbers(.inverse, q * (q + 1) / 2)) : nil
    let high = try container.numbers(.solution, q * k), low = try container.numbers(.lowSolution, q * k)
    let all = zip(high, low).map { DoubleDouble(high: $0, low: $1) }
    solution = (0..<k).map { Array(all[$0 * q..<($0 + 1) * q]) }
  }
}
