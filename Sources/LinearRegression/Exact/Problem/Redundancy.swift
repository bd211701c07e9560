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

  package init(feature: Int, dependsOn: [Term], constant: Double) {
    self.feature = feature
    self.dependsOn = dependsOn
    self.constant = constant
  }

  /// One column of a dependency.
  public struct Term: Equatable, Sendable, Codable {
    /// A feature that is kept, counted from 0.
    public let feature: Int
    /// What it is multiplied by.
    public let factor: Double

    package init(feature: Int, factor: Double) {
      self.feature = feature
      self.factor = factor
    }
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

extension Problem {
  /// Goes through the features in order and sets those aside that the ones before determine.
  ///
  /// A feature is redundant if what the kept ones leave of it is no more than the rounding of stored values explains:
  /// its own, that of the kept ones times their factors, and that of the factorisation. The bound does not grow with n.
  /// (R's `lm` leaves out the same columns, but by a fixed bound of 10⁻⁷.)
  /// - Complexity: O(p) where the diagonal shows that nothing is redundant, else O(p³). Classical Gram–Schmidt, twice.
  func independentFeatures() -> (kept: [Int], redundant: [Redundancy]) {
    let p = featureCount
    let rounding = 8 * Double(p + 1) * Double.ulpOfOne
    let largest = uncertainties.max() ?? 0
    // An element of the diagonal is what the columns before leave; factors are at most its reciprocal.
    if (0..<p).allSatisfy({
      abs(triangle[$0, $0]) > max(1e-3, 8 * (rounding + largest) * Double(p) * 1e3)
    }) {
      return (Array(0..<p), [])
    }
    var kept: [Int] = [], redundant: [Redundancy] = []
    var directions: [[Double]] = []  // orthonormal, one for each kept feature
    var reduced = UpperTriangularMatrix<Double>(order: p)  // of the kept columns
    for j in 0..<p {
      var rest = (0..<p).map { triangle[$0, j] }
      var coordinates: [Double] = zeros(kept.count)
      for _ in 1...2 {
        for (i, direction) in directions.enumerated() {
          let along = dot(direction, rest)
          coordinates[i] += along
          axpy(-along, direction, into: &rest)
        }
      }
      let left = nrm2(rest)
      let factors = solve(reduced, coordinates)
      let uncertainty = zip(kept, factors).reduce(uncertainties[j]) {
        hypotenuse($0, uncertainties[$1.0] * $1.1)
      }
      let size = 1 + factors.reduce(0) { $0 + abs($1) }
      if norms[j] == 0 || left <= 2 * uncertainty + rounding * size {
        redundant.append(redundancy(j, kept, factors, negligible: 4 * (uncertainty + rounding * size)))
      } else {
        for i in coordinates.indices { reduced[i, kept.count] = coordinates[i] }
        reduced[kept.count, kept.count] = left
        kept.append(j)
        directions.append(rest.map { $0 / left })
      }
    }
    return (kept, redundant)
  }

  private func redundancy(
    _ j: Int, _ kept: [Int], _ factors: [Double], negligible: Double
  ) -> Redundancy {
    // In units of norms a factor of rounding size is none.
    let terms = norms[j] == 0 ? [] : zip(kept, factors).filter { abs($0.1) > max(negligible, 1e-10) }
    let inUnits = terms.map { Redundancy.Term(feature: $0.0, factor: $0.1 * ratio(j, $0.0)) }
    let constant = hasIntercept ? inUnits.reduce(mean(j)) { $0 - $1.factor * mean($1.feature) } : 0
    let size = inUnits.reduce(abs(mean(j))) { $0 + abs($1.factor * mean($1.feature)) }
    return Redundancy(
      feature: j, dependsOn: inUnits,
      constant: abs(constant) <= 1e-12 * size && !inUnits.isEmpty ? 0 : constant)
  }

  /// norm of column a / norm of column b in the units of the data.
  private func ratio(_ a: Int, _ b: Int) -> Double {
    norms[a] / norms[b] * (units.scales[b] / units.scales[a])
  }

  /// The leading part of R x = b.
  private func solve(_ r: UpperTriangularMatrix<Double>, _ b: [Double]) -> [Double] {
    var x = b
    for i in b.indices.reversed() {
      for j in i + 1..<max(i + 1, b.count) { x[i] -= r[i, j] * x[j] }
      x[i] /= r[i, i]
    }
    return x
  }
}

/// √(a² + b²) of sizes whose squares are within a Double.
func hypotenuse(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
