public import LinearAlgebra

/// Named columns: numbers, or words.
///
/// ```swift
/// let homes = try Table(csv: "homes.csv")
/// try homes.column("area")
/// ```
/// A column that holds something other than numbers is an error only where numbers are asked for, so that names, notes
/// and identifiers may stand beside the numbers. A table may be a whole file or a block of its rows.
public struct Table: Sendable {
  /// Where the table comes from, for messages.
  public let source: String

  /// Names of the columns, in the file's order.
  public var columnNames: [String] { columns.map(\.name) }

  /// Number of rows.
  public let rowCount: Int

  /// The columns, in the file's order.
  package let columns: [TableColumn]

  /// Where each column is among them.
  private let positions: [String: Int]

  /// Where each row stands in its file.
  package let places: RowPlaces

  /// The first row that had another number of fields than the header, and how many did; nil where none did, or reading
  /// ends at them. Fields that they lack are missing.
  package var ragged: TableColumn.Fault?

  /// Bytes of the text of which numbers keep all digits only as long as it is small.
  var bytesOfSmallFiles = 0

  /// Whether digits beyond Doubles are known of a column.
  var hasDigits: Bool { columns.contains { $0.digits != nil } }

  package init(source: String, columns: [TableColumn], rowCount: Int, places: RowPlaces) {
    self.source = source
    self.columns = columns
    positions = Dictionary(zip(columns.map(\.name), columns.indices)) { first, _ in first }
    self.rowCount = rowCount
    self.places = places
  }

  /// What a first column without a name is called: R and pandas write the names of rows so. It is not part of "." in a
  /// formula.
  package static let rowNames = "row.names"

  /// The numbers of a column.
  ///
  /// - Throws: ``TabularError/noColumn(_:file:available:)``, or ``TabularError/malformed(file:line:column:message:)``
  ///   at the first field that is not a number, or is missing; ``TabularError/unusable(file:message:)`` where all are
  ///   numbers that were to be read as words.
  public func column(_ name: String) throws(TabularError) -> [Double] {
    let numbers = try numbers(name)
    if let row = numbers.firstIndex(where: \.isNaN) {
      throw fault(
        name, row: row, count: numbers.count(where: \.isNaN),
        "a number is missing; fill it in, or drop or fill such rows")
    }
    return numbers
  }

  /// The numbers of a column; NaN where one is missing.
  ///
  /// - Throws: as ``column(_:)``, but for missing fields.
  package func numbers(_ name: String) throws(TabularError) -> [Double] {
    let column = try find(name)
    switch column.values {
    case .numbers(let numbers): return numbers
    case .words(let words):
      // A column of nothing but missing fields may be either.
      let found = NumbersAmongWords(column, words, places)
      guard let first = found.words.first ?? found.numbers.first else {
        return Array(repeating: .nan, count: rowCount)
      }
      if found.words.count == 0 {
        let text = Array(first.text.utf8)
        if case .inexact = DecimalNumber(text[...]) {
          throw TableColumn.Fault.inexact(
            name, file: first.file, line: first.line, field: column.field ?? 0, text: text
          ).error
        }
        if column.isOfGivenWords {
          var fault = TableColumn.Fault.wordAmongNumbers(
            name, file: first.file, line: first.line, field: column.field ?? 0, word: first.text)
          fault.count = found.numbers.count
          throw fault.error
        }
        throw .unusable(
          file: source,
          message:
            "column \"\(printable(name))\" is read as a category, and needed as numbers; use it as one of the two"
        )
      }
      var fault = TableColumn.Fault.notANumber(
        name, file: first.file, line: first.line, field: column.field ?? 0, text: first.text.utf8)
      fault.count = found.words.count
      throw fault.error
    case .mixed(let fault): throw fault.error
    }
  }

  /// The column of that name.
  ///
  /// - Throws: ``TabularError/noColumn(_:file:available:)``.
  package func find(_ name: String) throws(TabularError) -> TableColumn {
    guard let position = positions[name] else {
      throw .noColumn(name, file: source, available: columnNames)
    }
    return columns[position]
  }

  /// Throws where there is no such column.
  func require(_ name: String) throws(TabularError) { _ = try find(name) }

  /// Columns side by side, in the order of the names given.
  ///
  /// - Returns: rowCount × names.count.
  /// - Throws: as ``column(_:)``.
  public func matrix(_ names: [String]) throws(TabularError) -> Matrix<Double> {
    var columns: [[Double]] = []
    for name in names { columns.append(try column(name)) }
    return Matrix(rows: rowCount, columns: names.count) { i, j in columns[j][i] }
  }

  /// The position of a column's fields in the rows of the file, from 1: a block may lack columns that stand before it.
  package func field(of name: String) -> Int? {
    columns.firstIndex { $0.name == name }.map { (columns[$0].field ?? $0) + 1 }
  }

  /// The error of a row.
  func rowFault(_ row: Int, _ message: String) -> TabularError {
    let place = places[row]
    return .malformed(file: place.file, line: place.line, column: nil, message: message)
  }

  /// The error of a column's field in a row.
  ///
  /// - Parameter count: how many such fields the column has.
  package func fault(_ name: String, row: Int, count: Int = 1, _ message: String) -> TabularError {
    let place = places[row]
    return .malformed(
      file: place.file, line: place.line,
      column: field(of: name),
      message:
        "column \"\(printable(name))\": \(message)\(count > 1 ? " (\(count) such fields in the column)" : "")"
    )
  }
}

/// A field's text in a message: in quotes, on one line, and not long.
func shown(_ text: String) -> String {
  "\"\(printable(text.count > 40 ? String(text.prefix(40)) : text))\""
}
