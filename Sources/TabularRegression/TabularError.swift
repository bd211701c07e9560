public import LinearRegression

/// What can go wrong between a file and a fitted model. Each prints as one line: where, what, and what to do.
public enum TabularError: Error, Equatable, Sendable, Codable, CustomStringConvertible {
  /// A file cannot be read or written; the reason is the operating system's.
  case file(path: String, operation: FileOperation, reason: String)

  /// A table's text is not what it should be. Lines and columns count from 1; a column is a field, not a character.
  case malformed(file: String, line: Int, column: Int?, message: String)

  /// A table does not have a column that is asked for.
  case noColumn(String, file: String, available: [String])

  /// A request that these data cannot meet, such as a fit without features.
  case unusable(file: String, message: String)

  /// A model file, share or checkpoint is damaged, newer than this software, or something else altogether.
  case model(path: String, message: String)

  /// A matrix file is damaged, not laid out as it has to be to be read in place, or something else altogether.
  case matrix(path: String, message: String)

  /// A formula is not in the language. The position counts characters from 0.
  case formula(String, position: Int, message: String)

  /// Columns depend on others, and the method refuses that. Each dependency reads like "total = ground + upper".
  case rankDeficient(file: String, dependencies: [String])

  /// A model has no intervals around its predictions; the reason is one clause.
  case noIntervals(reason: String)

  /// Fixed effects were not found.
  case notConverged(file: String, message: String)

  /// Training diverged.
  case diverged(Divergence)

  /// The task was cancelled.
  case cancelled

  /// Another of the processes that work on one computation has failed; the first of them has the reason.
  case elsewhere

  /// What was tried with a file.
  public enum FileOperation: String, Sendable, Codable {
    /// Opening it, or reading from it.
    case read
    /// Creating it, writing to it, or giving it its name.
    case write
    /// Removing it.
    case remove
  }

  /// One line without a newline at its end; after a formula's, the formula and a mark below the place.
  public var description: String {
    guard case .formula(let text, let position, let message) = self else { return printable(line) }
    let column = max(0, min(position, text.count))  // what was decoded can have any number
    return """
      formula: \(printable(message))
        \(String(text.map { $0.isWhitespace ? " " : Character(printable(String($0))) }))
        \(String(repeating: " ", count: column))^
      """
  }

  /// The text as it is; a name in it may have line ends and control characters of its own.
  private var line: String {
    switch self {
    case .file(let path, let operation, let reason):
      "\(path): cannot \(operation.rawValue) the file: \(reason)"
    case .malformed(let file, let line, let column, let message):
      "\(file):\(line):\(column.map { "\($0):" } ?? "") \(message)"
    case .noColumn(let name, let file, let available):
      "\(file): \(unknownColumn(name, available))"
    case .unusable(let file, let message), .notConverged(let file, let message):
      "\(file): \(message)"
    case .model(let path, let message), .matrix(let path, let message):
      "\(path): \(message)"
    case .formula(_, _, let message):
      message
    case .rankDeficient(let file, let dependencies):
      "\(file): columns depend on others: \(dependencies.prefix(3).joined(separator: ", "))\(dependencies.count > 3 ? " and \(dependencies.count - 3) more" : ""); leave them out"
    case .noIntervals(let reason):
      "the model has no intervals: \(reason); predict without them"
    case .diverged(let divergence):
      divergence.description
    case .cancelled:
      "the task was cancelled"
    case .elsewhere:
      "another rank has failed; rank 0 says why"
    }
  }
}

/// A file's text as a message or table can show it: on one line, without control characters.
package func printable(_ text: String) -> String {
  let scalars = text.unicodeScalars.map { (scalar) -> Unicode.Scalar in
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: return "�"
    default: return scalar
    }
  }
  return String(String.UnicodeScalarView(scalars))
}

/// What is said where there is no column of a name.
func unknownColumn(_ name: String, _ available: [String]) -> String {
  if available.count == 1, available[0] != name, available[0].split(separator: " ").contains(name[...]) {
    return
      "there is no column \"\(printable(name))\", but \"\(printable(available[0]))\" alone; where spaces separate the columns, give -d ' '"
  }
  let guess = nearest(name, available).map { "is \"\(printable($0))\" meant? the" } ?? "the"
  let hint =
    ["true", "false"].contains(name.lowercased()) ? " (the word is written in quotes: \"\(name)\")" : ""
  return "there is no column \"\(printable(name))\"\(hint); \(guess) columns are \(listed(available))"
}

/// The name that another is most likely a slip of: the same letters in another order, or two of them changed, left out
/// or added at most and fewer than half; nil where there is none.
package func nearest(_ name: String, _ names: [String]) -> String? {
  let word = Array(name.lowercased()), letters = word.sorted()
  let limit = min(2, (word.count - 1) / 2)
  let distances = names.map { name in
    let other = Array(name.lowercased())
    return (name, letters == other.sorted() ? 0 : distance(word, other, atMost: limit))
  }
  return distances.filter { $0.1 <= limit }.min { $0.1 < $1.1 }?.0
}

/// Letters that are changed, left out or added between two words (Levenshtein), or more than the limit.
private func distance(_ a: [Character], _ b: [Character], atMost limit: Int) -> Int {
  if abs(a.count - b.count) > limit { return limit + 1 }
  var row = Array(0...b.count)
  for (i, letter) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for j in b.indices {
      let changed = diagonal + (letter == b[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(changed, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
}

/// Names for a message, not more than fit a line.
func listed(_ names: [String]) -> String {
  let shown = names.prefix(12).map(printable).joined(separator: ", ")
  return names.count > 12 ? "\(shown) and \(names.count - 12) more" : shown
}
