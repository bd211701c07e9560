internal import LinearAlgebra
internal import LinearRegression

/// A model file, and what the command prints with `--json`: the same keys, the same bytes.
///
/// Keys whose values are null have their place kept.
struct ModelRecord: Codable {
  static let currentVersion = 1
  static let formatName = "swift-linear-regression model"

  /// What every version of the file has; read before anything else.
  struct Header: Codable {
    var format: String
    var version: Int
  }

  struct Coefficient: Codable {
    var term: String
    var estimate: Double
    @Null var exact: Double?
    @Null var standardError: Double?
    @Null var tStatistic: Double?
    @Null var pValue: Double?
    @Null var confidenceInterval: [Double]?
  }

  struct Redundancy: Codable {
    var term: String
    var dependsOn: [String]
  }

  struct Certificate: Codable {
    var solver: String
    @Null var conditionNumber: Double?
    @Null var estimatedDigits: Double?
    var rank: Int
    var redundant: [Redundancy]
  }

  var format = Self.formatName
  var version = Self.currentVersion
  var target: String
  var intercept: Bool
  var observations: Int
  var rank: Int
  var degreesOfFreedom: Int
  var coefficients: [Coefficient]
  @Null var residualSumOfSquares: Double?
  @Null var totalSumOfSquares: Double?
  @Null var residualStandardError: Double?
  @Null var rSquared: Double?
  @Null var adjustedRSquared: Double?
  @Null var fStatistic: Double?
  @Null var fPValue: Double?
  @Null var certificate: Certificate?
  @Null var training: SGD?
  @Null var epochs: [EpochReport]?
  var checksum = ""
}

/// An optional that is written as null, where Codable would leave the key out.
@propertyWrapper
struct Null<Wrapped: Codable>: Codable {
  var wrappedValue: Wrapped?

  init(wrappedValue: Wrapped?) { self.wrappedValue = wrappedValue }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    wrappedValue = container.decodeNil() ? nil : try container.decode(Wrapped.self)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
  }
}

extension ModelRecord {
  static let interceptTerm = "(Intercept)"

  init(_ model: FittedModel) {
    let statistics = model.statistics
    let exact = model.training?.exact
    target = model.target
    intercept = model.hasIntercept
    observations = model.observations
    rank = model.observations - statistics.degreesOfFreedom
    degreesOfFreedom = statistics.degreesOfFreedom
    coefficients =
      model.hasIntercept
      ? [Coefficient(term: Self.interceptTerm, estimate: model.model.intercept, exact: exact?.intercept)] : []
    for (j, feature) in model.features.enumerated() {
      coefficients.append(
        Coefficient(term: feature, estimate: model.model.coefficients[j], exact: exact?.coefficients[j]))
    }
    residualSumOfSquares = Self.finite(statistics.residualSumOfSquares)
    totalSumOfSquares = Self.finite(statistics.totalSumOfSquares)
    residualStandardError = Self.finite(statistics.residualStandardError)
    rSquared = Self.finite(statistics.rSquared)
    adjustedRSquared = Self.finite(statistics.adjustedRSquared)
    fStatistic = Self.finite(statistics.fStatistic)
    certificate = model.certificate.map { Certificate(solver: $0.solver, rank: $0.rank, redundant: []) }
    training = model.training?.method
    epochs = model.training?.epochs
    checksum = expectedChecksum
  }

  /// JSON has no infinity; what overflowed is not known.
  private static func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }

  /// What is wrong with the record, in words; nil where it can be used.
  var fault: String? {
    let features = coefficients.dropFirst(intercept ? 1 : 0).map(\.term)
    if intercept && coefficients.first?.term != Self.interceptTerm {
      return "the first coefficient is not the intercept"
    }
    if features.isEmpty { return "there are no coefficients" }
    if Set(features).count != features.count { return "a term stands twice" }
    if !coefficients.allSatisfy({ $0.estimate.isFinite }) { return "a coefficient is not finite" }
    if training != nil && coefficients.contains(where: { $0.exact == nil }) {
      return "an exact coefficient is missing"
    }
    if checksum != expectedChecksum { return "its checksum does not match the coefficients" }
    return nil
  }

  /// The checksum of all that predictions depend on: names and the bits of the coefficients. FNV-1a, 64 bits
  /// (draft-eastlake-fnv): it finds accidents, not forgery.
  var expectedChecksum: String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func add(_ bytes: some Sequence<UInt8>) {
      for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
    func add(_ name: String) { add(name.utf8 + [0]) }
    add(target)
    add([intercept ? 1 : 0])
    for coefficient in coefficients {
      add(coefficient.term)
      let bits = coefficient.estimate.bitPattern
      add((0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) })
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension FittedModel {
  init(_ record: ModelRecord) {
    let estimates = record.coefficients.dropFirst(record.intercept ? 1 : 0)
    func model(_ values: [Double]) -> LinearModel {
      record.intercept
        ? LinearModel(coefficients: Array(values.dropFirst()), intercept: values[0])
        : LinearModel(coefficients: values, intercept: 0)
    }
    self.init(
      target: record.target, features: estimates.map(\.term), hasIntercept: record.intercept,
      model: model(record.coefficients.map(\.estimate)), observations: record.observations,
      statistics: FitStatistics(
        residualSumOfSquares: record.residualSumOfSquares ?? .infinity,
        totalSumOfSquares: record.totalSumOfSquares ?? .infinity, observations: record.observations,
        rank: record.rank, hasIntercept: record.intercept),
      certificate: record.certificate.map { Certificate(solver: $0.solver, rank: $0.rank) },
      training: record.training.map { method in
        Training(
          method: method, exact: model(record.coefficients.compactMap(\.exact)), epochs: record.epochs ?? [])
      })
  }
}
