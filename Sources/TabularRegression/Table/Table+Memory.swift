/// Tables of values in memory: columns by name, rows by name, rows by position.

extension Table {
  /// A column in memory.
  public enum Column: Equatable, Sendable {
    /// Numbers; NaN where one is missing.
    case numbers([Double])
    /// Words, of digits too; nil where one is missing.
    case words([String?])

    fileprivate var count: Int {
      switch self {
      case .numbers(let numbers): numbers.count
      case .words(let words): words.count
      }
    }
  }

  /// A table of columns by name, in their order.
  ///
  /// ```swift
  /// let homes = try Table(columns: ["area": .numbers([88, 45]), "heating": .words(["gas", "pump"])])
  /// ```
  /// - Parameters:
  ///   - source: what messages call the table; they count rows and columns from 1 in the place of lines and fields.
  ///   - columns: columns of one length.
  ///   - categories: columns whose fields are words, numbers too: 3 is then "3", as the text of a CSV file would be.
  /// - Throws: ``TabularError/unusable(file:message:)``: no column, no row, columns of unequal lengths, a name that is
  ///   empty or there twice. A number that is not finite is reported when its column is asked for.
  /// - Complexity: O(fields)
  public init(
    source: String = "table", columns: KeyValuePairs<String, Column>, categories: Set<String> = []
  ) throws(TabularError) {
    try self.init(
      source: source, names: columns.map(\.key), columns: columns.map(\.value), categories: categories)
  }

  /// A table of columns whose names stand beside them, as with
  /// ``init(source:columns:categories:)``.
  ///
  /// - Parameters:
  ///   - source: what messages call the table.
  ///   - names: a name for each column.
  ///   - columns: columns of one length.
  ///   - categories: columns whose fields are words, numbers too.
  /// - Throws: as ``init(source:columns:categories:)``; another number of names.
  /// - Complexity: O(fields)
  public init(
    source: String = "table", names: [String], columns: [Column], categories: Set<String> = []
  ) throws(TabularError) {
    try Self.check(names, count: columns.count, rows: columns.map(\.count).max() ?? 0, source)
    for (name, column) in zip(names, columns) where column.count != columns[0].count {
      throw .unusable(
        file: source,
        message:
          "column \"\(printable(name))\" has \(counted(column.count, "field")), column \"\(printable(names[0]))\" has \(columns[0].count); give each row one field per column"
      )
    }
    self.init(source, names, rowCount: columns[0].count, categories) { index, fields in
      switch columns[index] {
      case .numbers(let numbers): fields.values(of: numbers)
      case .words(let words): .words(TableColumn.Words(words))
      }
    }
  }

  /// A table of rows by name.
  ///
  /// ```swift
  /// let homes = try Table(rows: [["area": 88, "heating": "gas"], ["area": 45, "heating": nil]])
  /// ```
  /// The columns are those that are wanted, or all names of the rows, sorted; a field whose name a row lacks is missing.
  /// A column holds numbers or words, as its first field does that is not missing.
  /// - Parameters:
  ///   - rows: the rows.
  ///   - columns: the names that are wanted, such as ``FittedModel/variables``; fields of other names are passed over.
  ///     Nil for all names of the rows.
  ///   - source: what messages call the table; they count rows and columns from 1 in the place of lines and fields.
  ///   - categories: columns whose fields are words, numbers too: 3 is then "3", as the text of a CSV file would be.
  /// - Throws: ``TabularError/noColumn(_:file:available:)`` for a wanted name that no row has.
  ///   ``TabularError/unusable(file:message:)``: no row, rows without a name, an empty name, one that is wanted twice;
  ///   where `columns` is nil, rows of so different names that rows × names is more than 10,000 and 16 times the number
  ///   of fields. A word among numbers and a number that is not finite are reported when their column is asked for.
  /// - Complexity: O(fields + rows × columns), in time and memory
  public init(
    rows: [[String: Field]], columns: [String]? = nil, source: String = "table", categories: Set<String> = []
  ) throws(TabularError) {
    if rows.isEmpty { throw Self.noRows(source) }
    let names = try Self.names(of: rows, wanted: columns, source)
    // A model of nothing but an intercept wants no column.
    if columns?.isEmpty != true { try Self.check(names, count: names.count, rows: rows.count, source) }
    self.init(source, names, rowCount: rows.count, categories) { index, fields in
      fields.values(of: rows.map { $0[names[index]] ?? .missing })
    }
  }

  /// A table of rows by position, as with ``init(rows:columns:source:categories:)``.
  ///
  /// - Parameters:
  ///   - rows: rows with a field for each column.
  ///   - names: the columns' names.
  ///   - source: what messages call the table.
  ///   - categories: columns whose fields are words, numbers too.
  /// - Throws: ``TabularError/unusable(file:message:)``: no column, no row, a name that is empty or there twice;
  ///   ``TabularError/malformed(file:line:column:message:)`` at the first row with more or fewer fields than names.
  /// - Complexity: O(fields)
  public init(
    rows: [[Field]], names: [String], source: String = "table", categories: Set<String> = []
  ) throws(TabularError) {
    try Self.check(names, count: names.count, rows: rows.count, source)
    if let row = rows.firstIndex(where: { $0.count != names.count }) {
      let count = rows[row].count
      throw .malformed(
        file: source, line: row + 1, column: max(1, min(count, names.count + 1)),
        message:
          "the row has \(counted(count, "field")), the names are \(names.count); give each row one field per column"
      )
    }
    self.init(source, names, rowCount: rows.count, categories) { index, fields in
      fields.values(of: rows.map { $0[index] })
    }
  }

  /// The columns of rows by name: those that are wanted, or all.
  private static func names(
    of rows: [[String: Field]], wanted: [String]?, _ source: String
  ) throws(TabularError) -> [String] {
    var all: [String] { rows.reduce(into: Set<String>()) { $0.formUnion($1.keys) }.sorted() }
    if let wanted {
      for name in wanted where !rows.contains(where: { $0.keys.contains(name) }) {
        throw .noColumn(name, file: source, available: all)
      }
      return wanted
    }
    let names = all, fields = rows.reduce(0) { $0 + $1.count }
    if rows.count * names.count > max(10_000, 16 * fields) {
      throw .unusable(
        file: source,
        message:
          "\(counted(rows.count, "row")) with \(counted(fields, "field")) in all have \(counted(names.count, "name")); name the columns that are wanted"
      )
    }
    return names
  }

  private static func noRows(_ source: String) -> TabularError {
    .unusable(file: source, message: "there are no rows; add data")
  }

  private static func check(
    _ names: [String], count: Int, rows: Int, _ source: String
  ) throws(TabularError) {
    func fault(_ message: String) -> TabularError { .unusable(file: source, message: message) }
    if rows == 0 { throw noRows(source) }
    if count == 0 { throw fault("there are no columns; add data") }
    _ = try ColumnNames(names, count: count, of: "the table has") { fault($1) }
  }

  /// - Parameter values: what the fields of a column are, by its position.
  init(
    _ source: String, _ names: [String], rowCount: Int, _ categories: Set<String>,
    _ values: (Int, ColumnFields) -> TableColumn.Values
  ) {
    let columns = names.enumerated().map { index, name in
      let fields = ColumnFields(
        source: source, name: name, position: index, isCategory: categories.contains(name))
      var column = TableColumn(name: name, values: values(index, fields), field: index)
      column.isOfGivenWords = !fields.isCategory
      return column
    }
    self.init(
      source: source, columns: columns, rowCount: rowCount, places: RowPlaces(file: source, firstLine: 1))
  }
}
