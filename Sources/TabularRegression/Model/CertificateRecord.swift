internal import LinearRegression

/// A certificate in a model file: features under their names.
struct CertificateRecord: Codable {
  var solver: Certificate.Solver
  var reason: String
  var passes: Int
  var conditionNumber: Double
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
    conditionNumber = certificate.conditionNumber
    estimatedDigits = certificate.estimatedDigits
    rank = certificate.rank
    normalEquationResidual = certificate.normalEquationResidual
    redundant = certificate.redundant.map { Dependency($0, names: names) }
  }

  /// The certificate.
  /// - Precondition: the record has no fault.
  func certificate(names: [String]) -> Certificate {
    Certificate(
      solver: solver, reason: reason, passes: passes, conditionNumber: conditionNumber, rank: rank,
      redundant: redundant.redundancies(names: names), estimatedDigits: estimatedDigits,
      normalEquationResidual: normalEquationResidual)
  }
}

extension [CertificateRecord.Dependency] {
  /// What is wrong with the records, in words; nil where they can be used.
  func fault(names: [String]) -> String? {
    let known = Set(names)
    for dependency in self {
      if !known.contains(dependency.term) || !dependency.dependsOn.allSatisfy(known.contains) {
        return "a redundant column is not among the terms"
      }
      if dependency.dependsOn.count != dependency.factors.count { return "a dependency lacks factors" }
    }
    return nil
  }

  /// The dependencies, features counted.
  /// - Precondition: the records have no fault.
  func redundancies(names: [String]) -> [Redundancy] {
    let numbers = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    return map { dependency in
      Redundancy(
        feature: numbers[dependency.term]!,
        dependsOn: zip(dependency.dependsOn, dependency.factors).map {
          Redundancy.Term(feature: numbers[$0]!, factor: $1)
        }, constant: dependency.constant)
    }
  }
}
