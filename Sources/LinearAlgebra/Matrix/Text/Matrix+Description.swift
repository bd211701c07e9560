extension Matrix: CustomStringConvertible {
  /// One line per row, columns aligned, at most six significant digits. Of large matrices the first and last three
  /// rows and columns, and a last line with the shape.
  public var description: String { table() }
}

extension RowBlock: CustomStringConvertible {
  /// The rows as a ``Matrix`` of their own is described.
  public var description: String { table() }
}

extension RowMajor {
  fileprivate func table() -> String {
    let shape = shape
    let shownRows = shown(shape.rows), shownColumns = shown(shape.columns)
    return withUnsafeElements(of: shape) { elements in
      if elements.isEmpty { return "[] (\(shape))" }
      let cells = shownRows.map { i in
        shownColumns.map { j in
          if let i, let j {
            formatted(Double(elements[i * shape.columns + j]), significantDigits: 6)
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

  /// The positions to show out of `count`; nil stands for those left out.
  private func shown(_ count: Int) -> [Int?] {
    count <= 10 ? Array(0..<count) : [0, 1, 2, nil, count - 3, count - 2, count - 1]
  }
}
