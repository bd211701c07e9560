internal import LinearAlgebra
internal import LinearRegression

/// What the residuals of a model tell: histograms of residuals, fitted values and leverages, sums that tests need, and
/// the rows that stand out. Memory does not grow with the number of rows.
///
/// ```swift
/// let diagnostics = try Diagnostics(model, homes)
/// for row in diagnostics.influentialRows { print(row.line, row.cooksDistance!) }
/// print(Report(model, diagnostics).html)
/// ```
/// All bins follow from the values alone, and parts are merged along one tree: the same bits come out for any number of
/// threads.
public struct Diagnostics: Sendable, Codable {
  let fit: Fit
  /// Where the rows are from.
  public let source: String
  /// Rows with a prediction and a weight, n.
  public private(set) var observations = 0
  /// Rows that were left out: a field was missing, or the level was not in the fit.
  public private(set) var missingRows = 0
  /// Rows of which the fit does not determine the prediction, which are left out.
  package private(set) var unestimable = RowTally()
  /// Rows of weight 0, which are left out.
  public private(set) var rowsWithoutWeight = 0
  /// Rows that determine their own prediction: of leverage 1. They have no standardised residual.
  public private(set) var fullLeverageRows = 0

  /// ŷ × e √w / s.
  package private(set) var residuals = BinnedCounts(
    BinAxis(count: 256), BinAxis(exponent: -3, first: -64, count: 128))
  /// Means of the residuals over ŷ.
  package private(set) var means = BinnedSums(BinAxis(count: 256))
  /// Means of √|e √w / s| over ŷ, and of √|r| of standardised residuals.
  package private(set) var spreads = BinnedSums(BinAxis(count: 256))
  package private(set) var standardizedSpreads = BinnedSums(BinAxis(count: 256))
  /// ŷ × √|e √w / s|.
  package private(set) var scales = BinnedCounts(
    BinAxis(count: 128), BinAxis(exponent: -5, first: 0, count: 128))
  /// Residuals, and standardised residuals, in bins of 1/64.
  package private(set) var scaledHistogram = BinnedSums(BinAxis(exponent: -6, first: -512, count: 1024))
  package private(set) var standardizedHistogram = BinnedSums(BinAxis(exponent: -6, first: -512, count: 1024))
  /// ŷ × y.
  package private(set) var predictions = BinnedCounts(BinAxis(count: 128), BinAxis(count: 128))
  /// log₂ h × standardised residual.
  package private(set) var influence = BinnedCounts(
    BinAxis(exponent: -4, first: -640, count: 656), BinAxis(exponent: -2, first: -32, count: 64))
  /// The residual of the row before × the residual, of rows of one block.
  package private(set) var neighbours = BinnedCounts(
    BinAxis(exponent: -2, first: -32, count: 64), BinAxis(exponent: -2, first: -32, count: 64))
  var moments = ResidualMoments()
  /// Of ŷ and (e √w / s)².
  var squaresByFitted = Comoments()
  /// The same of standardised residuals.
  var standardizedSquaresByFitted = Comoments()
  private(set) var leverageMoments = Moments()
  private(set) var observedMoments = Moments()
  private(set) var fittedMoments = Moments()

  package private(set) var features: [FeatureBins]
  package private(set) var levels: [LevelBins]
  private var mostInfluential = TopRows(most: 20)
  private var largest = TopRows(most: 20)
  private(set) var largestScaled = TopRows(most: 20)
  private var farthest = TopRows(most: 5)
  /// All rows, as long as they are few.
  package private(set) var fewRows: [DiagnosedRow]? = []
  /// What the columns of the table hold, for what `check` tells.
  package private(set) var profiles: [ColumnProfile] = []
  private(set) var rowsRead = 0

  /// With no more rows than these all are kept, and drawn as points.
  package static let fewRowsLimit = 500

  /// Of no rows.
  init(_ model: FittedModel, source: String) {
    fit = Fit(model)
    self.source = source
    (features, levels) = (model.featureBins, model.levelBins)
  }

  // MARK: What stands out

  /// The rows with the largest Cook's distances, the largest first: at most twenty. Where the rows are not those of the
  /// fit, or the model has no leverages, there are none.
  public var influentialRows: [DiagnosedRow] { isOfFit ? mostInfluential.rows : [] }

  /// The rows with the largest residuals, by standardised ones where there are some: at most twenty.
  public var rowsOfLargestResiduals: [DiagnosedRow] { isStandardized ? largest.rows : largestScaled.rows }

  /// The rows with the largest leverages, at most five.
  public var rowsOfLargestLeverage: [DiagnosedRow] { farthest.rows }

  /// Whether the rows are those of the fit, as their number and their residual sum of squares tell, within the rounding
  /// of the target. Of others residuals are not standardised, and influence on the fit has no meaning.
  public var isOfFit: Bool {
    guard observations == fit.observations else { return false }
    if fit.isPerfect { return residualSumOfSquares <= 1e-20 * fit.totalSumOfSquares }
    let expected = fit.sumOfScaledSquares, n = Double(observations)
    let size = max(abs(observedMoments.minimum), abs(observedMoments.maximum))
    let rounding = 4 * Double.ulpOfOne * size / fit.unit
    let tolerance = 1e-6 * expected + 2 * (expected * n).squareRoot() * rounding + n * rounding * rounding
    return abs(moments.sumOfSquares - expected) <= tolerance
  }

  /// Σ w (y − ŷ)².
  public var residualSumOfSquares: Double { moments.sumOfSquares * fit.unit * fit.unit }

  /// Whether there are no residuals to look at: those of the fit are but rounding, or it has as many coefficients as rows.
  package var hasNoResiduals: Bool { isOfFit && (fit.isPerfect || fit.degreesOfFreedom < 1) }

  /// Whether the rows are weighed.
  package var isWeighed: Bool { fit.isWeighed }

  /// Whether residuals are in units of their own standard deviations.
  package var isStandardized: Bool { isOfFit && fit.isLeastSquares }
}

extension Diagnostics {
  /// Takes a block of rows in.
  mutating func add(
    _ model: FittedModel, _ block: Table, weights: String?, _ policies: FittedModel.Policies
  ) throws(TabularError) {
    let rows = try model.rows(
      of: block, for: weights == nil ? .evaluation : .fit, weights: weights, policies,
      forLeverages: model.covariance != nil)
    let leverages = model.leveragesAndNeighbours(rows)
    let found = ResidualRows(
      block, rows.design, predictions: try model.predictions(rows, block),
      leverages: leverages?.leverages, neighbours: leverages?.neighbours,
      unit: fit.unit)
    rowsRead += block.rowCount
    unestimable.merge(model.tally(rows.unestimable, block))
    missingRows += block.rowCount - rows.design.y.rowCount - rows.unestimable.reduce(0) { $0 + $1.rows.count }
    rowsWithoutWeight += rows.design.y.rowCount - found.rows.count
    profiles = try Self.profiles(model, block, target: fit.target)
    add(found)
    try addColumns(model, found)
  }

  private mutating func add(_ rows: ResidualRows) {
    let (fitted, scaled) = (rows.fitted, rows.scaled), r = rows.leverages.isEmpty ? scaled : rows.standardized
    observations += fitted.count
    residuals.add(fitted, scaled)
    means.add(fitted, scaled.map { min(max($0, -1e100), 1e100) })
    spreads.add(fitted, scaled.map { min(abs($0), 1e100).squareRoot() })
    scales.add(fitted, scaled.map { abs($0).squareRoot() })
    scaledHistogram.add(scaled, scaled.map { min(max($0, -1e100), 1e100) })
    predictions.add(fitted, rows.observed)
    neighbours.add(Array(scaled.dropLast()), Array(scaled.dropFirst()))
    moments.merge(ResidualMoments(scaled, neighbours: rows.neighbours))
    squaresByFitted.merge(Comoments(fitted, scaled.map { min($0 * $0, 1e100) }))
    fittedMoments.merge(Moments(fitted))
    observedMoments.merge(Moments(rows.observed))
    if !rows.leverages.isEmpty { addLeverages(rows) }
    for row in scaled.indices {
      largestScaled.add(abs(scaled[row]), rows.diagnosed(row, fit))
      largest.add(abs(r[row]), rows.diagnosed(row, fit))
    }
    if var few = fewRows, few.count + fitted.count <= Self.fewRowsLimit {
      few += fitted.indices.map { rows.diagnosed($0, fit) }
      fewRows = few
    } else {
      fewRows = nil
    }
  }

  private mutating func addLeverages(_ rows: ResidualRows) {
    let used = rows.leverages.indices.filter { rows.leverages[$0] < ResidualRows.fullLeverage }
    fullLeverageRows += rows.leverages.count - used.count
    let fitted = used.map { rows.fitted[$0] }, r = used.map { min(max(rows.standardized[$0], -1e100), 1e100) }
    standardizedSpreads.add(fitted, r.map { abs($0).squareRoot() })
    standardizedHistogram.add(r, r)
    standardizedSquaresByFitted.merge(Comoments(fitted, r.map { min($0 * $0, 1e100) }))
    // A row of zeros without an intercept has leverage 0.
    influence.add(used.map { max(-40, CLibrary.binaryLogarithm(rows.leverages[$0])) }, r)
    leverageMoments.merge(Moments(rows.leverages))
    for row in used {
      mostInfluential.add(rows.cooksDistance(row, rank: fit.rank), rows.diagnosed(row, fit))
    }
    for (row, leverage) in rows.leverages.enumerated() { farthest.add(leverage, rows.diagnosed(row, fit)) }
  }

  /// Residuals by the columns of the table.
  private mutating func addColumns(_ model: FittedModel, _ rows: ResidualRows) throws(TabularError) {
    let block = BinnedResiduals.Block(rows.scaled), areAll = rows.rows.count == rows.block.rowCount
    for index in features.indices {
      let numbers = try rows.block.numbers(features[index].name)
      let fill = model.design.sources.first { $0.name == features[index].name }?.fill
      if areAll && fill == nil {
        let moments = profiles.first { $0.name == features[index].name }?.moments
        features[index].add(
          numbers, block, range: moments.flatMap { $0.count > 0 ? $0.minimum...$0.maximum : nil },
          areFew: fewRows != nil)
      } else {
        features[index].add(
          rows.rows.map { numbers[$0].isNaN ? fill ?? .nan : numbers[$0] }, block, areFew: fewRows != nil)
      }
    }
    for index in levels.indices {
      if case .words(let words) = try rows.block.find(levels[index].name).values {
        levels[index].add(words, rows)
      }
    }
  }

  /// Takes what follows in.
  mutating func merge(_ later: Diagnostics) {
    observations += later.observations
    missingRows += later.missingRows
    unestimable.merge(later.unestimable)
    fullLeverageRows += later.fullLeverageRows
    rowsWithoutWeight += later.rowsWithoutWeight
    residuals.merge(later.residuals)
    means.merge(later.means)
    spreads.merge(later.spreads)
    standardizedSpreads.merge(later.standardizedSpreads)
    scales.merge(later.scales)
    scaledHistogram.merge(later.scaledHistogram)
    standardizedHistogram.merge(later.standardizedHistogram)
    predictions.merge(later.predictions)
    influence.merge(later.influence)
    neighbours.merge(later.neighbours)
    moments.merge(later.moments)
    squaresByFitted.merge(later.squaresByFitted)
    standardizedSquaresByFitted.merge(later.standardizedSquaresByFitted)
    leverageMoments.merge(later.leverageMoments)
    fittedMoments.merge(later.fittedMoments)
    observedMoments.merge(later.observedMoments)
    for index in levels.indices { levels[index].merge(later.levels[index]) }
    mostInfluential.merge(later.mostInfluential)
    largest.merge(later.largest)
    largestScaled.merge(later.largestScaled)
    farthest.merge(later.farthest)
    fewRows = fewRows.flatMap { few in
      later.fewRows.flatMap { few.count + $0.count <= Self.fewRowsLimit ? few + $0 : nil }
    }
    for index in features.indices {
      features[index].merge(later.features[index])
      if fewRows == nil { features[index].values = [] }
    }
    for index in profiles.indices where index < later.profiles.count {
      profiles[index].merge(later.profiles[index])
    }
    if profiles.isEmpty { profiles = later.profiles }
    rowsRead += later.rowsRead
  }

  private static func profiles(
    _ model: FittedModel, _ block: Table, target: String
  ) throws(TabularError) -> [ColumnProfile] {
    // A column that determines the target leaves next to nothing over.
    let targets = model.statistics.rSquared ?? 0 > 1 - 1e-9 ? try? block.numbers(target) : nil
    let names = model.design.tableColumns(for: .evaluation)
    return block.columns.filter { names.contains($0.name) }.map {
      ColumnProfile($0, in: block, target: $0.name == target ? nil : targets)
    }
  }
}
