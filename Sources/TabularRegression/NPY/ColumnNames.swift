/// Names for the columns of a matrix, which has none itself: given, or the lines of a file beside it.
struct ColumnNames {
  let names: [String]

  /// The file of names beside a matrix file: `X.names` beside `X.npy`.
  static func path(beside matrix: String) -> String {
    "\(matrix.hasSuffix(".npy") ? String(matrix.dropLast(4)) : matrix).names"
  }

  /// - Parameters:
  ///   - names: names that were given.
  ///   - matrix: the matrix file.
  ///   - count: how many columns it has.
  init(_ names: [String]?, of matrix: String, count: Int) throws(TabularError) {
    let path = Self.path(beside: matrix)
    if let names {
      self.names = names
      let source = matrix == "-" ? "standard input" : matrix
      try check(count, "the names given") { index, message in .unusable(file: source, message: message) }
    } else if matrix != "-", Files.exists(path) {
      self.names = try Self.lines(path)
      try check(count, "its lines") { index, message in
        .malformed(file: path, line: index + 1, column: nil, message: message)
      }
    } else {
      self.names = (1...max(1, count)).map { "V\($0)" }
    }
  }

  private func check(
    _ count: Int, _ what: String, error: (Int, String) -> TabularError
  ) throws(TabularError) {
    guard names.count == count else {
      throw error(
        min(names.count, count),
        "\(what) are \(names.count) where the matrix has \(count) \(count == 1 ? "column" : "columns"); name each column once"
      )
    }
    var first: [String: Int] = [:]
    for (index, name) in names.enumerated() {
      if name.isEmpty { throw error(index, "column \(index + 1) has no name; name it") }
      if let earlier = first.updateValue(index, forKey: name) {
        throw error(
          index,
          "column \(index + 1) is named \"\(printable(name))\" as column \(earlier + 1) is; give each column its own name"
        )
      }
    }
  }

  private static func lines(_ path: String) throws(TabularError) -> [String] {
    guard let text = String(validating: try Files.read(path), as: UTF8.self) else {
      throw .malformed(
        file: path, line: 1, column: nil, message: "the names are not UTF-8; save the file as UTF-8")
    }
    // "\r\n" is one character
    var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  }

  /// The bytes of a file of names.
  ///
  /// - Parameter matrix: the matrix file, for messages.
  static func file(_ names: [String], beside matrix: String) throws(TabularError) -> [UInt8] {
    if let name = names.first(where: { $0.contains(where: \.isNewline) }) {
      throw .unusable(
        file: path(beside: matrix),
        message:
          "the name \"\(printable(name))\" has a line break, and names are lines here; rename the column")
    }
    return Array((names.joined(separator: "\n") + "\n").utf8)
  }
}
