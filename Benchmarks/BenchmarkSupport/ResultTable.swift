import Foundation

/// A table that is printed row by row, as the rows become known.
public struct ResultTable {
  /// A column's heading, its width, and whether text stands at its left end.
  public struct Column {
    let heading: String
    let width: Int
    let isText: Bool

    /// A column of numbers, aligned at the right.
    public static func number(_ heading: String, width: Int) -> Column {
      Column(heading: heading, width: width, isText: false)
    }

    /// A column of words, aligned at the left.
    public static func text(_ heading: String, width: Int) -> Column {
      Column(heading: heading, width: width, isText: true)
    }
  }

  private let columns: [Column]

  /// Starts a table: prints its title and the headings.
  public init(_ title: String, columns: [Column]) {
    self.columns = columns
    printNow("\n\(title)")
    row(columns.map(\.heading))
  }

  /// Prints a row. A row with fewer cells than columns may end in a longer text.
  public func row(_ cells: [String]) {
    let padded = zip(cells, columns).map { cell, column in
      let padding = String(repeating: " ", count: max(0, column.width - cell.count))
      return column.isText ? cell + padding : padding + cell
    }
    let line = padded.joined(separator: "  ")
    printNow(String(line.reversed().drop { $0 == " " }.reversed()))
  }
}

/// Prints a line on standard output, at once even where that is a file or a pipe.
public func printNow(_ line: String) {
  print(line)
  fflush(nil)
}
