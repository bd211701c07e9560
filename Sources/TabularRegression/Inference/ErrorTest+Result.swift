#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif
internal import LinearAlgebra
internal import LinearRegression

extension ErrorTest {
  /// What a test has found.
  package struct Result: Sendable, Encodable {
    /// Its name on the command line.
    package let test: String
    package let statistic: Double
    /// Of χ² one number, of F two; none of d.
    package let degreesOfFreedom: [Int]
    /// The probability of a statistic that speaks as much against what errors are taken to be.
    package let pValue: Double
    package let observations: Int

    /// For a person to read.
    package var text: String {
      guard let test = ErrorTest(rawValue: test) else { return "" }
      let freedom = degreesOfFreedom.map(String.init).joined(separator: " and ")
      let value =
        switch test {
        case .durbinWatson: "d \(number(statistic))"
        case .reset: "F \(number(statistic)) on \(freedom) degrees of freedom"
        default: "χ² \(number(statistic)) on \(counted(degreesOfFreedom.first ?? 0, "degree")) of freedom"
        }
      let note = test == .durbinWatson ? " by the normal approximation" : ""
      return "\(test.title)\n\n\(value), p \(probability(pValue))\(note)"
    }

    /// The same for other programs.
    package var json: String {
      do {
        return String(decoding: try JSONEncoder.ofModels.encode(self), as: UTF8.self) + "\n"
      } catch {
        fatalError("a test cannot be encoded: \(error); this is a bug in swift-linear-regression")
      }
    }
  }
}

extension ErrorTestRows {
  /// The result of all rows.
  ///
  /// - Throws: ``TabularError``: rows that are not those of the fit, or so few that the test says nothing.
  package func result(_ sums: Sums?, source: String) throws(TabularError) -> ErrorTest.Result {
    guard let sums, sums.rows.areOf(fit) else {
      throw .unusable(
        file: source,
        message: sums?.observations == fit.observations
          ? "these are not the rows of the fit, whose residual sum of squares is another; give the rows that the model was fitted to"
          : "the fit has \(counted(fit.observations, "row")), and these are \(sums?.observations ?? 0); give all that it was fitted to, and no others"
      )
    }
    guard let (statistic, freedom, p) = try values(sums, source) else {
      throw .unusable(file: source, message: "the rows are too few, or too much alike, for this test")
    }
    return ErrorTest.Result(
      test: test.rawValue, statistic: statistic, degreesOfFreedom: freedom, pValue: p,
      observations: sums.observations)
  }

  private typealias Values = (statistic: Double, freedom: [Int], p: Double)

  private func values(_ sums: Sums, _ source: String) throws(TabularError) -> Values? {
    let n = Double(sums.observations)
    switch test {
    case .durbinWatson:
      guard let d = sums.moments.durbinWatson, let (mean, variance) = sums.neighbours?.moments, variance > 0
      else { return nil }
      return (d, [], Normal.lowerP((d - mean) / variance.squareRoot()))
    case .jarqueBera:
      guard let skewness = sums.moments.skewness, let kurtosis = sums.moments.kurtosis else { return nil }
      let statistic = n / 6 * (skewness * skewness + (kurtosis - 3) * (kurtosis - 3) / 4)
      return (statistic, [2], ChiSquared.upperP(statistic, freedom: 2))
    case .breuschPagan, .koenker:
      let auxiliary = try solved(sums, source).statistics[0], total = auxiliary.totalSumOfSquares
      guard total > 0 else { return nil }
      let explained = max(0, total - auxiliary.residualSumOfSquares)
      let statistic = test == .koenker ? n * explained / total : explained / 2
      return (statistic, [fit.rank - 1], ChiSquared.upperP(statistic, freedom: Double(fit.rank - 1)))
    case .reset:
      let auxiliary = try solved(sums, source)
      let added = fit.degreesOfFreedom - auxiliary.statistics[0].degreesOfFreedom
      let freedom = auxiliary.statistics[0].degreesOfFreedom,
        left = auxiliary.statistics[0].residualSumOfSquares
      guard added > 0, freedom > 0, left > 0 else { return nil }
      let f = max(0, sums.rows.sumOfSquares - left) / Double(added) / (left / Double(freedom))
      return (f, [added, freedom], FisherF.upperP(f, Double(added), Double(freedom)))
    }
  }

  /// The auxiliary regression.
  private func solved(_ sums: Sums, _ source: String) throws(TabularError) -> LeastSquaresFit {
    do throws(DataError) {
      guard let factor = sums.factor else { throw .noRows }
      return try factor.solve(LeastSquares(intercept: model.hasIntercept))
    } catch {
      throw .unusable(file: source, message: "the auxiliary regression: \(error.description)")
    }
  }
}
