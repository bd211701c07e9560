import Foundation
import TestSupport
import Testing

/// Files of more text than is kept in memory.
@Suite struct LargeFileTests {
  let folder = TemporaryFolder()

  /// y = 2 x + 1 to the last decimal, of which Doubles lose digits.
  private func write(_ name: String, rows: Int) throws {
    let note = String(repeating: "a note that nobody reads; ", count: 32)
    var text = "x,y,note\n"
    for row in 0..<rows {
      let i = row * 7919 % rows
      text += "\(1_000_000_000_000 + i).1,\(2_000_000_000_001 + 2 * i).2,\(note)\n"
    }
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path(name)))
  }

  @Test func allDecimalsTakePartInDoubleDouble() throws {
    try write("t.csv", rows: 21_000)
    let location = URL(fileURLWithPath: folder.path(""))
    let fit = "fit 'y ~ x' --json --precision extended"
    let outcome = try shell("linreg \(fit) t.csv --explain --threads 1", in: location)
    let json = try #require(
      JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let coefficients = try #require(json["coefficients"] as? [[String: Any]])
    #expect(coefficients.map { $0["estimate"] as? Double } == [1, 2])
    let certificate = try #require(json["certificate"] as? [String: Any])
    #expect(certificate["solver"] as? String == "qr+extended")
    // 24 bytes of each row would be 504 kB.
    #expect(
      outcome.error.contains(/data +21000 rows, 1 feature\n(.*\n)*memory +1\d\d kB of columns/),
      "\(outcome.error)")
    let again = try shell("cat t.csv | linreg \(fit) - --threads 3", in: location)
    #expect(again.output == outcome.output && again.status == 0)
  }
}
