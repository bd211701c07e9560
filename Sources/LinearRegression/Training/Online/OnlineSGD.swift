public import LinearAlgebra

/// SGD on rows as they arrive, such as a server's stream: nothing is kept of a row but what it did to the model.
///
/// ```swift
/// var online = OnlineSGD(features: 20)
/// for batch in stream { try online.partialFit(batch.X, batch.y) }
/// online.model.predict(row)
/// ```
/// Columns are standardised by means and deviations of the rows seen so far (West 1979, doi:10.1145/359146.359153);
/// when those move, the parameters move with them, so that the model stays what it was. A step on a batch B is v ← v −
/// η Z_Bᵀ(Z_B v − y_B) / |B| in Double, Z standardised, with a column of ones; η is one over the largest eigenvalue of
/// Z_BᵀZ_B/|B| seen of late, found by a few steps of power iteration on each batch, and at most 1. The model averages
/// the steps with weights that grow, so that the beginning is forgotten (Shamir and Zhang 2013, ICML; polynomial decay
/// of degree 3).
///
/// It does not converge faster than its rows are many: after n rows the error is of the order of √(p / n) times the
/// noise, as that of the exact fit of the same rows is. Where p × p numbers are no burden, ``LeastSquares/Factor``
/// gives that fit from the same stream.
public struct OnlineSGD: Equatable, Sendable, Codable {
  /// p
  public let features: Int

  /// k
  public let targets: Int

  /// Rows seen, those of weight 0 not counted.
  public internal(set) var rows = 0

  /// Batches that a step was taken on.
  public internal(set) var steps = 0

  /// Σ of the weights.
  var weight = 0.0

  // Of the columns of [X y].
  var means: [Double]
  var squares: [Double]

  // Weights, p × k, above biases, 1 × k, in standardised units: those of the last step, and their average.
  var values: [Double]
  var averages: [Double]

  /// Where the largest eigenvalue is looked for, and how large it was found of late. [1 z] has p + 1 elements.
  var direction: [Double]
  var curvature = 0.0

  /// Creates a model of no rows, which predicts zero.
  /// - Precondition: `features` and `targets` are not negative.
  public init(features: Int, targets: Int = 1) {
    require(features >= 0 && targets >= 0, "OnlineSGD: \(features) features and \(targets) targets")
    self.features = features
    self.targets = targets
    means = zeros(features + targets)
    squares = means
    values = zeros((features + 1) * targets)
    averages = values
    var generator = SeededGenerator(seed: 0)
    direction = (0...features).map { _ in generator.nextNormal() }
  }

  /// Takes one step on a batch.
  ///
  /// - Parameters:
  ///   - X: b × p.
  ///   - y: b × k.
  ///   - weights: b weights, zero or more; nil for 1.
  /// - Throws: ``DataError``: shapes that do not fit, a value that is not finite, a negative weight; columns beyond
  ///   Double. The model is then as it was.
  /// - Complexity: 4 b p (k + 6) flops; one copy of the batch.
  public mutating func partialFit<M: RowMajor>(
    _ X: M, _ y: Matrix<M.Scalar>, weights: [M.Scalar]? = nil
  ) throws(DataError) {
    try DataError.check(
      X.columnCount == features && y.columnCount == targets,
      "partialFit: X is \(X.shape) and y is \(y.shape), but the model has \(features) features and \(targets) targets"
    )
    try DataError.checkRows(X, y, weights, "partialFit")
    if X.rowCount == 0 { return }
    do throws(DataError) {
      try DataError.check(X, y, weights: weights)
    } catch {
      if error == .noWeight { return }  // rows that are absent
      throw error
    }
    var next = self
    Rows.with(X, y, weights: weights) { next.take($0) }
    guard (next.means + next.squares).allSatisfy(\.isFinite) else {
      throw .overflow(
        column: (0..<features + targets).first { !(next.means[$0] + next.squares[$0]).isFinite } ?? 0,
        features: features)
    }
    if let index = (next.values + next.averages).firstIndex(where: { !$0.isFinite }) {
      // Weights, p × k, stand above biases.
      throw .overflow(.features, column: max(0, min(index % next.values.count / targets, features - 1)))
    }
    self = next
  }

  /// Takes one step on a batch of one target given flat.
  ///
  /// - Throws: ``DataError``; the model is then as it was.
  public mutating func partialFit<M: RowMajor>(
    _ X: M, _ y: [M.Scalar], weights: [M.Scalar]? = nil
  ) throws(DataError) {
    try partialFit(X, Matrix(column: y), weights: weights)
  }

  /// The model so far, in the units of the data.
  public var model: LinearModel {
    units.original(
      weights: Matrix(rows: features, columns: targets, elements: Array(averages[..<(features * targets)])),
      bias: Matrix(row: Array(averages[(features * targets)...])))
  }

  /// Means and deviations of the rows so far.
  var units: ProblemStandardization {
    func scale(_ j: Int) -> Double {
      // Rounding may leave a sum of squares a little below zero.
      let deviation = weight > 0 ? (max(0, squares[j]) / weight).squareRoot() : 0
      return deviation <= 4 * Double.ulpOfOne * abs(means[j]) ? 0 : deviation
    }
    return ProblemStandardization(
      features: Standardization(means: Array(means[..<features]), scales: (0..<features).map(scale)),
      targets: Standardization(
        means: Array(means[features...]), scales: (features..<features + targets).map(scale)))
  }

  /// Decodes a model; parts that do not fit each other are an error.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    features = try container.decode(Int.self, forKey: .features)
    targets = try container.decode(Int.self, forKey: .targets)
    rows = try container.count(.rows)
    steps = try container.count(.steps)
    weight = try container.decode(Double.self, forKey: .weight)
    means = try container.decode([Double].self, forKey: .means)
    squares = try container.decode([Double].self, forKey: .squares)
    values = try container.decode([Double].self, forKey: .values)
    averages = try container.decode([Double].self, forKey: .averages)
    direction = try container.decode([Double].self, forKey: .direction)
    curvature = try container.decode(Double.self, forKey: .curvature)
    // Lengths first: they are what was really read.
    let isWhole =
      features >= 0 && targets >= 0 && direction.count - 1 == features && means.count - features == targets
      && squares.count == means.count && averages.count == values.count
      && direction.count.multipliedReportingOverflow(by: targets) == (values.count, false)
    let isSound =
      (rows > 0 ? weight > 0 : weight == 0) && steps <= rows && curvature >= 0
      && [[weight, curvature], means, squares, values, averages, direction].joined().allSatisfy(\.isFinite)
    if !isWhole || !isSound {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "its parts do not fit together"))
    }
  }
}
