extension ColumnSummary {
  /// Words by size where all are numbers, else by their bytes.
  static func inOrder(_ words: Set<String>) -> [String] {
    let list = WordList(words)
    return list.sortedPositions.map { list[$0] }
  }
}
