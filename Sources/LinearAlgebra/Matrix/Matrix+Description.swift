extension Matrix: CustomStringConvertible {
  /// One line per row, columns aligned, at most six significant digits. Of large matrices the first and last three
  /// rows and columns, and a last line with the shape.
  public var description: String {
    let shownRows = Self.shown(rowCount), shownColumns = Self.shown(columnCount)
    if isEmpty { return "[] (\(shape))" }
    let cells = shownRows.map { i in
      shownColumns.map { j in
        if let i, let j { formatted(Double(self[i, j]), significantDigits: 6) } else { "…" }
      }
    }
    let widths = shownColumns.indices.map { j in cells.map { $0[j].count }.max() ?? 0 }
    var lines = cells.map { row in
      "[ " + zip(row, widths).map { aligned($0, .right, width: $1) }.joined(separator: "  ") + " ]"
    }
    if shownRows.contains(nil) || shownColumns.contains(nil) { lines.append("(\(shape))") }
    return lines.joined(separator: "\n")
  }

  /// The positions to show out of `count`; nil stands for those left out.
  private static func shown(_ count: Int) -> [Int?] {
    count <= 10 ? Array(0..<count) : [0, 1, 2, nil, count - 3, count - 2, count - 1]
  }
}
