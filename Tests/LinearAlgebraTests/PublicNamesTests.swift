import Foundation
import Testing

/// The list in CONTRIBUTING of what clients of LinearAlgebra see.
@Suite struct PublicNamesTests {
  @Test func theListIsThatOfTheSources() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..")
    let text = try String(contentsOf: root.appending(path: "CONTRIBUTING.md"), encoding: .utf8)
    let section = try #require(text.firstMatch(of: /(?s)### The public names of LinearAlgebra(.*?)\n###/)).1
    let listed = section.split(separator: "\n").filter { $0.hasPrefix("| ") }.flatMap {
      $0.matches(of: /`(\w+)`/).map { String($0.1) }
    }
    var declared: Set<String> = []
    let sources = root.appending(path: "Sources/LinearAlgebra").standardizedFileURL
    let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
    for case let file as URL in files where file.pathExtension == "swift" {
      let source = try String(contentsOf: file, encoding: .utf8)
      for match in source.matches(
        of: /(?m)^public (?:final )?(?:func|struct|enum|protocol|class|let|var|typealias) (\w+)/)
      {
        declared.insert(String(match.1))
      }
    }
    #expect(Set(listed).subtracting(declared).sorted() == [] && declared.subtracting(listed).sorted() == [])
    #expect(listed.count == Set(listed).count && listed.count > 40)
  }
}
