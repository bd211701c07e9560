internal import LinearAlgebra
internal import LinearRegression

/// A test of what residuals would be if the model were right.
package struct ResidualTest: Equatable, Sendable {
  /// Its name, such as "Breusch–Pagan test (Koenker's) on the fitted values".
  package let name: String
  /// Its statistic, as it is written: "χ² 12.3, 1 df".
  package let statistic: String
  /// The probability of a statistic at least as large if the model were right.
  package let p: Double
  /// How large what was found is, in the unit that the test says.
  package let size: Double

  /// Below this p something is said to be there: over a dozen tests, one page in a hundred says a false word.
  package static let significance = 0.001
}

extension Diagnostics {
  /// Rows that tests need at least.
  package static var fewestForTests: Int { 10 }

  func canBeTested(fewest: Int = fewestForTests) -> Bool {
    observations >= fewest && !fit.isPerfect && fit.degreesOfFreedom > 2
  }

  /// Where neighbouring rows have residuals alike, means of residuals vary as those of fewer rows: of n (1 − ρ) / (1 + ρ).
  /// 1 where they are not alike.
  private var shareOfIndependentRows: Double {
    guard let test = neighboursTest, test.isSignificant, test.size >= 0.1 else { return 1 }
    return max(0, (1 - test.size) / (1 + test.size))
  }

  /// What is said of a statistic of which a share counts.
  private func note(_ share: Double) -> String {
    share < 1
      ? ", counted as \(readable(100 * share, digits: 2)) % of the rows, for neighbours are correlated" : ""
  }

  /// Whether the squared residuals grow or shrink with ŷ: n times the squared correlation of the two, which is χ² with
  /// one degree of freedom. The residuals are standardised where they are of the fit. The size is the ratio of the spreads
  /// of the right and the left fifth of the rows, by the mean of √|r|.
  ///
  /// Koenker (1981), doi:10.1016/0304-4076(81)90062-2: Breusch's and Pagan's test (1979, doi:10.2307/1911963) that does
  /// not need normal residuals.
  package var spreadTest: ResidualTest? {
    let squares = isStandardized ? standardizedSquaresByFitted : squaresByFitted
    guard canBeTested(fewest: 20), let correlation = squares.correlation else { return nil }
    let groups = (isStandardized ? standardizedSpreads : spreads).groups(most: 5, fewest: 10)
    guard groups.count > 1, let left = groups.first?.mean, let right = groups.last?.mean, left > 0, right > 0
    else { return nil }
    let share = shareOfIndependentRows
    let statistic = share * Double(observations) * correlation * correlation
    return ResidualTest(
      name: "Breusch–Pagan test (Koenker's) on the fitted values",
      statistic: "χ² \(number(statistic)), 1 df\(note(share))",
      p: ChiSquared.upperP(statistic, freedom: 1), size: (right / left) * (right / left))
  }

  /// Whether the squared residuals grow with ŷ, over all rows.
  package var spreadGrows: Bool {
    (isStandardized ? standardizedSquaresByFitted : squaresByFitted).correlation ?? 0 > 0
  }

  /// Whether the mean of the residuals bends with ŷ: the F of its second and third powers, beyond a line. The size is
  /// the root mean square of the bend, in units of σ.
  ///
  /// Ramsey (1969), doi:10.1111/j.2517-6161.1969.tb00796.x, of the means in bins of ŷ; of a model of one column that is
  /// RESET itself, of others it finds less: what the columns explain of the powers is not taken out of them.
  package var curvatureTest: ResidualTest? {
    guard canBeTested(), fit.isLeastSquares || fit.hasIntercept else { return nil }
    guard let bend = meanCurve() else { return nil }
    let explained = bend.terms[2] + bend.terms[3], freedom = Double(observations - fit.rank - 2)
    let rest = (moments.sumOfSquares - explained) / freedom
    guard freedom > 0, rest > 0 else { return nil }
    let share = shareOfIndependentRows, f = explained / 2 / rest * share
    // Where the spread is not the same everywhere, the statistic that allows for that has to agree.
    let robust = bend.robust.map { ChiSquared.upperP($0 * share, freedom: 2) } ?? 0
    return ResidualTest(
      name: "RESET on binned fitted values",
      statistic: "F \(number(f)), 2 and \(Int(freedom)) df\(note(share))",
      p: max(FisherF.upperP(f, 2, freedom), robust), size: (explained / Double(observations)).squareRoot())
  }

  /// The mean of the residuals as a polynomial of ŷ, by orthogonal ones over the bins: the sum of squares that each
  /// degree from 0 explains, and Wald's statistic of the second and third with variances by White (1980,
  /// doi:10.2307/1912934); nil where that does not exist.
  func meanCurve() -> (terms: [Double], robust: Double?)? {
    let degree = 3
    let bins = means.counts.indices.filter { means.counts[$0] > 0 }
    guard bins.count > degree + 1 else { return nil }
    let counts = bins.map { Double(means.counts[$0]) }, sums = bins.map { means.powers[$0].x }
    func product(_ a: [Double], _ b: [Double]) -> Double {
      bins.indices.reduce(0) { $0 + counts[$1] * a[$1] * b[$1] }
    }
    let low = Double(bins[0]), high = Double(bins[bins.count - 1])
    let x = bins.map { (2 * Double($0) - low - high) / (high - low) }
    var basis: [[Double]] = [], terms: [Double] = [], coefficients: [Double] = []
    for k in 0...degree {
      var q = k == 0 ? x.map { _ in 1 } : zip(basis[k - 1], x).map(*)
      for _ in 0..<2 {
        for other in basis {
          let share = product(q, other)
          for i in q.indices { q[i] -= share * other[i] }
        }
      }
      let norm = product(q, q).squareRoot()
      guard norm > 1e-8 * Double(observations).squareRoot() else { return nil }
      for i in q.indices { q[i] /= norm }
      basis.append(q)
      let coefficient = zip(q, sums).reduce(0) { $0 + $1.0 * $1.1 }
      terms.append(coefficient * coefficient)
      coefficients.append(coefficient)
    }
    // The covariance of the coefficients of the powers 2 and 3.
    let squares = bins.map { means.powers[$0].y }
    func covariance(_ k: Int, _ l: Int) -> Double {
      bins.indices.reduce(0) { $0 + basis[k][$1] * basis[l][$1] * squares[$1] }
    }
    let (a, b, c) = (covariance(2, 2), covariance(2, 3), covariance(3, 3)), determinant = a * c - b * b
    guard determinant > 1e-12 * a * c else { return (terms, nil) }
    let (u, v) = (coefficients[2], coefficients[3])
    return (terms, (c * u * u - 2 * b * u * v + a * v * v) / determinant)
  }

  /// Groups of rows with neighbouring fitted values: the mean residual of each is near 0 if the model is right.
  package var fittedGroups: [BinnedSums.Group] { means.groups(most: 20, fewest: 10) }

  /// Whether the means of the residuals of ``fittedGroups`` differ from 0 by more than chance: the sum of their squares
  /// over their variances is χ². The size is the mean that is farthest from that of all rows, in
  /// units of σ. Two degrees of freedom are those of the line of ŷ, which leaves nothing over.
  package var groupsTest: ResidualTest? {
    let groups = fittedGroups
    guard canBeTested(fewest: 20), groups.count > 4 else { return nil }
    return groupsTest(groups, "test of lack of fit in \(groups.count) groups of fitted values")
  }

  /// Whether the means of the residuals in groups along a column differ by more than chance; see ``groupsTest``.
  func groupsTest(of bins: FeatureBins) -> ResidualTest? {
    let groups = bins.groups
    guard canBeTested(fewest: 20), groups.count > 3 else { return nil }
    return groupsTest(groups, "test of lack of fit in \(groups.count) groups", of: features.count)
  }

  /// The means of groups about that of all rows, which is 0 for the rows of a fit with an intercept. A group's variance is
  /// that of all rows, or its own where that is larger; of rows that are not of the fit it has that of the predictions
  /// too, no less than which the mean leverage is.
  ///
  /// - Parameter count: of how many tests it is one, by Bonferroni.
  private func groupsTest(
    _ groups: [BinnedSums.Group], _ name: String, of count: Int = 1
  ) -> ResidualTest {
    let mean = moments.mean, share = shareOfIndependentRows, common = isOfFit ? 1 : moments.variance
    let ofPredictions = varianceOfPredictions
    let statistic =
      groups.reduce(0) { sum, group in
        let own = group.deviation.map { $0 * $0 } ?? 0, n = Double(group.count), distance = group.mean - mean
        return sum + distance * distance / (max(common, own) / n + ofPredictions)
      } * share
    let freedom = isOfFit ? groups.count - 2 : groups.count
    return ResidualTest(
      name: count > 1 ? "\(name), \(count) columns by Bonferroni" : name,
      statistic: "χ² \(number(statistic)), \(freedom) df\(note(share))",
      p: min(1, Double(count) * ChiSquared.upperP(statistic, freedom: Double(freedom))),
      size: groups.map { abs($0.mean - mean) }.max()!)
  }

  /// Whether the residuals are 0 on average: the mean over its standard error is Student's t. Those of a fit with an
  /// intercept are, to rounding. The size is the mean, in units of σ.
  package var meanTest: ResidualTest? {
    guard canBeTested(), let error = moments.standardErrorOfMean, error > 0 else { return nil }
    let t = moments.mean / (error * error + varianceOfPredictions).squareRoot()
    let freedom = isOfFit ? observations - 1 : fit.degreesOfFreedom
    return ResidualTest(
      name: "t test of the mean residual", statistic: "t \(number(t)), \(freedom) df",
      p: StudentT.twoSidedP(t, freedom: Double(freedom)), size: moments.mean)
  }

  /// What the variance of a mean prediction is at most on average, in units of σ²; 0 for rows of the fit, whose residuals
  /// do not have it.
  private var varianceOfPredictions: Double {
    isOfFit ? 0 : max(leverageMoments.mean, Double(fit.rank) / Double(max(1, fit.observations)))
  }

  /// The correlation of the errors of neighbouring rows. Where an intercept is missing, what residuals have of their mean
  /// is more than what they have by the fit.
  package var autocorrelation: Double? { moments.autocorrelation(isOfFit: isOfFit && fit.hasIntercept) }

  /// Whether errors of neighbouring rows are alike: the correlation ρ of their residuals, less what the residuals of
  /// independent errors have, √n ρ being normal. The size is ρ.
  ///
  /// Durbin and Watson (1950), doi:10.1093/biomet/37.3-4.409: d = Σ (e_i − e_(i−1))² / Σ e², near 2 (1 − ρ).
  package var neighboursTest: ResidualTest? {
    guard canBeTested(fewest: 20), let rho = autocorrelation,
      let d = moments.durbinWatson
    else {
      return nil
    }
    return ResidualTest(
      name: "correlation of neighbouring rows",
      statistic: "ρ \(readable(rho, digits: 3)) (Durbin–Watson d \(number(d)))",
      p: Normal.twoSidedP(rho * Double(observations).squareRoot()), size: rho)
  }

  /// Whether the largest residual is beyond what chance has: P(|t| ≥ |t|max) of a studentised residual, times n
  /// (Bonferroni). The size is that residual.
  package var outlierTest: ResidualTest? {
    guard canBeTested(), let row = rowsOfLargestResiduals.first else { return nil }
    let f = Double(fit.degreesOfFreedom)
    if isStandardized, let r = row.standardizedResidual, row.studentizedResidual == nil, r * r > 0.9 * f {
      return ResidualTest(
        name: "outlier test", statistic: "all other rows are fitted exactly", p: 0,
        size: r < 0 ? -.infinity : .infinity)
    }
    guard let t = outlierStatistic(row) else { return nil }
    return ResidualTest(
      name: "outlier test with Bonferroni's bound", statistic: "t \(readable(t))", p: outlierP(t), size: t)
  }

  private func outlierStatistic(_ row: DiagnosedRow) -> Double? {
    if isStandardized { return row.studentizedResidual }
    // Of other rows about their own mean.
    let deviation = moments.variance.squareRoot()
    return deviation > 0 ? (row.scaled - moments.mean) / deviation : nil
  }

  private func outlierP(_ t: Double) -> Double {
    min(1, StudentT.twoSidedP(t, freedom: Double(fit.degreesOfFreedom - 1)) * Double(observations))
  }

  /// The rows that are outliers, at most twenty.
  package var outliers: [DiagnosedRow] {
    guard canBeTested() else { return [] }
    return rowsOfLargestResiduals.filter { row in
      outlierStatistic(row).map { outlierP($0) < ResidualTest.significance } ?? false
    }
  }
}
