internal import LinearAlgebra

#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif

extension TableCheck {
  /// For a person to read, in 80 columns.
  package var text: String {
    var blocks: [[String]] = []
    let size = "\(source): \(counted(rowCount, "row")), \(counted(columns.count, "column"))"
    if columns.isEmpty {
      blocks.append([source])
    } else {
      let width = min(20, columns.reduce(6) { max($0, printable($1.name).count) })
      func row(_ name: String, _ kind: String, _ missing: String, _ rest: String) -> String {
        aligned(shortened(name, width), .left, width: width + 2) + aligned(kind, .left, width: 8)
          + aligned(missing, .right, width: 9) + rest
      }
      let head = ["minimum", "mean", "maximum"].map { aligned($0, .right, width: 13) }.joined()
      blocks.append([size, "", row("column", "kind", "missing", head)])
      blocks[0] += columns.map {
        row(
          printable($0.name), $0.kind.rawValue, $0.kind == .mixed ? "-" : "\($0.missing.count)", $0.contents)
      }
    }
    for (title, stops) in [("would stop a fit", true), ("worth a look", false)] {
      let lines = findings.filter { $0.stopsFit == stops }.map { finding in
        wrapped((finding.line.map { "\(lineNoun) \($0): " } ?? "") + finding.message)
      }
      if !lines.isEmpty { blocks.append([title] + lines) }
    }
    if findings.isEmpty { blocks.append(["nothing is wrong"]) }
    return blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  /// JSON with the same contents.
  package var json: String {
    let encoder = JSONEncoder.ofModels
    do {
      return String(decoding: try encoder.encode(Record(self)), as: UTF8.self)
    } catch {
      fatalError("a check cannot be encoded: \(error); this is a bug in swift-linear-regression")
    }
  }

  private struct Record: Encodable {
    let file: String
    let rows: Int
    let columns: [Column]
    let findings: [Finding]
    let stopsFit: Bool

    struct Column: Encodable {
      let name: String
      let kind: String
      let missing: Int
      let firstMissingLine: Int?
      let minimum: Double?
      let mean: Double?
      let maximum: Double?
      let levels: Int?
      let firstLevels: [String]?
    }

    struct Finding: Encodable {
      let kind: String
      let column: String?
      let line: Int?
      let message: String
      let stopsFit: Bool
    }

    init(_ check: TableCheck) {
      file = check.source
      rows = check.rowCount
      stopsFit = check.stopsFit
      columns = check.columns.map { column in
        let moments = column.moments.count > 0 ? column.moments : nil
        let levels = column.hasWords ? column.values : nil
        return Column(
          name: column.name, kind: column.kind.rawValue, missing: column.missing.count,
          firstMissingLine: column.missing.firstLine, minimum: moments?.minimum, mean: moments?.mean,
          maximum: moments?.maximum, levels: levels?.texts.count,
          firstLevels: levels.map { Array($0.texts.prefix(5)) })
      }
      findings = check.findings.map {
        Finding(
          kind: $0.kind.rawValue, column: $0.column, line: $0.line, message: $0.message, stopsFit: $0.stopsFit
        )
      }
    }
  }
}

extension ColumnProfile {
  /// What the column's row in the table ends with: range and mean, or the words.
  fileprivate var contents: String {
    if kind == .mixed { return "" }
    if hasWords {
      let texts = values?.texts ?? []
      let count = values.map { counted($0.texts.count, "level") } ?? "over \(Self.valueLimit) levels"
      return "  \(shortened("\(count): \(texts.prefix(8).map(printable).joined(separator: ", "))", 37))"
    }
    if moments.count == 0 { return "" }
    return [moments.minimum, moments.mean, moments.maximum].map {
      aligned(formatted($0, significantDigits: 6), .right, width: 13)
    }.joined()
  }
}

private func shortened(_ text: String, _ width: Int) -> String {
  text.count > width ? "\(text.prefix(width - 1))…" : text
}

/// Lines of at most 80 characters, the first indented by two, the others by four.
private func wrapped(_ text: String) -> String {
  var lines = [" "]
  for word in text.split(separator: " ", omittingEmptySubsequences: false) {
    if lines.last!.count + 1 + word.count > 80 && lines.last!.count > 4 {
      lines.append("    \(word)")
    } else {
      lines[lines.count - 1] += " \(word)"
    }
  }
  return lines.joined(separator: "\n")
}
