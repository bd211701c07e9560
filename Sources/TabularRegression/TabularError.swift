public import LinearRegression

/// What can go wrong between a file and a fitted model. Each prints as one line: where, what, and what to do.
public enum TabularError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A file cannot be read or written; the reason is the operating system's.
  case file(path: String, operation: FileOperation, reason: String)

  /// A table's text is not what it should be. Lines and columns count from 1; a column is a field, not a character.
  case malformed(file: String, line: Int, column: Int?, message: String)

  /// A table does not have a column that is asked for.
  case noColumn(String, file: String, available: [String])

  /// A request that these data cannot meet, such as a fit without features.
  case unusable(file: String, message: String)

  /// A model file is damaged, newer than this software, or something else altogether.
  case model(path: String, message: String)

  /// Training diverged.
  case diverged(Divergence)

  /// What was tried with a file.
  public enum FileOperation: String, Sendable {
    case read, write
  }

  /// One line without a newline at its end.
  public var description: String {
    switch self {
    case .file(let path, let operation, let reason):
      "\(path): cannot \(operation.rawValue) the file: \(reason)"
    case .malformed(let file, let line, let column, let message):
      "\(file):\(line):\(column.map { "\($0):" } ?? "") \(message)"
    case .noColumn(let name, let file, let available):
      "\(file):1: there is no column \"\(name)\"; the columns are \(listed(available))"
    case .unusable(let file, let message):
      "\(file): \(message)"
    case .model(let path, let message):
      "\(path): \(message)"
    case .diverged(let divergence):
      divergence.description
    }
  }
}

/// A file's text as a message or table can show it: on one line, without control characters.
func printable(_ text: String) -> String {
  let scalars = text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? "�" : $0 }
  return String(String.UnicodeScalarView(scalars))
}

/// Names for a message, not more than fit a line.
func listed(_ names: [String]) -> String {
  let shown = names.prefix(12).map(printable).joined(separator: ", ")
  return names.count > 12 ? "\(shown) and \(names.count - 12) more" : shown
}
