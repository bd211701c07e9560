#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif

extension TableColumn {
  /// The column's fields as a JSON array; null where one is missing.
  ///
  /// - Throws: ``TabularError`` where numbers and other things are mixed.
  package func json() throws(TabularError) -> String {
    let fields: [String]
    switch values {
    case .numbers(let numbers): fields = numbers.map { $0.isNaN ? "null" : $0.description }
    case .words(let words):
      let texts = words.levels.map(quotedForJSON)
      fields = words.codes.map { $0 < 0 ? "null" : texts[Int($0)] }
    case .mixed(let fault): throw fault.error
    }
    return "[\(fields.joined(separator: ", "))]"
  }
}

/// A text as JSON has it, in quotes.
package func quotedForJSON(_ text: String) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = .withoutEscapingSlashes
  // A text can always be encoded.
  return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
}
