public import LinearRegression

/// A share of a robust or clustered covariance of the coefficients of a fit: the scores of one machine's rows or one
/// month's, summed up to some kilobytes, and p numbers for each cluster.
///
/// ```swift
/// let model = try winter.solve()
/// var sums = try CovarianceShare(.clustered(by: ["street"]), of: model, Table(csv: "january.csv"))
/// try sums.merge(CovarianceShare(.clustered(by: ["street"]), of: model, Table(csv: "february.csv")))
/// let clustered = try model.withCovariance(sums)
/// ```
public struct CovarianceShare: Sendable {
  /// How the covariance is estimated.
  public let estimator: CovarianceEstimator

  /// What tells whether models are those that scores were formed with.
  let fit: String

  /// Number of coordinates of each model.
  let coordinates: [Int]

  /// How text was read, in words.
  let reading: String

  private(set) var sums: SavedLeaves<RobustSums>

  init(
    _ estimator: CovarianceEstimator, fit: String, coordinates: [Int], reading: String,
    _ sums: SavedLeaves<RobustSums>
  ) {
    (self.estimator, self.fit, self.coordinates) = (estimator, fit, coordinates)
    (self.reading, self.sums) = (reading, sums)
  }

  private init(_ rows: RobustRows, reading: String, _ sums: SavedLeaves<RobustSums>) {
    self.init(
      rows.estimator, fit: FittedModel.checksum(ofScores: rows.models),
      coordinates: Self.coordinates(rows.models), reading: reading, sums)
  }

  private static func coordinates(_ models: [FittedModel]) -> [Int] {
    models.map { $0.covariance?.coordinateCount ?? 0 }
  }

  /// Number of rows whose weight is not zero.
  public var observations: Int { sums.subtrees.reduce(0) { $0 + $1.value.observations } }

  /// Number of rows, those that were left out too.
  var rowCount: Double { sums.subtrees.reduce(0) { $0 + Double($1.value.rowCount) } }

  /// "blocks 17–18 of b.csv", what is missing; nil where nothing is.
  package var missingText: String? { sums.missingText }

  /// What is to be said of shares that were merged where their order changes the result and only the caller knows it;
  /// nil where it does not, or they are parts, which know their place.
  package var orderText: String? {
    guard case .neweyWest = estimator, case .whole = sums else { return nil }
    return "hac: the shares are taken in the order given, as the order of their rows"
  }

  /// Takes the scores of the rows of a table.
  ///
  /// - Parameters:
  ///   - estimator: how the covariance is estimated; for
  ///     ``/LinearRegression/CovarianceEstimator/neweyWest(lags:)`` the rows are in the order of time, and so are those
  ///     of shares that are merged.
  ///   - model: the fit of all rows, of which these are some.
  ///   - table: the rows, with the columns of the clusters.
  /// - Throws: ``TabularError``: a model without standard errors or degrees of freedom; a perfect fit; a missing cluster.
  /// - Complexity: O(rows p²)
  public init(
    _ estimator: CovarianceEstimator, of model: FittedModel, _ table: Table
  ) throws(TabularError) {
    let rows = try RobustRows([model], estimator, source: table.source)
    var tree = MergeTree<RobustSums>()
    tree.append(try rows.part(table))
    self.init(rows, reading: "", .whole(tree))
  }

  /// Takes the scores of rows that need not fit in memory, for the models of all targets. Each block is a leaf, so that
  /// shares merge to the bits of undivided rows.
  ///
  /// - Parameters:
  ///   - communicator: the ranks, of which each has its part of the rows; the share is rank 0's.
  ///   - progress: called with the number of rows that were read.
  /// - Returns: nil on ranks but the first.
  package init?(
    _ estimator: CovarianceEstimator, of models: [FittedModel], reading source: some TableSource,
    on communicator: any Communicator = SingleProcess(), progress: (Int) -> Void = { _ in }
  ) throws(TabularError) {
    let rows = try RobustRows(models, estimator, source: source.source), division = source.division
    let tree = try rows.sums(source, on: communicator, progress: progress)
    if communicator.rank != 0 { return nil }
    self.init(
      rows, reading: division.reading,
      communicator.size > 1 ? .whole(tree) : SavedLeaves(division, tree))
  }

  /// Joins with a share of later rows of the same fit; one of another part of the same files may come in any order.
  ///
  /// - Parameters:
  ///   - other: the share.
  ///   - name: what it is called in messages.
  /// - Throws: ``TabularError/unusable(file:message:)``: a share of another fit or estimator; a part that is there
  ///   already.
  public mutating func merge(
    _ other: CovarianceShare, named name: String = "the other share"
  ) throws(TabularError) {
    if let fault = difference(to: other) { throw .unusable(file: name, message: fault) }
    try sums.merge(other.sums, named: name, noun: "share") { $0.merge($1) }
  }

  /// Why another share cannot be merged; nil where it can.
  private func difference(to other: CovarianceShare) -> String? {
    // Sums of other shapes cannot be joined, whatever the checksum says.
    if fit != other.fit || coordinates != other.coordinates {
      return "it is of another model than those before; make all shares with one model file"
    }
    if estimator != other.estimator {
      return
        "it is for \(other.estimator.text), and those before are for \(estimator.text); make all with the same options"
    }
    if case .part = sums, case .part = other.sums,
      let fault = PartialShare.difference(reading, other.reading)
    {
      return fault
    }
    return rowCount + other.rowCount > 0x1p53 ? "there are more rows than can be counted" : nil
  }

  /// The share of whole files, once all their parts are there.
  package var finished: CovarianceShare {
    if missingText != nil { return self }
    var share = self
    share.sums = .whole(joined)
    return share
  }

  private var joined: MergeTree<RobustSums> { sums.joined { $0.merge($1) } }

  /// The sums of all rows that are there.
  ///
  /// - Parameter rows: what has the models.
  func all(_ rows: RobustRows) -> RobustSums { joined.all(rows) }

  /// The models with this covariance.
  ///
  /// - Parameter names: what the shares that it was merged from are called in messages.
  /// - Throws: ``TabularError``: other models; rows that are missing; as ``FittedModel/withCovariance(_:)``.
  package func models(_ models: [FittedModel], named names: String...) throws(TabularError) -> [FittedModel] {
    try self.models(models, named: names)
  }

  /// The same of any number of names.
  package func models(_ models: [FittedModel], named names: [String]) throws(TabularError) -> [FittedModel] {
    let name = listed(names), isOne = names.count == 1
    if FittedModel.checksum(ofScores: models) != fit || coordinates != Self.coordinates(models) {
      throw .unusable(
        file: name,
        message:
          "\(isOne ? "it is a share" : "these are shares") of another model; give the one that \(isOne ? "it was" : "they were") made with"
      )
    }
    if let missingText {
      throw .unusable(
        file: name,
        message: "\(isOne ? "it lacks" : "together they lack") \(missingText); give the shares of all parts")
    }
    let rows = try RobustRows(models, estimator, source: name)
    return try all(rows).models(
      rows, source: name, advice: "give the shares of all rows that it was fitted to, each once")
  }
}

extension FittedModel {
  /// The model with standard errors, t, p, intervals and F by another estimator of the covariance of the coefficients,
  /// from shares of all rows of the fit; the coefficients stay.
  ///
  /// - Parameter share: the merged shares.
  /// - Throws: ``TabularError``: a share of another model; rows that are not those of the fit; a single cluster; HC2 or
  ///   HC3 with a row of leverage 1.
  /// - Complexity: O(p³), and O(p²) for each cluster
  public func withCovariance(_ share: CovarianceShare) throws(TabularError) -> FittedModel {
    try share.models([self], named: "the share")[0]
  }

  /// A checksum of what scores depend on.
  static func checksum(ofScores models: [FittedModel]) -> String {
    struct Facts: Encodable {
      let design: Design
      let model: LinearModel
      let observations: Int
      let residualStandardError: Double?
      let covariance: UnscaledCovariance?
    }
    let facts = models.map {
      Facts(
        design: $0.design, model: $0.model, observations: $0.observations,
        residualStandardError: $0.statistics.residualStandardError, covariance: $0.covariance)
    }
    return Envelope.ofRanks.checksum(of: facts)
  }
}
