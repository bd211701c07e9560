#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif
internal import LinearAlgebra
internal import LinearRegression

/// Wald's test of a linear hypothesis on the coefficients of a model, with the covariance that the model has.
package struct HypothesisTest: Sendable {
  /// L β = c, one of several.
  package struct Restriction: Sendable, Encodable {
    /// As it is written: "area - 2 rooms = 0".
    package let restriction: String
    /// L β
    package let estimate: Double
    /// c
    package let value: Double
    /// √(L V Lᵀ)
    package let standardError: Double
    /// (L β − c) over its standard error.
    package let tStatistic: Double
    /// The probability of a t at least as far from zero under the hypothesis.
    package let pValue: Double
  }

  package let restrictions: [Restriction]
  package let test: WaldTest
  /// What is said beside it: restrictions that were left out.
  package let notes: [String]
  private let model: FittedModel

  /// - Parameters:
  ///   - text: the hypothesis: "a = b, c = 0", "2*a + b = 1", "a = b = 0"; a name alone stands for "name = 0".
  ///   - model: the model.
  ///   - source: what messages call it.
  /// - Throws: ``TabularError``: a text that is not one of linear hypotheses; a coefficient that there is not, or that was
  ///   left out; restrictions that contradict each other; a model without standard errors; a perfect fit; several
  ///   restrictions where negative eigenvalues of the covariance were replaced by 0.
  /// - Complexity: O(restrictions · p² + restrictions³)
  package init(_ text: String, on model: FittedModel, named source: String) throws(TabularError) {
    let hypothesis = try LinearHypothesis(text, on: model, named: source)
    func refused(_ reason: String) -> TabularError {
      .unusable(file: source, message: "the hypothesis cannot be tested: \(reason)")
    }
    if model.covariance == nil {
      throw refused("the model has no standard errors, for \(model.whyNoCovariance)")
    }
    if let reason = model.whyNoStandardErrors { throw refused("the model has no standard errors: \(reason)") }
    if model.statistics.degreesOfFreedom < 1 { throw refused("the fit has as many coefficients as rows") }
    if Diagnostics.Fit(model).isPerfect { throw refused("the residuals of the fit are but rounding") }
    if hypothesis.L.rowCount > 1, model.robustCovariance?.isRepaired == true {
      throw refused(
        "the covariance had negative eigenvalues, and so there is no F; test one restriction at a time")
    }
    let L = hypothesis.L, (scaled, s) = try model.combinations(L, named: source)
    let estimates = model.coefficientStatistics.estimates.map { $0.isNaN ? 0 : $0 }
    let combinations = (0..<L.rowCount).map { row in dot(Array(L[row: row]), estimates) }
    let differences = zip(combinations, hypothesis.values).map { $0 - $1 }
    let freedom = model.inferenceDegreesOfFreedom
    let errors = scaled.relativeErrors(model.robustCovariance)
    guard errors.allSatisfy({ $0 > 0 }),
      let test = scaled.test(differences, unit: s, model.robustCovariance, degreesOfFreedom: freedom)
    else {
      let clusters = model.robustCovariance?.clusterCounts.min().map {
        ", for it is of \(counted($0, "cluster"))"
      }
      throw refused(
        "the covariance of the restrictions is singular, or beyond Doubles\(clusters ?? ""); test fewer of them"
      )
    }
    self.test = test
    self.model = model
    notes = hypothesis.notes
    restrictions = combinations.indices.map { row in
      let error = s * errors[row], t = differences[row] / error
      return Restriction(
        restriction: hypothesis.text(row), estimate: combinations[row], value: hypothesis.values[row],
        standardError: error, tStatistic: t, pValue: StudentT.twoSidedP(t, freedom: Double(freedom)))
    }
  }
}

extension HypothesisTest {
  /// For a person to read, in 80 columns where names allow it.
  package var text: String {
    let columns = [
      column("estimate", pointAligned(restrictions.map(\.estimate), digits: 6)),
      column("std. error", pointAligned(restrictions.map(\.standardError), digits: 4)),
      column("t", pointAligned(restrictions.map(\.tStatistic), digits: 4)),
      column("p", restrictions.map { probability($0.pValue) }),
    ]
    let width = columns.reduce(0) { $0 + 2 + $1[0].count }
    let names = restrictions.map { shortened($0.restriction, to: max(16, 80 - width)) }
    let table = textTable([column("restriction", names, .left)] + columns)
    let name = restrictions.count == 1 ? "F" : "Wald's F"
    let joint =
      "\(name) \(number(test.statistic)) on \(test.restrictions) and \(counted(test.degreesOfFreedom, "degree")) of freedom, p \(probability(test.pValue))"
    return (table + [""] + [joint] + model.robustLines).joined(separator: "\n")
  }

  /// The same for other programs.
  package var json: String {
    struct Contents: Encodable {
      let restrictions: [Restriction]
      let fStatistic: Double
      let numeratorDegreesOfFreedom: Int
      let degreesOfFreedom: Int
      let pValue: Double
      let standardErrors: String
    }
    let contents = Contents(
      restrictions: restrictions, fStatistic: test.statistic, numeratorDegreesOfFreedom: test.restrictions,
      degreesOfFreedom: test.degreesOfFreedom, pValue: test.pValue,
      standardErrors: model.robustCovariance?.estimator.name ?? "classical")
    do {
      return String(decoding: try JSONEncoder.ofModels.encode(contents), as: UTF8.self) + "\n"
    } catch {
      fatalError("a test cannot be encoded: \(error); this is a bug in swift-linear-regression")
    }
  }
}
