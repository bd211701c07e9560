import BenchmarkSupport
import LinearRegression

extension Work {
  /// A fit and its standard errors, the intercept's first.
  static func errors(_ name: String, _ folder: String) throws -> Work {
    let X = try Matrix<Double>(npy: "\(folder)/X.npy"), y = try Matrix<Double>(npy: "\(folder)/y.npy")
    let clusters = try Matrix<Double>(npy: "\(folder)/clusters.npy").elements.map { Int($0) }
    let estimator: CovarianceEstimator? =
      name == "errors" ? nil : name == "errors-hc1" ? .hc1 : .clustered(by: ["clusters"])
    return Work {
      let fit = try LeastSquares().fit(X, y)
      guard let estimator else { return { fit.standardErrors.map { $0 ?? .nan } } }
      let robust = try fit.covariance(
        estimator, X, y, clusters: estimator.clusters.isEmpty ? [] : [clusters])
      let table = fit.coefficientStatistics(robust)
      return { table.map { $0.standardError ?? .nan } }
    }
  }
}
