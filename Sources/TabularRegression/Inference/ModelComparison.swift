internal import LinearAlgebra
internal import LinearRegression

/// Models side by side, and F tests of those that are nested.
package struct ModelComparison: Sendable {
  package struct Member: Sendable {
    /// What messages call it: its file.
    package let name: String
    package let model: FittedModel

    package init(name: String, model: FittedModel) { (self.name, self.model) = (name, model) }
  }

  /// The F test of a model against the one before it, as R's `anova` has it: what the sum of squares of the residuals
  /// shrinks by, over the mean square of the largest of all models.
  package struct Step: Sendable, Encodable {
    /// How many coefficients it has more.
    package let degreesOfFreedom: Int
    package let sumOfSquares: Double
    package let fStatistic: Double
    package let pValue: Double
  }

  package let members: [Member]
  /// One less than there are models; empty where there is no F.
  package private(set) var steps: [Step] = []
  /// Why there is no F; nil where there is.
  package private(set) var reason: String?

  /// - Parameter members: two models or more.
  package init(_ members: [Member]) {
    self.members = members
    reason = zip(members, members.dropFirst()).lazy.compactMap(Self.whyNotNested).first
    if reason == nil { setSteps() }
  }

  /// Models that are only put side by side.
  init(table members: [Member]) { self.members = members }

  private mutating func setSteps() {
    let statistics = members.map(\.model.statistics)
    guard
      let largest = members.min(by: {
        $0.model.statistics.degreesOfFreedom < $1.model.statistics.degreesOfFreedom
      })
    else { return }
    let scale = largest.model.statistics, freedom = Double(scale.degreesOfFreedom)
    if scale.degreesOfFreedom < 1 {
      reason = "no F: \(printable(largest.name)) has as many coefficients as rows"
      return
    }
    if Diagnostics.Fit(largest.model).isPerfect {
      reason = "no F: the residuals of \(printable(largest.name)) are but rounding"
      return
    }
    for (smaller, larger) in zip(statistics, statistics.dropFirst()) {
      let difference = smaller.degreesOfFreedom - larger.degreesOfFreedom
      let explained = smaller.residualSumOfSquares - larger.residualSumOfSquares
      // A column may explain nothing but for rounding.
      let f = max(0, explained / Double(difference)) / (scale.residualSumOfSquares / freedom)
      steps.append(
        Step(
          degreesOfFreedom: difference, sumOfSquares: explained, fStatistic: f,
          pValue: FisherF.upperP(f, Double(abs(difference)), freedom)))
    }
  }

  /// Why two models are not nested fits of the same rows; nil where they are.
  private static func whyNotNested(_ a: Member, _ b: Member) -> String? {
    let names = "\(printable(a.name)) and \(printable(b.name))"
    for member in [a, b] {
      let (model, name) = (member.model, printable(member.name))
      if model.covariance == nil {
        return "no F: \(name) is no least-squares fit, for \(model.whyNoCovariance)"
      }
      if let robust = model.robustCovariance {
        let kind = robust.estimator.clusters.isEmpty ? robust.estimator.name : "clustered"
        return "no F: \(name) has \(kind) standard errors; linreg test has Wald's F with them"
      }
    }
    let (first, second) = (a.model, b.model)
    if first.target != second.target { return "no F: \(names) have other targets" }
    if first.weightKind == .probability || second.weightKind == .probability {
      return "no F: with probability weights there is none; linreg test has Wald's F"
    }
    if first.design.effects != second.design.effects { return "no F: \(names) have other fixed effects" }
    if first.weights != second.weights || first.weightKind != second.weightKind {
      return "no F: \(names) have other weights"
    }
    if first.design.offsetText != second.design.offsetText { return "no F: \(names) have other offsets" }
    if first.observations != second.observations {
      return
        "no F: \(names) were fitted to other rows, \(first.observations) and \(second.observations) of them; AIC and BIC do not compare them either"
    }
    if let (x, y) = sumsOfSquares(first, second), abs(x - y) > 1e-9 * max(x, y) {
      return
        "no F: \(names) were fitted to other rows, for their targets differ; AIC and BIC do not compare them either"
    }
    let (x, y) = (first.spannedColumns, second.spannedColumns)
    if x == y {
      return
        "no F: \(names) have the same columns\(first.termNames == second.termNames ? "" : ", written otherwise")"
    }
    if !x.isSubset(of: y) && !y.isSubset(of: x) {
      return "no F: \(names) are not nested by their formulas, for each has a column that the other has not"
    }
    return first.statistics.degreesOfFreedom == second.statistics.degreesOfFreedom
      ? "no F: \(names) have as many coefficients as each other" : nil
  }

  /// The sums of squares of two targets about the same point; nil where they are not known so.
  private static func sumsOfSquares(_ a: FittedModel, _ b: FittedModel) -> (Double, Double)? {
    if a.hasIntercept == b.hasIntercept {
      return (a.statistics.totalSumOfSquares, b.statistics.totalSumOfSquares)
    }
    return uncentred(a).flatMap { x in uncentred(b).map { (x, $0) } }
  }

  /// Σ w y².
  private static func uncentred(_ model: FittedModel) -> Double? {
    let total = model.statistics.totalSumOfSquares
    if !model.hasIntercept { return total }
    guard let covariance = model.covariance, covariance.levels == nil, let weight = covariance.weightSum
    else { return nil }
    let coefficients = model.model.coefficients
    let mean = zip(covariance.features, covariance.means).reduce(model.model.intercept) {
      $0 + $1.1 * coefficients[$1.0]
    }
    return total + weight * mean * mean
  }
}
