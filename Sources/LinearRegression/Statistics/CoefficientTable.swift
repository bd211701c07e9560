/// The coefficients of one target: the intercept first (if there is one), then one per feature. It holds columns of
/// numbers, and forms a row where one is asked for.
public struct CoefficientTable: RandomAccessCollection, Equatable, Sendable {
  /// NaN for one that was left out.
  package let estimates: [Double]

  /// NaN for none; empty where there are none at all.
  package let standardErrors: [Double]

  /// n − rank
  package let degreesOfFreedom: Int

  /// - Precondition: the columns have the same length, or there are no standard errors.
  package init(estimates: [Double], standardErrors: [Double] = [], degreesOfFreedom: Int) {
    precondition(standardErrors.isEmpty || standardErrors.count == estimates.count)
    (self.estimates, self.standardErrors) = (estimates, standardErrors)
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// 0, the intercept's row (if there is one).
  public var startIndex: Int { 0 }

  /// Number of rows.
  public var endIndex: Int { estimates.count }

  /// A row of the table.
  public subscript(row: Int) -> CoefficientStatistics {
    func value(_ column: [Double]) -> Double? { column.isEmpty || column[row].isNaN ? nil : column[row] }
    return CoefficientStatistics(
      estimate: value(estimates), standardError: value(standardErrors), degreesOfFreedom: degreesOfFreedom)
  }

  /// Whether the rows have the same numbers.
  public static func == (a: Self, b: Self) -> Bool { a.elementsEqual(b) }

  /// The model that the estimates are of; the weight of a feature that was left out is 0.
  /// - Precondition: the table has an intercept if that is said.
  package func model(hasIntercept: Bool) -> LinearModel {
    let values = estimates.lazy.map { $0.isNaN ? 0 : $0 }
    return LinearModel(
      coefficients: Array(values.dropFirst(hasIntercept ? 1 : 0)), intercept: hasIntercept ? values[0] : 0)
  }
}

extension CoefficientTable: Encodable {
  /// Encodes an array of the rows.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    for row in self { try container.encode(row) }
  }
}
