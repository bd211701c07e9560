internal import LinearRegression

/// A certificate in a model's JSON: features under their names.
struct CertificateRecord: Codable {
  var solver: Certificate.Solver
  var reason: String
  var passes: Int
  /// Null where it is infinite.
  @Null var conditionNumber: Double?
  var estimatedDigits: Double
  var rank: Int
  @Null var normalEquationResidual: Double?
  /// Not there where reading has lost no digits.
  var readingLoss: Certificate.ReadingLoss?
  var redundant: [Dependency]

  /// term = constant + Σ factor · dependsOn
  struct Dependency: Codable {
    var term: String
    var dependsOn: [String]
    var factors: [Double]
    var constant: Double
    /// How far from this a row of the fit may be; it grows with the sizes of the summands, of which `size` is usual.
    var tolerance: Double
    var size: Double

    init(_ redundancy: Redundancy, names: [String]) {
      term = names[redundancy.feature]
      dependsOn = redundancy.dependsOn.map { names[$0.feature] }
      factors = redundancy.dependsOn.map(\.factor)
      (constant, tolerance, size) = (redundancy.constant, redundancy.tolerance, redundancy.size)
    }
  }

  init(_ certificate: Certificate, names: [String]) {
    solver = certificate.solver
    reason = certificate.reason
    passes = certificate.passes
    conditionNumber = finite(certificate.conditionNumber)
    estimatedDigits = certificate.estimatedDigits
    rank = certificate.rank
    normalEquationResidual = certificate.normalEquationResidual
    readingLoss = certificate.readingLoss
    redundant = certificate.redundant.map { Dependency($0, names: names) }
  }
}

extension CertificateRecord.Dependency {
  /// The dependency of features by their positions; nil where one is not among them.
  func redundancy(_ positions: [String: Int]) -> Redundancy? {
    let others = dependsOn.compactMap { positions[$0] }
    guard let feature = positions[term], others.count == dependsOn.count, factors.count == others.count else {
      return nil
    }
    return Redundancy(
      feature: feature,
      dependsOn: zip(others, factors).map { Redundancy.Term(feature: $0, factor: $1) },
      constant: constant, tolerance: tolerance, size: size)
  }
}

extension Certificate {
  /// The certificate of a record; nil where a feature is not among those that are there.
  init?(_ record: CertificateRecord, _ positions: [String: Int]) {
    let redundant = record.redundant.compactMap { $0.redundancy(positions) }
    if redundant.count != record.redundant.count { return nil }
    self.init(
      solver: record.solver, reason: record.reason, passes: record.passes,
      conditionNumber: record.conditionNumber ?? .infinity, rank: record.rank, redundant: redundant,
      estimatedDigits: record.estimatedDigits, readingLoss: record.readingLoss,
      normalEquationResidual: record.normalEquationResidual)
  }
}
