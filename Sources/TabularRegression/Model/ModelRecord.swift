internal import LinearAlgebra
internal import LinearRegression

/// A model file, and what the command prints with `--json`: the same keys, the same bytes.
///
/// Keys whose values are null have their place kept.
struct ModelRecord: Codable {
  /// The newest version; what needs nothing of it is written as ``plainVersion``, which older software reads.
  static let currentVersion = 6
  static let plainVersion = 5
  static let formatName = "swift-linear-regression model"

  /// What every version of the file has; read before anything else.
  struct Header: Codable {
    var format: String
    var version: Int
  }

  struct Coefficient: Codable {
    var term: String
    @Null var estimate: Double?
    @Null var exact: Double?
    @Null var standardError: Double?
    @Null var tStatistic: Double?
    @Null var pValue: Double?
    @Null var confidenceInterval: [Double]?
    @Null var varianceInflation: Double?
  }

  var format = Self.formatName
  var version = Self.plainVersion
  var formula: String
  var target: String
  var design: Design
  @Null var weights: String?
  var intercept: Bool
  var missing: MissingPolicy
  var observations: Int
  var droppedRows: Int
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
  @Null var logLikelihood: Double?
  @Null var aic: Double?
  @Null var bic: Double?
  @Null var method: LeastSquares?
  @Null var certificate: CertificateRecord?
  @Null var covariance: CovarianceRecord?
  @Null var training: SGD?
  @Null var batchSize: Int?
  @Null var redundant: [CertificateRecord.Dependency]?
  @Null var redundancy: LeastSquares.RedundancyPolicy?
  @Null var epochs: [EpochReport]?
  @Null var stopReason: StopReason?
  @Null var epoch: Int?
  @Null var validationRows: Int?
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
    formula = model.formula
    target = model.target
    design = model.design
    weights = model.weights
    intercept = model.hasIntercept
    missing = model.missing
    observations = model.observations
    droppedRows = model.droppedRows
    rank = model.observations - statistics.degreesOfFreedom
    degreesOfFreedom = statistics.degreesOfFreedom
    let exact = (model.training?.exact).map { [$0.intercept] + $0.coefficients }
    let inflation =
      (model.hasIntercept ? [nil] : [])
      + (model.covariance?.varianceInflationFactors(of: model.features.count)
        ?? model.features.map { _ in nil })
    coefficients = zip(model.termNames, model.coefficientStatistics).enumerated().map { index, row in
      Coefficient(row.0, row.1, exact: exact?[index], varianceInflation: inflation[index].flatMap(finite))
    }
    residualSumOfSquares = statistics.residualSumOfSquares
    totalSumOfSquares = statistics.totalSumOfSquares
    residualStandardError = statistics.residualStandardError
    rSquared = statistics.rSquared
    adjustedRSquared = statistics.adjustedRSquared
    fStatistic = statistics.fStatistic
    fPValue = statistics.fPValue
    logLikelihood = statistics.logLikelihood
    aic = statistics.aic
    bic = statistics.bic
    method = model.method
    certificate = model.certificate.map { CertificateRecord($0, names: model.features) }
    covariance = model.covariance.map(CovarianceRecord.init)
    if covariance?.levels != nil || design.columns.count > Design.mostColumns {
      version = Self.currentVersion
    }
    training = model.training?.method
    batchSize = model.training?.batchSize
    redundant = model.training?.redundant.map { CertificateRecord.Dependency($0, names: model.features) }
    redundancy = model.training?.redundancy
    epochs = model.training?.epochs
    stopReason = model.training?.stopReason
    epoch = model.training?.epoch
    validationRows = model.training?.validationRows
    checksum = expectedChecksum
  }
}

extension ModelRecord.Coefficient {
  /// - Parameter exact: the least-squares solution, for a model trained by SGD.
  init(_ term: String, _ statistics: CoefficientStatistics, exact: Double?, varianceInflation: Double?) {
    self.term = term
    self.exact = exact
    self.varianceInflation = varianceInflation
    estimate = statistics.estimate
    standardError = statistics.standardError.flatMap(finite)
    tStatistic = statistics.tStatistic.flatMap(finite)
    pValue = statistics.pValue.flatMap(finite)
    confidenceInterval = statistics.confidenceInterval().map { [$0.lowerBound, $0.upperBound] }
  }
}

/// What JSON can hold; nil for the rest.
func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }

extension FittedModel {
  /// Names of the coefficients, the intercept's first (if there is one).
  var termNames: [String] { (hasIntercept ? [ModelRecord.interceptTerm] : []) + features }

  /// - Precondition: the record has no fault.
  init(_ record: ModelRecord) {
    func model(_ values: [Double]) -> LinearModel {
      record.intercept
        ? LinearModel(coefficients: Array(values.dropFirst()), intercept: values[0])
        : LinearModel(coefficients: values, intercept: 0)
    }
    let names = record.design.names, fitted = model(record.coefficients.map { $0.estimate ?? 0 })
    self.init(
      formula: record.formula, design: record.design,
      model: fitted,
      coefficientStatistics: record.coefficients.map {
        CoefficientStatistics(
          estimate: $0.estimate, standardError: $0.standardError, degreesOfFreedom: record.degreesOfFreedom)
      }, observations: record.observations, droppedRows: record.droppedRows,
      statistics: FitStatistics(
        residualSumOfSquares: record.residualSumOfSquares, totalSumOfSquares: record.totalSumOfSquares,
        degreesOfFreedom: record.degreesOfFreedom, residualStandardError: record.residualStandardError,
        rSquared: record.rSquared, adjustedRSquared: record.adjustedRSquared, fStatistic: record.fStatistic,
        fPValue: record.fPValue, logLikelihood: record.logLikelihood, aic: record.aic, bic: record.bic),
      certificate: record.certificate?.certificate(names: names),
      covariance: record.covariance?.covariance, method: record.method,
      training: record.training.map { method in
        TrainingRun(
          model: fitted, epochs: record.epochs ?? [], stopReason: record.stopReason ?? .epochs,
          epoch: record.epoch ?? 0, method: method, batchSize: record.batchSize ?? 1,
          validationRows: record.validationRows ?? 0, exact: model(record.coefficients.compactMap(\.exact)),
          rank: record.rank, redundant: record.redundant?.redundancies(names: names) ?? [])
      })
  }
}
