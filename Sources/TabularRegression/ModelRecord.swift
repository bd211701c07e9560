#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif
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
  var residualSumOfSquares: Double
  var totalSumOfSquares: Double
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
    residualSumOfSquares = statistics.residualSumOfSquares
    totalSumOfSquares = statistics.totalSumOfSquares
    residualStandardError = statistics.residualStandardError
    rSquared = statistics.rSquared
    adjustedRSquared = statistics.adjustedRSquared
    fStatistic = statistics.fStatistic
    certificate = model.certificate.map { Certificate(solver: $0.solver, rank: $0.rank, redundant: []) }
    training = model.training?.method
    epochs = model.training?.epochs
    checksum = expectedChecksum
  }

  /// What is wrong with the record, in words; nil where it can be used.
  var fault: String? {
    let features = coefficients.dropFirst(intercept ? 1 : 0).map(\.term)
    if intercept && coefficients.first?.term != Self.interceptTerm {
      return "the first coefficient is not the intercept"
    }
    if features.isEmpty { return "there are no coefficients" }
    if Set(features).count != features.count { return "a term stands twice" }
    if observations < 1 || rank < 0 || rank > coefficients.count || rank > observations
      || degreesOfFreedom != observations - rank
    {
      return "observations, rank and degrees of freedom do not fit each other"
    }
    let exact = coefficients.map(\.exact)
    if training != nil && exact.contains(nil) { return "an exact coefficient is missing" }
    let values =
      coefficients.map(\.estimate) + exact.compactMap { $0 } + [residualSumOfSquares, totalSumOfSquares]
    if !values.allSatisfy({ $0.isFinite }) { return "a number is not finite" }
    if checksum != expectedChecksum { return "its checksum does not match its contents" }
    return nil
  }

  /// The checksum of the record's JSON without the checksum. FNV-1a, 64 bits (draft-eastlake-fnv): it finds accidents, not
  /// forgery.
  var expectedChecksum: String {
    var record = self
    record.checksum = ""
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in record.json { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The record as JSON: keys sorted, so that equal records give equal bytes.
  var json: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do {
      return Array(try encoder.encode(self))
    } catch {
      fatalError("a model record cannot be encoded: \(error); this is a bug in swift-linear-regression")
    }
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
        residualSumOfSquares: record.residualSumOfSquares, totalSumOfSquares: record.totalSumOfSquares,
        degreesOfFreedom: record.degreesOfFreedom, residualStandardError: record.residualStandardError,
        rSquared: record.rSquared, adjustedRSquared: record.adjustedRSquared, fStatistic: record.fStatistic,
        fPValue: nil, logLikelihood: nil, aic: nil, bic: nil),
      certificate: record.certificate.map { Certificate(solver: $0.solver, rank: $0.rank) },
      training: record.training.map { method in
        Training(
          method: method, exact: model(record.coefficients.compactMap(\.exact)), epochs: record.epochs ?? [])
      })
  }
}
