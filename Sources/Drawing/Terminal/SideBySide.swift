/// Blocks of lines beside each other, with two columns between them and no spaces at the ends of lines.
///
/// - Parameters:
///   - blocks: lines of no more columns than the width; escape sequences for colours take none.
///   - width: columns of each block.
package func sideBySide(_ blocks: [[String]], width: Int) -> [String] {
  (0..<(blocks.map(\.count).max() ?? 0)).map { row in
    var line = "", columns = 0
    for (index, block) in blocks.enumerated() where row < block.count && !block[row].isEmpty {
      let start = index * (width + 2)
      line += String(repeating: " ", count: max(0, start - columns)) + block[row]
      columns = max(columns, start) + visibleColumns(block[row])
    }
    return line
  }
}

/// Text in lines of a width, broken at spaces; the lines behind the first are indented.
package func wrapped(_ text: String, columns: Int, indent: String = "    ") -> [String] {
  var lines: [String] = []
  for word in text.split(separator: " ", omittingEmptySubsequences: false).map(String.init) {
    if let last = lines.last, visibleColumns(last) + 1 + visibleColumns(word) <= columns {
      lines[lines.count - 1] += " \(word)"
    } else {
      lines.append(lines.isEmpty ? word : indent + word)
    }
  }
  return lines
}

/// Columns that a line takes on a terminal, escape sequences for colours not counted.
func visibleColumns(_ line: String) -> Int {
  var columns = 0, isEscape = false
  for character in line {
    if character == "\u{1B}" { isEscape = true }
    if !isEscape { columns += terminalColumns(character) }
    if isEscape, character.isLetter { isEscape = false }
  }
  return columns
}
