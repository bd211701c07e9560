/// The file and line on which each row of a table begins: what messages need.
package struct RowPlaces: Sendable, Equatable {
  private var pieces: [Piece] = []

  /// Rows of one file: on lines that follow each other, or each on its own.
  private struct Piece: Sendable, Equatable {
    let firstRow: Int
    let file: String
    let firstLine: Int
    /// Line of each row; nil where they follow each other.
    let lines: [Int]?
  }

  /// No rows.
  package init() {}

  /// Rows on consecutive lines.
  package init(file: String, firstLine: Int) { append(file: file, firstLine: firstLine, afterRow: 0) }

  /// Rows on the lines that are listed.
  package init(file: String, lines: [Int]) {
    let first = lines.first ?? 1
    let follow = lines.indices.allSatisfy { lines[$0] == first + $0 }
    pieces = [Piece(firstRow: 0, file: file, firstLine: first, lines: follow ? nil : lines)]
  }

  /// From `row` on, rows are on consecutive lines of a file.
  package mutating func append(file: String, firstLine: Int, afterRow row: Int) {
    pieces.append(Piece(firstRow: row, file: file, firstLine: firstLine, lines: nil))
  }

  /// From `row` on, rows are where others say.
  package mutating func append(_ other: RowPlaces, afterRow row: Int) {
    for piece in other.pieces {
      if piece.lines == nil, let last = pieces.last, last.lines == nil, last.file == piece.file,
        last.firstLine + row + piece.firstRow - last.firstRow == piece.firstLine
      {
        continue  // goes on as it was
      }
      pieces.append(
        Piece(
          firstRow: row + piece.firstRow, file: piece.file, firstLine: piece.firstLine, lines: piece.lines))
    }
  }

  /// The file and line of a row.
  package subscript(row: Int) -> (file: String, line: Int) {
    guard let piece = pieces.last(where: { $0.firstRow <= row }) else { return ("", row + 1) }
    let offset = row - piece.firstRow
    return (piece.file, piece.lines.map { $0[offset] } ?? piece.firstLine + offset)
  }
}
