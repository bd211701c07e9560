extension Matrix: CustomStringConvertible {
  /// One line per row, columns aligned, at most six significant digits, whole numbers with all of theirs. Of more than 20
  /// rows or 10 columns the first and last three, and a last line with the shape.
  public var description: String { table() }
}

extension RowBlock: CustomStringConvertible {
  /// The rows as a ``Matrix`` of their own is described.
  public var description: String { table() }
}

extension RowMajor {
  fileprivate func table() -> String {
    let shape = shape
    let shownRows = shown(shape.rows, atMost: 20), shownColumns = shown(shape.columns, atMost: 10)
    return withUnsafeElements(of: shape) { elements in
      if elements.isEmpty { return "[] (\(shape))" }
      let cells = shownRows.map { i in
        shownColumns.map { j in
          if let i, let j {
            cell(Double(elements[i * shape.columns + j]))
          } else {
            "…"
          }
        }
      }
      let widths = shownColumns.indices.map { j in cells.reduce(0) { Swift.max($0, $1[j].count) } }
      var lines = cells.map { row in
        "[ " + zip(row, widths).map { aligned($0, .right, width: $1) }.joined(separator: "  ") + " ]"
      }
      if shownRows.contains(nil) || shownColumns.contains(nil) { lines.append("(\(shape))") }
      return lines.joined(separator: "\n")
    }
  }

  private func cell(_ element: Double) -> String {
    let isWhole = element == element.rounded() && abs(element) < 1e12
    return formatted(element, significantDigits: isWhole ? 12 : 6)
  }

  /// The positions to show out of `count`; nil stands for those left out.
  private func shown(_ count: Int, atMost most: Int) -> [Int?] {
    count <= most ? Array(0..<count) : [0, 1, 2, nil, count - 3, count - 2, count - 1]
  }
}
