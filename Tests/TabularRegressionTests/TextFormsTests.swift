import Foundation
import TestSupport
import Testing

@testable import TabularRegression

/// Forms of text beside the usual one.
@Suite struct TextFormsTests {
  let folder = TemporaryFolder()

  private func path(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path(name)))
    return folder.path(name)
  }

  // MARK: Delimiters

  @Test func eachFileHasTheDelimiterOfItsEnding() throws {
    let paths = [
      try path("a.csv", "x,y\n1,u\n2,\"v\tw\"\n"), try path("b.tsv", "x\ty\n3\tu,v\n"),
      try path("c.TSV", "x\ty\n4\tu\n"), try path("d.txt", "x,y\n5,w\n"),
    ]
    let levels = ["u", "v\tw", "u,v", "w"]
    for paths in [paths, [paths[1], paths[0], paths[2], paths[3]]] {
      for table in [try Table(csv: paths), try Table(all: TableFile(paths))] {
        #expect(try Set(table.column("x")) == [1, 2, 3, 4, 5])
        guard case .words(let words) = try table.find("y").values else { return #expect(Bool(false)) }
        #expect(words.levels.sorted() == levels.sorted())
      }
    }
    // What is said holds for all.
    let tabs = ReadingOptions(delimiter: "\t")
    #expect(throws: TabularError.self) { try Table(csv: Array(paths[..<2]), options: tabs) }
    #expect(try Table(csv: [paths[1], paths[2]], options: tabs).rowCount == 2)
    #expect(
      try Table(all: TableFile([paths[0]], .csv)).columnNames == ["x", "y"]
        && TableFile([paths[1]], .csv, options: ReadingOptions(hasHeader: false)).columnNames == ["V1"])
    // Texts in memory have names only for messages.
    #expect(try Table(csvText: "x,y\n1,2\n", source: "t.tsv").columnNames == ["x", "y"])
  }
}
