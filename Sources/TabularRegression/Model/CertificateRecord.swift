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
  var redundant: [Dependency]

  /// term = constant + Σ factor · dependsOn
  struct Dependency: Codable {
    var term: String
    var dependsOn: [String]
    var factors: [Double]
    var constant: Double

    init(_ redundancy: Redundancy, names: [String]) {
      term = names[redundancy.feature]
      dependsOn = redundancy.dependsOn.map { names[$0.feature] }
      factors = redundancy.dependsOn.map(\.factor)
      constant = redundancy.constant
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
    redundant = certificate.redundant.map { Dependency($0, names: names) }
  }
}

extension Certificate {
  /// The certificate of a record.
  ///
  /// - Parameter redundant: its dependencies, whose names the record has.
  init(_ record: CertificateRecord, _ redundant: [Redundancy], _ readingLoss: ReadingLoss?) {
    self.init(
      solver: record.solver, reason: record.reason, passes: record.passes,
      conditionNumber: record.conditionNumber ?? .infinity, rank: record.rank, redundant: redundant,
      estimatedDigits: record.estimatedDigits, readingLoss: readingLoss,
      normalEquationResidual: record.normalEquationResidual)
  }
}
