#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif
internal import LinearAlgebra

extension Report {
  /// Names with which ``panels`` are asked for.
  package static let panelNames = [
    "residuals", "quantiles", "spread", "influence", "neighbours", "predictions", "coefficients", "inflation",
    "partial", "levels", "training",
  ]

  /// What is seen, and the rows that stand out, for other programs.
  package var json: String {
    do {
      return String(decoding: try JSONEncoder.ofModels.encode(Contents(self)), as: UTF8.self) + "\n"
    } catch {
      fatalError("a report cannot be encoded: \(error); this is a bug in swift-linear-regression")
    }
  }

  private struct Contents: Encodable {
    let target: String
    let observations: Int
    let missingRows: Int
    let isOfFit: Bool
    let findings: [Finding]
    let influentialRows: [DiagnosedRow]
    let rowsOfLargestResiduals: [DiagnosedRow]
    let rowsOfLargestLeverage: [DiagnosedRow]

    init(_ report: Report) {
      let diagnostics = report.diagnostics
      target = report.model.target
      observations = diagnostics.observations
      missingRows = diagnostics.missingRows
      isOfFit = diagnostics.isOfFit
      findings = report.findings
      influentialRows = diagnostics.influentialRows
      rowsOfLargestResiduals = diagnostics.rowsOfLargestResiduals
      rowsOfLargestLeverage = diagnostics.rowsOfLargestLeverage
    }
  }
}
