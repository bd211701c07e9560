internal import LinearAlgebra

/// The lines of a table, from columns of the same height.
func textTable(_ columns: [[String]]) -> [String] {
  (columns.first ?? []).indices.map { row in
    withoutTrailingSpaces(columns.map { $0[row] }.joined(separator: "  "))
  }
}

/// A heading and its cells, filled up to the same width.
func column(_ heading: String, _ cells: [String], _ alignment: Alignment = .right) -> [String] {
  let cells = [heading] + cells
  let width = cells.map(\.count).max()!
  return cells.map { aligned($0, alignment, width: width) }
}

/// A name that fits a table: a long one is cut in the middle, for its two ends tell most.
func shortened(_ name: String, to width: Int) -> String {
  let name = printable(name), width = min(40, width)
  return name.count <= width
    ? name : "\(name.prefix(width * 6 / 10))…\(name.suffix(width - width * 6 / 10 - 1))"
}

private func withoutTrailingSpaces(_ line: String) -> String {
  var line = line
  while line.last == " " { line.removeLast() }
  return line
}

/// Numbers padded behind so that their points stand below each other; "-" for none.
func pointAligned(_ values: [Double?], digits: Int) -> [String] {
  let texts = values.map { $0.map { formatted($0, significantDigits: digits) } }
  let tails = texts.map { text in
    text.map {
      $0.distance(from: $0.firstIndex(of: ".") ?? $0.firstIndex(of: "e") ?? $0.endIndex, to: $0.endIndex)
    }
  }
  let longest = tails.compactMap { $0 }.max() ?? 0
  return zip(texts, tails).map { text, tail in
    guard let text, let tail else { return "-" + String(repeating: " ", count: longest) }
    return aligned(text, .left, width: text.count + longest - tail)
  }
}
