import Foundation
import Testing

/// The seeds that `make fuzz` starts from decode and can be used.
@Suite struct DecodablesTests {
  static let corpus = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "../../Fuzz/Corpus")

  @Test(arguments: Decodables.uses.keys.sorted()) func seedsDecodeAndCanBeUsed(name: String) throws {
    let folder = Self.corpus.appending(path: name)
    let seeds = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    #expect(!seeds.isEmpty)
    for seed in seeds {
      #expect(Decodables.uses[name]!(try Data(contentsOf: seed)), "\(seed.lastPathComponent)")
    }
  }
}
