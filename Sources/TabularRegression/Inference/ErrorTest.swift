internal import LinearAlgebra
internal import LinearRegression

/// Tests of what the errors of a least-squares fit are taken to be, over all of its rows.
///
/// Of a weighted fit errors are those of its rows times the roots of their weights, and so are the columns of Durbin's and
/// Watson's test. The columns of Breusch's and Pagan's are as they stand, without weights: `bptest(weights =)` of lmtest
/// is another test.
package enum ErrorTest: String, CaseIterable, Sendable {
  /// d = Σ (eᵢ − eᵢ₋₁)² / Σ eᵢ² of rows in order, against errors that are like those before them; p by the normal
  /// distribution with the exact mean and variance of d (Durbin and Watson 1950, doi:10.1093/biomet/37.3-4.409):
  /// `dwtest(exact = FALSE)` of R's lmtest.
  case durbinWatson = "durbin-watson"
  /// Whether the columns explain the squares of the residuals: ½ Σ f̂², f̂ being the fitted values of e²/(RSS/n) − 1 by
  /// the columns, is χ² (Breusch and Pagan 1979, doi:10.2307/1911963): lmtest's `bptest(studentize = FALSE)`.
  case breuschPagan = "breusch-pagan"
  /// The same for errors that are not normal: n R² (Koenker 1981, doi:10.1016/0304-4076(81)90062-2): lmtest's `bptest`.
  case koenker
  /// Whether the second and third powers of the fitted values explain what the columns leave (Ramsey 1969,
  /// doi:10.1111/j.2517-6161.1969.tb00796.x): F, as lmtest's `resettest`.
  case reset
  /// Whether skewness and kurtosis are those of normal errors: n/6 (S² + (K − 3)²/4) is χ² with two degrees of freedom
  /// (Jarque and Bera 1980, doi:10.1016/0165-1765(80)90024-5).
  case jarqueBera = "jarque-bera"

  package var title: String {
    switch self {
    case .durbinWatson: "Durbin–Watson test against errors that are like those of the rows before"
    case .breuschPagan: "Breusch–Pagan test against variances that depend on the columns"
    case .koenker: "Breusch–Pagan test, studentized, against variances that depend on the columns"
    case .reset: "RESET against a mean that bends with the fitted values"
    case .jarqueBera: "Jarque–Bera test against errors that are not normal"
    }
  }
}

/// The rows that a test of errors goes through, block by block.
package struct ErrorTestRows: Sendable {
  let test: ErrorTest
  let model: FittedModel
  let fit: Diagnostics.Fit
  let policies: FittedModel.Policies
  private let influence: Influence

  /// - Parameter source: what messages call the model.
  /// - Throws: ``TabularError``: a model that has no residuals to be tested.
  package init(
    _ test: ErrorTest, _ model: FittedModel, _ policies: FittedModel.Policies = .init(), named source: String
  ) throws(TabularError) {
    (self.test, self.model, self.policies) = (test, model, policies)
    influence = Influence(model, policies)
    fit = influence.fit
    func refused(_ reason: String) -> TabularError {
      .unusable(file: source, message: "the errors cannot be tested: \(reason)")
    }
    guard let covariance = model.covariance else {
      throw refused("this is no fit by least squares alone, for \(model.whyNoCovariance)")
    }
    if model.effects != nil {
      throw refused(
        "the effects behind the bar were taken out of the rows; fit them as categories, as in y ~ x + C(firm)"
      )
    }
    try model.requireRowsOfOneObservation(named: source)
    if let why = influence.whyNotScaled { throw refused(why) }
    if covariance.levels != nil && test != .jarqueBera {
      throw refused(
        "a category with many levels was taken out of the rows; fit with --solver qr, which keeps them")
    }
    if (test == .breuschPagan || test == .koenker) && fit.rank < 2 {
      throw refused("the model has no column that variances could depend on")
    }
  }

  /// Columns of a table that are read.
  package var columnsRead: Set<String> { influence.columnsRead }

  /// What blocks of rows come to.
  package struct Sums: Codable, Sendable {
    var rows: Influence.Sums
    var moments: ResidualMoments
    /// Of the columns of the auxiliary regression.
    var factor: LeastSquares.Factor?
    var neighbours: NeighbourSums?

    /// Rows with a prediction and a weight.
    package var observations: Int { rows.observations }
  }

  /// The sums of a block.
  package func sums(_ block: Table) throws(TabularError) -> Sums {
    let rows = try ResidualRows(model, block, weights: model.weights, policies, unit: fit.unit)
    var sums = Sums(
      rows: Influence.Sums(rows, model.tally(rows.features.unestimable, block)),
      moments: ResidualMoments(rows.scaled))
    switch test {
    case .jarqueBera: break
    case .durbinWatson: sums.neighbours = model.coordinates(rows.features).map { neighbours($0, rows) }
    case .breuschPagan, .koenker, .reset: sums.factor = try factor(rows)
    }
    return sums
  }

  private func neighbours(_ coordinates: Matrix<Double>, _ rows: ResidualRows) -> NeighbourSums {
    let roots = rows.rows.indices.map { rows.weight(of: $0).squareRoot() }
    return NeighbourSums(
      Matrix(rows: rows.rows.count, columns: coordinates.columnCount) {
        coordinates[rows.used?[$0] ?? $0, $1] * roots[$0]
      })
  }

  /// The rows of the auxiliary regression.
  private func factor(_ rows: ResidualRows) throws(TabularError) -> LeastSquares.Factor {
    let kept = model.covariance?.features ?? [], X = rows.features.design.X
    let isReset = test == .reset, (center, scale) = fittedUnits
    let z = isReset ? rows.fitted(less: center, of: model).map { $0 / scale } : []
    var factor = LeastSquares.Factor(features: kept.count + (isReset ? 2 : 0))
    let columns = Matrix<Double>(rows: rows.rows.count, columns: factor.features) { row, j in
      if j < kept.count { return X.high[rows.used?[row] ?? row, kept[j]] }
      return j == kept.count ? z[row] * z[row] : z[row] * z[row] * z[row]
    }
    let low = X.low.map { low in
      Matrix<Double>(rows: rows.rows.count, columns: factor.features) { row, j in
        j < kept.count ? low[rows.used?[row] ?? row, kept[j]] : 0
      }
    }
    let ratio = Double(fit.observations) / Double(fit.degreesOfFreedom)
    let target = rows.scaled.indices.map { row in
      isReset
        ? rows.scaled[row] / rows.weight(of: row).squareRoot()
        : rows.scaled[row] * rows.scaled[row] * ratio - 1
    }
    do throws(DataError) {
      try factor.add(
        columns, Matrix(column: target), weights: isReset && !rows.weights.isEmpty ? rows.weights : nil,
        levels: nil, low: (low, nil))
    } catch {
      throw model.design.tabular(error, rows.block.source)
    }
    return factor
  }

  /// What fitted values are taken less and in units of, before their powers are formed: with an intercept the powers of
  /// both span the same columns beside it, and those of centred values depend less on each other.
  private var fittedUnits: (center: Double, scale: Double) {
    let weight = model.covariance?.weightSum ?? Double(fit.observations)
    let spread = (max(0, fit.totalSumOfSquares - fit.residualSumOfSquares) / weight).squareRoot()
    guard model.hasIntercept, model.design.offsets.isEmpty, let covariance = model.covariance else {
      return (0, max(spread, fit.unit))
    }
    let mean = zip(covariance.features, covariance.means).reduce(model.model.intercept) {
      $0 + $1.1 * model.model.coefficients[$1.0]
    }
    return (mean, max(spread, Double.ulpOfOne * abs(mean), .leastNormalMagnitude))
  }
}

extension ErrorTestRows.Sums {
  /// Takes those of the following rows in.
  package mutating func merge(_ later: ErrorTestRows.Sums, source: String) throws(TabularError) {
    rows.merge(later.rows)
    moments.merge(later.moments)
    if let part = later.neighbours { neighbours?.merge(part) }
    guard let part = later.factor else { return }
    do throws(DataError) {
      try factor?.merge(part)
    } catch {
      throw .unusable(file: source, message: error.description)
    }
  }
}
