#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif
internal import LinearAlgebra

extension TermSelection {
  /// The steps for a person to read, and the chosen model.
  public var summary: String {
    let changes = steps.enumerated().map { $0 == 0 ? "(first model)" : printable($1.change) }
    let columns = [
      column("step", changes, .left),
      column("df", steps.enumerated().map { $0 == 0 ? "" : String($1.degreesOfFreedom) }),
      column("RSS", pointAligned(steps.map(\.residualSumOfSquares), digits: 6)),
      column("residual df", steps.map { String($0.residualDegreesOfFreedom) }),
      column(criterion.rawValue, pointAligned(steps.map(\.criterion), digits: 6)),
    ]
    return textTable(columns).joined(separator: "\n") + "\n\n" + model.summary
  }

  /// The criterion, the steps, the chosen terms and the model, which is as ``FittedModel/json``.
  public var json: String {
    do {
      return String(decoding: try JSONEncoder.ofModels.encode(self), as: UTF8.self) + "\n"
    } catch {
      fatalError("a selection cannot be encoded: \(error); this is a bug in swift-linear-regression")
    }
  }
}

/// As ``json``.
extension TermSelection: Encodable {
  private enum Key: String, CodingKey { case criterion, steps, terms, model }

  /// Encodes the members of ``json``.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(criterion, forKey: .criterion)
    try container.encode(steps, forKey: .steps)
    try container.encode(terms, forKey: .terms)
    try container.encode(model, forKey: .model)
  }
}
