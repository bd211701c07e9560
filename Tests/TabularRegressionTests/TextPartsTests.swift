import Foundation
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// Rows of texts that are read in parts: each once, wherever the parts end.
@Suite struct TextPartsTests {
  /// The rows of a part are those that end in its pieces of the files, wherever lines end and whatever is in quotes.
  @Test(arguments: ["\n", "\r\n", "\r"], [true, false])
  func partsHaveEachRowOnce(lineEnd: String, hasQuotes: Bool) throws {
    for blockSize in [1, 7, 64, 1000] {
      try checkParts(lineEnd: lineEnd, blockSize: blockSize, hasQuotes: hasQuotes)
    }
  }

  /// In a table of one column a blank line is a row, behind the header too, unless nothing but such lines follow.
  @Test func blankLinesOfOneColumn() throws {
    let text = Array("# c, \"\n\n\n!1\n\n42\n\n\n7\n\n\n".utf8)
    func rows(_ part: Part?, _ blockSize: Int) throws -> [Int] {
      let reader = try TableReader(
        [.memory(text, name: "t")], options: ReadingOptions(comment: "#"), blockSize: blockSize, part: part)
      var lines: [Int] = []
      try reader.forEachBlock(threads: 1) { (table) throws(TabularError) in
        (0..<table.rowCount).map { table.places[$0].line }
      } take: {
        lines += $0
      }
      return lines
    }
    for blockSize in [1, 2, 5, 100] {
      #expect(try rows(nil, blockSize) == [5, 6, 7, 8, 9], "\(blockSize)")
      for count in [2, 3, 30] {
        #expect(
          try (1...count).flatMap { try rows(Part($0, of: count), blockSize) } == [5, 6, 7, 8, 9],
          "\(count) parts in blocks of \(blockSize)")
      }
    }
  }

  private func checkParts(lineEnd: String, blockSize: Int, hasQuotes: Bool) throws {
    var generator = SeededGenerator(seed: 3)
    let quoted = [
      "1", "22.5", "\"\"", "\"a\nb\"", "\"\"\"\"", "x\"y", "\"\n\n\"", String(repeating: "w", count: 80),
    ]
    let fields =
      hasQuotes ? quoted : ["1", "22.5", "", "ab", "-", "x y", "é", String(repeating: "w", count: 80)]
    let lines = (0..<120).map { row in
      row % 9 == 4 ? "" : "\(row),\(fields[Int(generator.next() % 8)]),\(fields[Int(generator.next() % 8)])"
    }
    let text = "n,a,b" + lineEnd + lines.joined(separator: lineEnd)
    func reader(_ part: Part?, _ path: String? = nil) throws -> TableReader {
      var options = ReadingOptions()
      options.verbatim = .all
      return try TableReader(
        [path.map(TextOrigin.init) ?? .memory(Array(text.utf8), name: "t.csv")], options: options,
        blockSize: blockSize, part: part)
    }
    func rows(_ reader: TableReader) throws -> [String] {
      var rows: [String] = []
      try reader.forEachBlock(threads: 2) { (table) throws(TabularError) in
        (0..<table.rowCount).map { row in
          let place = table.places[row]
          return "\(place.line): "
            + table.columns.map { column in
              guard case .words(let words) = column.values else { return "?" }
              return words.codes[row] < 0 ? "" : words.levels[Int(words.codes[row])]
            }.joined(separator: "|")
        }
      } take: {
        rows += $0
      }
      return rows
    }
    let all = try rows(reader(nil)), folder = TemporaryFolder(), path = folder.path("t.csv")
    #expect(all.count == lines.count { !$0.isEmpty })
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    for count in [2, 5, 33] {
      #expect(try (1...count).flatMap { try rows(reader(Part($0, of: count))) } == all, "\(count) parts")
      // What stands above a part need not be read again where it is known.
      let readers = try (1...count).map { try reader(Part($0, of: count), path) }
      let contents = try readers.map { try $0.contents()[0] }
      for (index, reader) in readers.enumerated() {
        let above = contents[..<index].compactMap { $0 }
        let sum = above.dropFirst().reduce(into: above.first) { $0?.merge($1) }
        reader.begin(below: [sum])
      }
      #expect(try readers.flatMap { try rows($0) } == all, "\(count) parts of a file")
    }
  }
}
