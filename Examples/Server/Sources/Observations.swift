// The rows that were observed, reduced to a share of a fit.

import Foundation
import ServiceLifecycle
import TabularRegression

/// Owns the share: one request after another adds its rows. It is written when the server stops.
actor Observations: Service {
  nonisolated let categories: Set<String>
  /// The columns that rows have to have; nil where the formula says ".".
  nonisolated let variables: [String]?
  private let formula: Formula
  private let file: String?
  private var share: Share?

  /// Reads the share's file, if it is there.
  ///
  /// - Throws: `TabularError`: a damaged file, or the share of another formula.
  init(_ formula: Formula, file: String?) throws(TabularError) {
    (self.formula, self.file) = (formula, file)
    if let file, FileManager.default.fileExists(atPath: file) {
      let share = try Share(contentsOf: file)
      guard share.formula == formula.text else {
        throw .unusable(
          file: file,
          message:
            "the share is of '\(share.formula)', not of '\(formula.text)'; give --formula, or another --share"
        )
      }
      self.share = share
    }
    categories = formula.categories.union(share?.categories ?? [])
    let weights = share?.weights
    variables = formula.variables.map { $0 + (weights.map { [$0] } ?? []) }
  }

  /// Adds rows, all or none of them.
  ///
  /// - Returns: how many rows the share now has.
  /// - Throws: `TabularError` where the rows do not suit the formula.
  func add(_ table: Table) throws(TabularError) -> Int {
    if share == nil {
      share = try Share(formula, table)
    } else {
      try share!.add(table)
    }
    return share!.observations
  }

  /// The fit of all rows.
  func model() throws -> FittedModel {
    guard let share else { throw Refusal(.notFound, "no rows have been observed; POST some to /observe") }
    return try share.solve(named: "the observed rows")
  }

  /// Waits for the end, and writes the share: whole, or not at all.
  func run() async throws {
    try? await gracefulShutdown()
    if let file { try share?.write(to: file) }
  }
}
