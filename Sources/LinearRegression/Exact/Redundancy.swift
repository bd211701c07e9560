internal import LinearAlgebra

/// A column that the columns before it determine: x = constant + Σ factor · column, up to the rounding of the stored
/// values.
public struct Redundancy: Equatable, Sendable, Codable {
  /// The redundant feature, counted from 0.
  public let feature: Int

  /// The features that it depends on; none for a column that is constant.
  public let dependsOn: [Term]

  /// The constant, in the units of the column. Zero without an intercept.
  public let constant: Double

  /// How far from this a row of the fit may be, in the units of the column.
  package let tolerance: Double

  /// |x| + |constant| + Σ |factor · column| of a usual row of the fit: what the tolerance grows with.
  package let size: Double

  package init(feature: Int, dependsOn: [Term], constant: Double, tolerance: Double, size: Double) {
    self.feature = feature
    self.dependsOn = dependsOn
    self.constant = constant.orLargest
    self.tolerance = tolerance.orLargest
    self.size = size.orLargest
  }

  /// Decodes a redundancy; numbers that are not those of a dependency are an error.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    feature = try container.decode(Int.self, forKey: .feature)
    dependsOn = try container.decode([Term].self, forKey: .dependsOn)
    constant = try container.decode(Double.self, forKey: .constant)
    tolerance = try container.decode(Double.self, forKey: .tolerance)
    size = try container.decode(Double.self, forKey: .size)
    try container.check(isAmong(.max), .feature, "a negative feature")
    try container.check(tolerance >= 0, .tolerance, "a tolerance of \(tolerance)")
    try container.check(size >= 0, .size, "a size of \(size)")
  }

  /// Whether the features are among the first `count`.
  package func isAmong(_ count: Int) -> Bool {
    0..<count ~= feature && dependsOn.allSatisfy { 0..<count ~= $0.feature }
  }

  /// One column of a dependency.
  public struct Term: Equatable, Sendable, Codable {
    /// A feature that is kept, counted from 0.
    public let feature: Int
    /// What it is multiplied by.
    public let factor: Double

    package init(feature: Int, factor: Double) {
      self.feature = feature
      self.factor = factor.orLargest
    }
  }
}

extension Double {
  /// The number, or where it is infinite the largest of its sign: JSON and files of text have no infinity.
  fileprivate var orLargest: Double {
    max(-.greatestFiniteMagnitude, min(self, .greatestFiniteMagnitude))
  }
}

extension Redundancy: CustomStringConvertible {
  /// "x3 = 5 + x0 + 2 x1", features counted from 0.
  public var description: String { described(terms: 4) { "x\($0)" } }

  /// The dependency under the names of the features, so many terms of it at most.
  package func described(terms: Int, _ name: (Int) -> String) -> String {
    var text = constant != 0 || dependsOn.isEmpty ? formatted(constant, significantDigits: 6) : ""
    for term in dependsOn.prefix(terms) {
      let factor = formatted(abs(term.factor), significantDigits: 6)
      let sign = term.factor < 0 ? "-" : "+"
      text += text.isEmpty ? (term.factor < 0 ? "-" : "") : " \(sign) "
      text += (factor == "1" ? "" : "\(factor) ") + name(term.feature)
    }
    return "\(name(feature)) = \(text)\(dependsOn.count > terms ? " + … (\(dependsOn.count) terms)" : "")"
  }
}
