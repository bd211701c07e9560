internal import LinearAlgebra
internal import LinearRegression

/// The JSON of a model, which the command prints with `--json`: the model and its coefficients under their names, for
/// other programs, and all that it takes to read the model back.
///
/// Keys whose values are null have their place kept.
struct ModelRecord: Codable {
  var members: Members
  var statistics: FitStatistics

  /// What stands beside the statistics, on the same level.
  struct Members: Codable {
    static let format = "swift-linear-regression model"
    var format = Self.format
    var version = FittedModel.envelope.version
    var formula: String
    var target: String
    var design: Design
    @Null var weights: String?
    /// Not there without one.
    var offset: String?
    var intercept: Bool
    var missing: MissingPolicy
    var observations: Int
    var droppedRows: Int
    var rank: Int
    var coefficients: [Coefficient]
    @Null var method: LeastSquares?
    @Null var certificate: CertificateRecord?
    @Null var covariance: UnscaledCovariance?
    /// Not there for independent errors of equal variance.
    var robustCovariance: RobustCovariance?
    @Null var training: SGD?
    @Null var batchSize: Int?
    @Null var redundant: [CertificateRecord.Dependency]?
    @Null var redundancy: LeastSquares.RedundancyPolicy?
    @Null var epochs: [EpochReport]?
    @Null var stopReason: StopReason?
    @Null var epoch: Int?
    @Null var validationRows: Int?
    /// What the names of redundant columns are read back from; not there without any.
    var dependencies: [Redundancy]?
    /// Not there where predictions on the scale of y need none, or cannot be formed.
    var smearing: Smearing?
    /// Not there where reading has cost no digits of the coefficients.
    var readingLoss: Certificate.ReadingLoss?
    /// Not there without a bar in the formula.
    var effects: FixedEffects?
    /// Not there where rounding took nothing from the coefficients that residuals would miss.
    var lowModel: LinearModel?
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

  func encode(to encoder: any Encoder) throws {
    try members.encode(to: encoder)
    try statistics.encode(to: encoder)
  }

  init(from decoder: any Decoder) throws {
    members = try Members(from: decoder)
    statistics = try FitStatistics(from: decoder)
  }

  init(_ model: FittedModel) {
    members = Members(model)
    statistics = model.statistics
  }
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

extension ModelRecord.Members {
  init(_ model: FittedModel) {
    let names = model.features
    formula = model.formula
    target = model.target
    design = model.design
    weights = model.weights
    offset = model.design.offsetText
    intercept = model.hasIntercept
    missing = model.missing
    observations = model.observations
    droppedRows = model.droppedRows
    rank = model.observations - model.statistics.degreesOfFreedom
    let exact = (model.training?.exact).map { [$0.intercept] + $0.coefficients }
    let inflation =
      (model.hasIntercept ? [nil] : [])
      + (model.covariance?.varianceInflationFactors(of: names.count)
        ?? names.map { _ in nil })
    coefficients = zip(model.termNames, model.coefficientStatistics).enumerated().map { index, row in
      ModelRecord.Coefficient(
        row.0, row.1, exact: exact?[index], varianceInflation: inflation[index].flatMap(finite))
    }
    method = model.method
    let distinct = model.design.distinctNames
    certificate = model.certificate.map { CertificateRecord($0, names: distinct) }
    covariance = model.covariance
    robustCovariance = model.robustCovariance
    training = model.training?.method
    batchSize = model.training?.batchSize
    redundant = model.training?.redundant.map { CertificateRecord.Dependency($0, names: distinct) }
    redundancy = model.training?.redundancy
    epochs = model.training?.epochs
    stopReason = model.training?.stopReason
    epoch = model.training?.epoch
    validationRows = model.training?.validationRows
    let dependencies = (model.certificate?.redundant ?? []) + (model.training?.redundant ?? [])
    self.dependencies = dependencies.isEmpty ? nil : dependencies
    smearing = model.smearing
    readingLoss = model.certificate?.readingLoss
    (effects, lowModel) = (model.effects, model.lowModel)
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
  var termNames: [String] { coefficientStatistics.indices.map(termName) }

  /// The name of the intercept, as R has it.
  static let interceptName = "(Intercept)"

  /// The name of a coefficient.
  func termName(_ row: Int) -> String {
    if hasIntercept && row == 0 { return Self.interceptName }
    return design.name(of: design.columns[row - (hasIntercept ? 1 : 0)])
  }
}
