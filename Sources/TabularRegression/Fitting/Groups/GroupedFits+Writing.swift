#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif
internal import LinearRegression
private import Synchronization

extension GroupedFits {
  /// Names of the columns of ``write(to:_:)``: those of the groups, and what is told of each coefficient.
  package static func columnNames(by: [String]) -> [String] { by + ownColumns }

  private static let ownColumns = [
    "term", "estimate", "standard_error", "t", "p", "observations", "residual_standard_error", "r_squared",
    "note",
  ]

  /// Throws where two columns of the table would have one name.
  package static func checkNames(by: [String], source: String) throws(TabularError) {
    guard let name = by.first(where: ownColumns.contains) else { return }
    throw .unusable(
      file: source,
      message:
        "column \"\(printable(name))\" tells the groups apart, and the table of their fits has a column of that name; rename it, or print JSON"
    )
  }

  /// Writes a table with a row for each coefficient of each group: whole, or not at all.
  ///
  /// - Parameters:
  ///   - path: the file; "-" is standard output.
  ///   - encoder: its format.
  /// - Complexity: O(groups p³), on all threads.
  package func write(to path: String, _ encoder: CSVEncoder) throws(TabularError) {
    var writer = try TableWriter(path, Self.columnNames(by: by), encoder)
    try forEachBlock { (groups) throws(TabularError) in
      let table = self.table(groups)
      return (bytes: try encoder.rows(table), rows: table.rowCount)
    } take: { (block) throws(TabularError) in
      try writer.append(block.bytes, rows: block.rows)
    }
    try writer.finish()
  }

  /// Writes a line of JSON for each group: whole, or not at all.
  package func writeJSON(to path: String) throws(TabularError) {
    let file = try OutputFile(path)
    try forEachBlock { (groups) in
      groups.flatMap { Array(self.json(at: $0).utf8) + [UInt8(ascii: "\n")] }
    } take: { (lines) throws(TabularError) in
      try file.write(lines)
    }
    try file.commit()
  }

  /// Works on blocks of groups on all threads, and takes the results in their order.
  private func forEachBlock<Result: Sendable>(
    work: @escaping @Sendable (Range<Int>) throws(TabularError) -> Result,
    take: (Result) throws(TabularError) -> Void
  ) throws(TabularError) {
    // Some ten thousand numbers.
    let size = Swift.max(1, 4096 / Swift.max(1, terms.count)), count = count
    let blocks = (count + size - 1) / size, next = Mutex(0)
    try inOrder(threads: Swift.max(1, Swift.min(blocks, Parallelism.threads))) {
      let block = next.withLock { position in
        defer { position += 1 }
        return position
      }
      return block < blocks ? (block, block * size..<Swift.min((block + 1) * size, count)) : nil
    } makeWork: {
      work
    } take: { (result) throws(TabularError) in
      try take(result)
    }
  }

  /// The rows of some groups.
  private func table(_ groups: Range<Int>) -> Table {
    let terms = terms, rows = groups.count * terms.count
    var numbers = (0..<7).map { _ in
      var column: [Double] = []
      column.reserveCapacity(rows)
      return column
    }
    var words = by.map { _ in TableColumn.Words() }, notes = TableColumn.Words()
    for position in groups {
      let solution = solution(at: position), coefficients = solution.coefficients
      for index in coefficients.indices {
        let row = coefficients[index]
        let t = row.tStatistic
        numbers[0].append(row.estimate ?? .nan)
        numbers[1].append(row.standardError ?? .nan)
        numbers[2].append(t ?? .nan)
        numbers[3].append(row.pValue ?? .nan)
        numbers[4].append(Double(solution.observations))
        numbers[5].append(solution.residualStandardError ?? .nan)
        numbers[6].append(solution.rSquared ?? .nan)
      }
      for (column, word) in self.words(at: position).enumerated() {
        words[column].append(word, times: terms.count)
      }
      notes.append(solution.note(design), times: terms.count)
    }
    let names = TableColumn.Words(
      codes: (0..<rows).map { Int32($0 % terms.count) }, levels: WordList(terms))
    let columns =
      words.map(TableColumn.Values.words) + [.words(names)] + numbers.map(TableColumn.Values.numbers)
      + [.words(notes)]
    return Table(
      source: formula,
      columns: zip(Self.columnNames(by: by), columns).map { TableColumn(name: $0, values: $1) },
      rowCount: rows, places: RowPlaces(file: formula, firstLine: 1))
  }
}

extension TableColumn.Words {
  /// Appends fields of one word, or missing ones.
  fileprivate mutating func append(_ word: String?, times: Int) {
    let code = word == nil ? -1 : Int32(levels.count)
    if let word { levels.append(word) }
    codes.append(contentsOf: repeatElement(code, count: times))
  }
}

extension GroupedFits {
  /// The fit of a group as JSON, on one line.
  private func json(at position: Int) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let fit = self[position]
    do {
      return String(decoding: try encoder.encode(GroupRecord(fit, by, terms)), as: UTF8.self)
    } catch {
      fatalError("the fit of a group cannot be encoded: \(error); this is a bug in swift-linear-regression")
    }
  }
}

/// The fit of a group as JSON has it; null for what does not exist.
private struct GroupRecord: Encodable {
  let fit: GroupFit
  let by: [String]
  let terms: [String]

  init(_ fit: GroupFit, _ by: [String], _ terms: [String]) {
    (self.fit, self.by, self.terms) = (fit, by, terms)
  }

  private enum Key: String, CodingKey {
    case group, observations, coefficients, residualStandardError, rSquared, degreesOfFreedom, note
    case term, estimate, standardError, tStatistic, pValue
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(Dictionary(zip(by, fit.group)) { first, _ in first }, forKey: .group)
    try container.encode(fit.observations, forKey: .observations)
    var rows = container.nestedUnkeyedContainer(forKey: .coefficients)
    for (term, row) in zip(terms, fit.coefficients) {
      var coefficient = rows.nestedContainer(keyedBy: Key.self)
      try coefficient.encode(term, forKey: .term)
      try coefficient.encode(row.estimate, forKey: .estimate)
      try coefficient.encode(row.standardError, forKey: .standardError)
      try coefficient.encode(row.tStatistic, forKey: .tStatistic)
      try coefficient.encode(row.pValue, forKey: .pValue)
    }
    try container.encode(fit.residualStandardError, forKey: .residualStandardError)
    try container.encode(fit.rSquared, forKey: .rSquared)
    try container.encode(fit.degreesOfFreedom, forKey: .degreesOfFreedom)
    try container.encode(fit.note, forKey: .note)
  }
}
