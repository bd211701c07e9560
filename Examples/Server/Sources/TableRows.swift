// Until the library has tables from memory: rows as CSV text.

import Foundation
import TabularRegression

extension FittedModel {
  var variables: [String] { features }
}

extension Table {
  enum Field: Decodable, Sendable {
    case number(Double), word(String), missing

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if value.decodeNil() {
        self = .missing
      } else if let number = try? value.decode(Double.self) {
        self = .number(number)
      } else if let flag = try? value.decode(Bool.self) {
        self = .word(flag ? "true" : "false")
      } else {
        self = .word(try value.decode(String.self))
      }
    }

    fileprivate var text: String {
      switch self {
      case .number(let x): x == x.rounded() && abs(x) < 1e15 ? "\(Int(x))" : "\(x)"
      case .word(let word): quoted(word)
      case .missing: ""
      }
    }
  }

  init(rows: [[String: Field]], source: String, categories: Set<String>) throws(TabularError) {
    let names = Set(rows.flatMap(\.keys)).sorted()
    try self.init(
      rows: rows.map { row in names.map { row[$0] ?? .missing } }, names: names, source: source,
      categories: categories)
  }

  init(rows: [[Field]], names: [String], source: String, categories: Set<String>) throws(TabularError) {
    let lines = [names.map(quoted)] + rows.map { $0.map(\.text) }
    let text = lines.map { $0.joined(separator: ",") }.joined(separator: "\n")
    try self.init(csvText: text, source: source, categories: categories)
  }
}

private func quoted(_ text: String) -> String { "\"\(text.replacing("\"", with: "\"\""))\"" }
