internal import LinearRegression

/// A certificate in what `--json` prints: features under their names.
struct CertificateRecord: Encodable {
  var solver: Certificate.Solver
  var reason: String
  var passes: Int
  var conditionNumber: Double
  var estimatedDigits: Double
  var rank: Int
  @Null var normalEquationResidual: Double?
  var redundant: [Dependency]

  /// term = constant + Σ factor · dependsOn
  struct Dependency: Encodable {
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
    conditionNumber = certificate.conditionNumber
    estimatedDigits = certificate.estimatedDigits
    rank = certificate.rank
    normalEquationResidual = certificate.normalEquationResidual
    redundant = certificate.redundant.map { Dependency($0, names: names) }
  }
}
