#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif
internal import LinearAlgebra

extension Influence.Sums {
  /// The most influential rows as a table for a person to read, in 80 columns.
  package var text: String {
    let rows = top?.rows ?? []
    func cells(_ value: (DiagnosedRow) -> Double?) -> [String] {
      pointAligned(rows.map(value), digits: 4)
    }
    let columns = [
      column("observed", cells { $0.observed }), column("fitted", cells { $0.fitted }),
      column("leverage", cells { $0.leverage }), column("studentized", cells { $0.studentizedResidual }),
      column("DFFITS", cells { $0.dffits }), column("Cook's D", cells { $0.cooksDistance }),
    ]
    let width = columns.reduce(0) { $0 + 2 + $1[0].count }
    let names = rows.map { shortened("\($0.file):\($0.line)", to: max(12, 80 - width)) }
    return textTable([column("row", names, .left)] + columns).joined(separator: "\n")
  }

  /// The same rows for other programs.
  package func json(_ influence: Influence) -> String {
    struct Contents: Encodable {
      let target: String
      let observations: Int
      let isOfFit: Bool
      let influentialRows: [Row]

      /// The members of a row, and what is derived from them.
      struct Row: Encodable {
        let row: DiagnosedRow
        enum Key: String, CodingKey { case dffits }
        func encode(to encoder: any Encoder) throws {
          try row.encode(to: encoder)
          var container = encoder.container(keyedBy: Key.self)
          try container.encode(row.dffits, forKey: .dffits)
        }
      }
    }
    let contents = Contents(
      target: influence.model.target, observations: observations, isOfFit: areOf(influence.fit),
      influentialRows: (top?.rows ?? []).map(Contents.Row.init))
    do {
      return String(decoding: try JSONEncoder.ofModels.encode(contents), as: UTF8.self) + "\n"
    } catch {
      fatalError("rows cannot be encoded: \(error); this is a bug in swift-linear-regression")
    }
  }
}
