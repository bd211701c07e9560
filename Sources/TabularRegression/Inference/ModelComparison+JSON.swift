#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif
internal import LinearRegression

extension ModelComparison {
  /// The same for other programs.
  package var json: String {
    struct Model: Encodable {
      let name: String
      let formula: String
      let observations: Int
      /// "classical", "HC1", "cluster", "HAC"; nil for none.
      let standardErrors: String?
      let clusters: [String]?
      let lags: Int?
      let effects: [String]?
      let weights: String?
      let weightKind: WeightKind?
      let statistics: FitStatistics
      let terms: [String]
      let coefficients: CoefficientTable
    }
    struct Contents: Encodable {
      let models: [Model]
      let tests: [Step]
      let reason: String?
    }
    let contents = Contents(
      models: members.map { member in
        let model = member.model, estimator = model.robustCovariance?.estimator
        return Model(
          name: member.name, formula: model.formula, observations: model.observations,
          standardErrors: model.standardErrorKind.map { _ in estimator?.name ?? "classical" },
          clusters: estimator.flatMap { $0.clusters.isEmpty ? nil : $0.clusters }, lags: estimator?.lags,
          effects: model.effects?.categories.map(\.name), weights: model.weights,
          weightKind: model.weights == nil ? nil : model.weightKind,
          statistics: model.statistics, terms: model.termNames, coefficients: model.coefficientStatistics)
      }, tests: steps, reason: reason)
    do {
      return String(decoding: try JSONEncoder.ofModels.encode(contents), as: UTF8.self) + "\n"
    } catch {
      fatalError("a comparison cannot be encoded: \(error); this is a bug in swift-linear-regression")
    }
  }
}
