private import Foundation

/// Where the tables of an article and the test that runs their lines differ; nil where each row of the one is a row of
/// the other, in order.
///
/// A row of the test is a line `row("theirs", ours, equals: …)`, that of the table `` | `theirs` | `ours` | ``; ours may
/// be a text, and a bar in a cell is \|.
/// - Parameters:
///   - article: the article, a path in the repository.
///   - header: the first line of the tables, such as `| R | Swift |`.
///   - test: the test's source file.
public func difference(article: String, tables header: String, test: String) throws -> String? {
  let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let text = try String(contentsOf: root.appending(path: article), encoding: .utf8)
  let tables = text.components(separatedBy: "\(header)\n").dropFirst()
    .map { $0.components(separatedBy: "\n\n")[0] }
  let told = tables.flatMap { $0.split(separator: "\n") }.compactMap { line in
    line.wholeMatch(of: /\| `(.*)` \| `(.*)` \|/).map {
      (String($0.1).replacing("\\|", with: "|"), String($0.2).replacing("\\|", with: "|"))
    }
  }
  let tested = try String(contentsOfFile: test, encoding: .utf8).split(separator: "\n").compactMap { line in
    line.wholeMatch(of: /\s+(?:try )?row\((?:"(.*?)"|#"(.*?)"#), (.*), equals: .*\)/).map { match in
      (String(match.1 ?? match.2 ?? ""), unquoted(match.3))
    }
  }
  if told.isEmpty { return "\(article) has no rows under \(header)" }
  for (line, row) in zip(told, tested) where line != row { return "\(line) is told, \(row) is tested" }
  return told.count == tested.count ? nil : "\(told.count) rows are told, \(tested.count) are tested"
}

/// What stands between quotes, or all.
private func unquoted(_ text: Substring) -> String {
  String(text.hasPrefix("\"") ? text.dropFirst().dropLast() : text)
}
