@testable import TabularRegression

/// The text of a table, and how it is read.
struct CSVText {
  private let text: [UInt8]
  private let options: ReadingOptions

  /// What the bytes behind the first two hold, read with the options that the first chooses.
  init(_ bytes: [UInt8]) {
    var options = ReadingOptions(hasHeader: bytes[0] & 1 == 0)
    if bytes[0] & 2 != 0 { options.delimiter = "\t" }
    if bytes[0] & 4 != 0 { options.missingTexts = ["-9", "x"] }
    if bytes[0] & 17 == 17 { options.names = ["a", "b c"] }
    if bytes[0] & 8 != 0 { options.categories = ["a", "V1"] }
    if bytes[0] & 32 != 0 { options.delimiter = " " }
    if bytes[0] & 64 != 0 { options.comment = "#" }
    if bytes[0] & 128 != 0 { options.skippedLines = 1 }
    if bytes[1] & 1 != 0 { options.digits = .all }
    self.options = options
    text = Array(bytes[2...])
  }

  /// A table's contents to the bit, or the error that reading ends in.
  func outcome(blockSize: Int, usesVectors: Bool = true, threads: Int = 1) -> String {
    do throws(TabularError) {
      let reader = try TableReader(
        [.memory(text, name: "fuzz")], options: options, blockSize: blockSize, usesVectors: usesVectors)
      var rows = JoinedRows()
      try reader.forEachBlock(threads: threads) {
        $0
      } take: {
        rows.append($0)
      }
      return Self.contents(Table("fuzz", rows))
    } catch {
      return "\(error)"
    }
  }

  /// The fields of all rows as they stand, and their lines, or the error that reading ends in.
  ///
  /// - Parameter parts: how many parts are read, one after the other; nil for the whole.
  func fields(blockSize: Int, parts: Int? = nil) -> String {
    var options = options, rows: [String] = []
    options.verbatim = .all
    do throws(TabularError) {
      for part in parts.map({ count in (1...count).map { Part($0, of: count) } }) ?? [nil] as [Part?] {
        let reader = try TableReader(
          [.memory(text, name: "fuzz")], options: options, blockSize: blockSize, part: part)
        try reader.forEachBlock(threads: 1) {
          $0
        } take: { (table) in
          for row in 0..<table.rowCount {
            rows.append("\(table.places[row].line) \(table.columns.map { Self.field($0, row) })")
          }
        }
      }
      return rows.joined(separator: "\n")
    } catch {
      return "\(error)"
    }
  }

  private static func field(_ column: TableColumn, _ row: Int) -> String {
    switch column.values {
    case .words(let words): words.codes[row] < 0 ? "" : words.levels[Int(words.codes[row])]
    case .numbers: "none"
    case .mixed(let fault): "\(fault.error)"
    }
  }

  /// What the plain reader of the tests makes of the text.
  var plainOutcome: String {
    do throws(TabularError) {
      let reader = try TableReader([.memory(text, name: "fuzz")], options: options, blockSize: Targets.whole)
      let names = reader.columnNames
      var plain = PlainReader(text, name: "fuzz", options: options)
      return Self.contents(try plain.table(names))
    } catch {
      return "\(error)"
    }
  }

  private static func contents(_ table: Table) -> String {
    let columns = table.columns.map { column in
      switch column.values {
      case .numbers(let numbers):
        "\(column.name) \(numbers.map { $0.isNaN ? 0.0.bitPattern : $0.bitPattern })"
      case .words(let words): "\(column.name) \(words.codes) \(words.levels)"
      case .mixed(let fault): "\(fault.error)"
      }
    }
    return "\(columns) \((0..<table.rowCount).map { table.places[$0].line })"
  }

  /// Writes the table and reads what was written.
  func writeAndReadAgain() throws(TabularError) {
    let table = try Self.table(text, options)
    let encoder = CSVEncoder()
    let written = encoder.header(table.columnNames) + (try encoder.rows(table))
    let again = try Self.table(written, ReadingOptions())
    precondition(again.columnNames == table.columnNames && again.rowCount == table.rowCount)
  }

  private static func table(_ text: [UInt8], _ options: ReadingOptions) throws(TabularError) -> Table {
    let reader = try TableReader([.memory(text, name: "fuzz")], options: options, blockSize: Targets.whole)
    return try Table(all: reader, isCancelled: { false })
  }
}
