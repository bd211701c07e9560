public import LinearAlgebra

/// Named columns of numbers.
///
/// ```swift
/// let homes = try Table(csv: "homes.csv")
/// try homes.column("area")
/// ```
/// A column that holds something other than numbers is an error only when it is asked for, so that names, notes and
/// identifiers may stand beside the numbers.
public struct Table: Sendable {
  /// Where the table comes from, for messages.
  public let source: String

  /// Names of the columns, in the file's order.
  public var columnNames: [String] { columns.map(\.name) }

  /// Number of rows.
  public let rowCount: Int

  private let columns: [Column]

  /// A column's numbers, or where they end: at the first field that is none.
  struct Column: Sendable {
    let name: String
    var values: [Double] = []
    var problem: Problem?
  }

  /// The first field of a column that is not a number, and how many there are.
  struct Problem: Sendable {
    let error: TabularError
    var count = 1
  }

  init(source: String, columns: [Column], rowCount: Int) {
    self.source = source
    self.columns = columns
    self.rowCount = rowCount
  }

  /// The numbers of a column.
  ///
  /// - Throws: ``TabularError/noColumn(_:file:available:)``, or ``TabularError/malformed(file:line:column:message:)``
  ///   at the first field that is not a number.
  public func column(_ name: String) throws(TabularError) -> [Double] {
    guard let column = columns.first(where: { $0.name == name }) else {
      throw .noColumn(name, file: source, available: columnNames)
    }
    guard let problem = column.problem else { return column.values }
    guard problem.count > 1, case .malformed(let file, let line, let field, let message) = problem.error
    else {
      throw problem.error
    }
    throw .malformed(
      file: file, line: line, column: field,
      message: "\(message) (\(problem.count) such fields in the column)")
  }

  /// Throws where there is no such column.
  func require(_ name: String) throws(TabularError) {
    if !columns.contains(where: { $0.name == name }) {
      throw .noColumn(name, file: source, available: columnNames)
    }
  }

  /// Columns side by side, in the order of the names given.
  ///
  /// - Returns: rowCount × names.count.
  /// - Throws: as ``column(_:)``.
  public func matrix(_ names: [String]) throws(TabularError) -> Matrix<Double> {
    var columns: [[Double]] = []
    for name in names { columns.append(try column(name)) }
    return Matrix(rows: rowCount, columns: names.count) { i, j in columns[j][i] }
  }
}
