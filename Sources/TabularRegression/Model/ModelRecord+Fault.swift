#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif
internal import LinearRegression

extension ModelRecord {
  /// What is wrong with the record, in words; nil where it can be used.
  var fault: String? {
    if let fault = design.fault { return fault }
    let names = design.names
    if design.target != target || design.weights != weights || design.hasIntercept != intercept
      || design.missing != missing || design.targets.count != 1
    {
      return "the design is not that of the model"
    }
    if droppedRows < 0 { return "the number of dropped rows is negative" }
    if coefficients.map(\.term) != (intercept ? [Self.interceptTerm] : []) + names {
      return "the coefficients are not those of the terms"
    }
    if observations < 1 || rank < 0 || rank > coefficients.count || rank > observations
      || degreesOfFreedom != observations - rank
    {
      return "observations, rank and degrees of freedom do not fit each other"
    }
    let exact = coefficients.map(\.exact)
    if training != nil && exact.contains(nil) { return "an exact coefficient is missing" }
    if training != nil && (stopReason == nil || epoch == nil) { return "it does not say how training ended" }
    if training != nil && (redundant == nil || !(batchSize.map { $0 > 0 } ?? false)) {
      return "it does not say how training went"
    }
    let values =
      coefficients.compactMap(\.estimate) + exact.compactMap { $0 } + [
        residualSumOfSquares, totalSumOfSquares,
      ]
    if !values.allSatisfy({ $0.isFinite }) { return "a number is not finite" }
    if !coefficients.compactMap(\.standardError).allSatisfy({ $0 >= 0 && $0.isFinite }) {
      return "a standard error is negative"
    }
    if let method, (try? method.validate()) == nil {
      return "the ridge penalty is negative"
    }
    if let fault = (certificate?.redundant ?? redundant)?.fault(names: names) { return fault }
    let first = intercept ? 1 : 0
    let kept = names.indices.filter { coefficients[first + $0].estimate != nil }
    if let fault = covariance?.fault(kept: kept, intercept: intercept, design) { return fault }
    if checksum != expectedChecksum { return "its checksum does not match its contents" }
    return nil
  }

  /// The checksum of the record's JSON without the checksum.
  var expectedChecksum: String {
    var record = self
    record.checksum = ""
    return Checksum.text(of: record.json)
  }

  /// The record as JSON: keys sorted, so that equal records give equal bytes.
  var json: [UInt8] {
    do {
      return Array(try JSONEncoder.ofModels.encode(self))
    } catch {
      fatalError("a model record cannot be encoded: \(error); this is a bug in swift-linear-regression")
    }
  }
}
