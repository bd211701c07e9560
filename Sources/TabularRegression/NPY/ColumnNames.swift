/// Names for the columns of a matrix, which has none itself, or of text without a header: given, or the lines of a file
/// beside the matrix. Spaces around a name do not belong to it, as in a header.
///
/// A file of names and its matrix are one thing in two files. So that the names of one matrix are never taken for those
/// of another, as when a program is killed between the two, or one of them is copied, the first line of the names has
/// the checksum of the matrix's elements, and the matrix's header too (see ``NPYHeader/bytes(_:of:checksum:)``): to
/// compare them is to read two lines, however large the matrix is. Names without that line are of somebody else's
/// writing, and are taken as they are.
struct ColumnNames {
  let names: [String]

  /// What the line with the checksum begins with; to NumPy's `loadtxt` it is a comment.
  private static let mark = "# linreg-names "

  /// The file of names beside a matrix file: `X.names` beside `X.npy`.
  static func path(beside matrix: String) -> String {
    "\(matrix.hasSuffix(".npy") ? String(matrix.dropLast(4)) : matrix).names"
  }

  /// - Parameters:
  ///   - names: names that were given.
  ///   - matrix: the matrix file.
  ///   - checksum: what its header says of its elements; nil where it says nothing.
  ///   - count: how many columns it has.
  init(_ names: [String]?, of matrix: String, checksum: String?, count: Int) throws(TabularError) {
    let path = Self.path(beside: matrix), source = matrix == "-" ? "standard input" : matrix
    if names == nil, matrix != "-", Files.exists(path) {
      var lines = try Self.lines(path)[...]
      if let first = lines.first, first.hasPrefix(Self.mark) {
        if first.dropFirst(Self.mark.count) != checksum ?? "" {
          throw .malformed(
            file: path, line: 1, column: nil,
            message:
              "these are the names of another matrix than \(matrix); write both again, or remove this line if they are right"
          )
        }
        lines.removeFirst()
      }
      let start = lines.startIndex
      try self.init(
        Array(lines), count: count, "its lines", of: "the matrix has",
        error: { .malformed(file: path, line: start + $0 + 1, column: nil, message: $1) })
    } else {
      try self.init(
        names, count: count, of: "the matrix has", error: { .unusable(file: source, message: $1) })
    }
  }

  /// - Parameters:
  ///   - names: names that were given; nil for V1, V2 and so on.
  ///   - count: how many columns there are.
  ///   - what: what the names are, for messages.
  ///   - whole: what has them, for messages: "the rows have".
  ///   - error: the error of a name, by its position from 0.
  init(
    _ names: [String]?, count: Int, _ what: String = "the names given", of whole: String,
    error: (Int, String) -> TabularError
  ) throws(TabularError) {
    let names =
      names?.map { String(decoding: Array($0.utf8)[...].trimmingSpaces(), as: UTF8.self) }
      ?? (0..<count).map { "V\($0 + 1)" }
    self.names = names
    guard names.count == count else {
      throw error(
        min(names.count, count),
        "\(what) are \(names.count) where \(whole) \(count) \(count == 1 ? "column" : "columns"); name each column once"
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
  /// - Parameters:
  ///   - matrix: the matrix file, for messages.
  ///   - checksum: that of its elements.
  static func file(
    _ names: [String], beside matrix: String, checksum: Checksum
  ) throws(TabularError) -> [UInt8] {
    if let name = names.first(where: { $0.contains(where: \.isNewline) }) {
      throw .unusable(
        file: path(beside: matrix),
        message:
          "the name \"\(printable(name))\" has a line break, and names are lines here; rename the column")
    }
    return Array("\(mark)\(checksum.text)\n\(names.joined(separator: "\n"))\n".utf8)
  }

  /// Throws where the file of names beside a matrix that is to be written is not one that was written here: it may be
  /// anything.
  static func checkReplaceable(beside matrix: String) throws(TabularError) {
    let path = path(beside: matrix)
    if Files.exists(path), !Files.start(of: path, mark.utf8.count).elementsEqual(mark.utf8) {
      throw .unusable(
        file: path,
        message:
          "the names of the columns go here, and linreg has not written this file; move it, or write to another name than \(matrix)"
      )
    }
  }
}
