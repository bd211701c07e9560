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
/// All bins follow from the values alone, and blocks are merged in the order of their rows: the same bits come out for
/// any number of threads.
public struct Diagnostics: Sendable, Codable {
  let fit: Fit
  /// Where the rows are from.
  public let source: String
  /// Rows with a prediction and a weight, n.
  public internal(set) var observations = 0
  /// Rows that were left out: a field was missing, or the level was not in the fit.
  public internal(set) var missingRows = 0
  /// Rows of which the fit does not determine the prediction, which are left out.
  package internal(set) var unestimable = RowTally()
  /// Rows of weight 0, which are left out.
  public internal(set) var rowsWithoutWeight = 0
  /// Rows that determine their own prediction: of leverage 1. They have no standardised residual.
  public internal(set) var fullLeverageRows = 0

  /// ŷ × e √w / s.
  package internal(set) var residuals = BinnedCounts(
    BinAxis(count: 256), BinAxis(exponent: -3, first: -64, count: 128))
  /// Means of the residuals over ŷ.
  package internal(set) var means = BinnedSums(BinAxis(count: 256))
  /// Means of √|e √w / s| over ŷ, and of √|r| of standardised residuals.
  package internal(set) var spreads = BinnedSums(BinAxis(count: 256))
  package internal(set) var standardizedSpreads = BinnedSums(BinAxis(count: 256))
  /// ŷ × √|e √w / s|.
  package internal(set) var scales = BinnedCounts(
    BinAxis(count: 128), BinAxis(exponent: -5, first: 0, count: 128))
  /// Residuals, and standardised residuals, in bins of 1/64.
  package internal(set) var scaledHistogram = BinnedSums(BinAxis(exponent: -6, first: -512, count: 1024))
  package internal(set) var standardizedHistogram = BinnedSums(
    BinAxis(exponent: -6, first: -512, count: 1024))
  /// ŷ × y.
  package internal(set) var predictions = BinnedCounts(BinAxis(count: 128), BinAxis(count: 128))
  /// log₂ h × standardised residual.
  package internal(set) var influence = BinnedCounts(
    BinAxis(exponent: -4, first: -640, count: 656), BinAxis(exponent: -2, first: -32, count: 64))
  /// The residual of the row before × the residual, of rows of one block.
  package internal(set) var neighbours = BinnedCounts(
    BinAxis(exponent: -2, first: -32, count: 64), BinAxis(exponent: -2, first: -32, count: 64))
  var moments = ResidualMoments()
  /// Of ŷ and (e √w / s)².
  var squaresByFitted = Comoments()
  /// The same of standardised residuals.
  var standardizedSquaresByFitted = Comoments()
  var leverageMoments = Moments()
  var observedMoments = Moments()
  var fittedMoments = Moments()

  package internal(set) var features: [FeatureBins]
  package internal(set) var levels: [LevelBins]
  /// Rows by Cook's distance, by the size of the standardised and of the scaled residual, and by leverage.
  var mostInfluential = TopRows(most: 20)
  var largestStandardized = TopRows(most: 20)
  var largestScaled = TopRows(most: 20)
  var largestLeverages = TopRows(most: 5)
  /// All rows, as long as they are few.
  package internal(set) var fewRows: [DiagnosedRow]? = []
  /// What the columns of the table hold, for what `check` tells.
  package internal(set) var profiles: [ColumnProfile] = []
  var rowsRead = 0

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
  public var rowsOfLargestResiduals: [DiagnosedRow] {
    isStandardized ? largestStandardized.rows : largestScaled.rows
  }

  /// The rows with the largest leverages, at most five.
  public var rowsOfLargestLeverage: [DiagnosedRow] { largestLeverages.rows }

  /// Whether the rows are those of the fit, as their number and their residual sum of squares tell, within the rounding
  /// of the target. Of others residuals are not standardised, and influence on the fit has no meaning.
  public var isOfFit: Bool {
    fit.isOf(
      rows: observations, sumOfScaledSquares: moments.sumOfSquares,
      size: max(abs(observedMoments.minimum), abs(observedMoments.maximum)))
  }

  /// Σ w (y − ŷ)².
  public var residualSumOfSquares: Double { moments.sumOfSquares * fit.unit * fit.unit }

  /// Whether there are no residuals to look at: those of the fit are but rounding, or it has as many coefficients as rows.
  package var hasNoResiduals: Bool { isOfFit && (fit.isPerfect || fit.degreesOfFreedom < 1) }

  /// Whether the rows are weighted.
  package var isWeighted: Bool { fit.isWeighted }

  /// Whether residuals are in units of their own standard deviations.
  package var isStandardized: Bool { isOfFit && fit.isLeastSquares }
}
