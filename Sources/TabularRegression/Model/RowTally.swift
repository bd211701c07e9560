/// How many rows of a kind there are, by what they have in common: a column, or a dependency that does not hold.
package struct RowTally: Sendable, Codable {
  /// How many there are.
  package private(set) var rowCount = 0
  /// How many there are of each kind.
  package private(set) var counts: [String: Int] = [:]
  /// The file and line of the first, and its kind.
  package private(set) var first: First?

  package struct First: Sendable, Codable {
    package let file: String
    package let line: Int
    package let kind: String
  }

  package init() {}

  /// Counts rows of a block, which are in order for each kind.
  init(_ found: [(kind: String, rows: [Int])], _ table: Table) {
    var all: Set<Int> = []
    for (kind, rows) in found where !rows.isEmpty {
      counts[kind, default: 0] += rows.count
      all.formUnion(rows)
    }
    rowCount = all.count
    guard let row = all.min(), let kind = found.first(where: { $0.rows.first == row })?.kind else { return }
    let place = table.places[row]
    first = First(file: place.file, line: place.line, kind: kind)
  }

  /// Counts those of a later block too.
  package mutating func merge(_ later: RowTally) {
    rowCount += later.rowCount
    counts.merge(later.counts, uniquingKeysWith: +)
    first = first ?? later.first
  }
}
