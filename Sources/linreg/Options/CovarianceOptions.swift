import ArgumentParser
import LinearRegression
import TabularRegression

/// How the covariance of the coefficients is estimated.
struct CovarianceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Standard errors for errors of unequal variances, HC0, HC1, HC2 or HC3; or, for rows in the order of time whose errors depend on those before, hac (Newey and West). fit takes classical too, its default.",
      valueName: "estimator"))
  var vcov: Estimator?

  @Option(
    name: .customLong("cluster"),
    help: ArgumentHelp(
      "Standard errors for rows whose errors depend on each other where this column is equal; \"firm,year\" for two.",
      valueName: "columns"), transform: names)
  var clusters: [[String]] = []

  /// The columns of all --cluster.
  var cluster: [String] { clusters.flatMap { $0 } }

  @Option(
    parsing: .unconditional,
    help: "How many rows before its own an error depends on, with --vcov hac (default: 4 (n/100)^(2/9)).")
  var lags: Int?

  /// What --vcov takes.
  enum Estimator: String, CaseIterable, ExpressibleByArgument {
    case classical
    case hc0 = "HC0"
    case hc1 = "HC1"
    case hc2 = "HC2"
    case hc3 = "HC3"
    case hac

    /// Those that a model can be given; classical ones are what fit begins with.
    static var allValueStrings: [String] { allCases.filter { $0 != .classical }.map(\.rawValue) }

    init?(argument: String) {
      guard let found = Self.allCases.first(where: { $0.rawValue.lowercased() == argument.lowercased() })
      else { return nil }
      self = found
    }
  }

  func validate() throws {
    if cluster.contains("") {
      throw ValidationError("--cluster takes names of columns; one of them is empty.")
    }
    if cluster.count > 2 { throw ValidationError("--cluster takes one or two columns.") }
    if cluster.count == 2 && cluster[0] == cluster[1] {
      throw ValidationError("--cluster names \(cluster[0]) twice; give one or two columns.")
    }
    if vcov != nil && !cluster.isEmpty {
      throw ValidationError("--cluster is an estimator of its own, without --vcov.")
    }
    if lags != nil && vcov != .hac { throw ValidationError("--lags goes with --vcov hac.") }
    if let lags, !(0...10_000 ~= lags) {
      throw ValidationError("--lags is \(lags); it is a whole number from 0 to 10000.")
    }
  }

  /// The estimator for so many rows; nil for that of independent errors of equal variance.
  func estimator(observations: Int) -> CovarianceEstimator? {
    if !cluster.isEmpty { return .clustered(by: cluster) }
    return switch vcov {
    case nil, .classical: nil
    case .hc0: .hc0
    case .hc1: .hc1
    case .hc2: .hc2
    case .hc3: .hc3
    case .hac: .neweyWest(lags: lags ?? CovarianceEstimator.usualLags(observations: observations))
    }
  }

  /// Throws where a column of clusters is not there, before the work is done.
  func checkColumns(of file: TableFile) throws(TabularError) {
    for name in cluster where !file.columnNames.contains(name) {
      throw .noColumn(name, file: file.source, available: file.columnNames)
    }
  }

  /// Whether the rows are gone through once more.
  var needsRows: Bool { !cluster.isEmpty || vcov != nil && vcov != .classical }
}
