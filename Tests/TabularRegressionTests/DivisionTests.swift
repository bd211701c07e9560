import Foundation
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// Rows in one file, in several, in shares, on any number of threads: the same bits, where the rows are divided between
/// leaves.
@Suite struct DivisionTests {
  private static let blockSize = 3000
  private static let header = "y,x,zip,w\n"

  private static let rows: [String] = {
    var generator = SeededGenerator(seed: 7)
    return (0..<1500).map { row in
      let x = generator.nextNormal()
      return "\(2 * x + generator.nextNormal() + Double(row % 5)),\(x),L\(row * row % 41),\(row % 3)\n"
    }
  }()

  /// The rows of each leaf: as many as end within the size of a block.
  private static let leaves: [String] = {
    var leaves = [""]
    for row in rows {
      if leaves[leaves.count - 1].utf8.count + row.utf8.count > blockSize { leaves.append("") }
      leaves[leaves.count - 1] += row
    }
    return leaves
  }()

  private func reader(_ texts: [String]) throws -> TableReader {
    try TableReader(
      texts.enumerated().map { .memory(Array((Self.header + $1).utf8), name: "\($0).csv") },
      options: ReadingOptions(), blockSize: Self.blockSize)
  }

  private static let divisions = {
    let last = leaves.count
    return [
      [0, last], [0, 1, last], [0, last / 2, last - 1, last], Array(0...last), [0, 3, 4, 5, 9, 13, 14, last],
    ]
  }()

  private func files(_ division: [Int]) -> [String] {
    zip(division, division.dropFirst()).map { Self.leaves[$0..<$1].joined() }
  }

  @Test(arguments: ["y ~ x", "y ~ x + zip", "y ~ x*I(x^2) - 1", "cbind(y, x) ~ w"])
  func anyDivisionHasTheBitsOfTheWhole(text: String) throws {
    let formula = try Formula(text), weights = text.contains("w") ? nil : "w"
    #expect(Self.leaves.count > 14)
    func share(_ texts: [String]) throws -> Share {
      try Share(formula, reading: reader(texts), weights: weights)
    }
    let whole = try share([Self.rows.joined()])
    let fits = try whole.solvePerTarget()
    for division in Self.divisions {
      let files = files(division)
      for threads in [1, 2, 3, 8] {
        let together = try Parallelism.$threads.withValue(threads) { try share(files) }
        let solved = try together.solvePerTarget()
        #expect(solved.map(\.statistics) == fits.map(\.statistics), "\(division) on \(threads) threads")
        #expect(solved.map(\.coefficientStatistics) == fits.map(\.coefficientStatistics))
      }
      var parts = try files.map { try share([$0]) }
      // Neighbours first, from the end.
      while parts.count > 1 {
        let later = parts.removeLast()
        try parts[parts.count - 1].merge(later)
      }
      #expect(
        try parts[0].solvePerTarget().map(\.coefficientStatistics) == fits.map(\.coefficientStatistics),
        "\(division)")
      #expect(try Share(RandomAccessFile(parts[0].fileBytes, name: "x")) == parts[0])
    }
  }

  /// Rows of a level that the design does not know would count as those of another.
  @Test func aLevelThatIsUnknownIsDamage() throws {
    let share = try Share(Formula("y ~ x + zip"), reading: reader([Self.rows.joined()]))
    var file = OpenedFile(share.fileBytes)
    func read() throws -> Share { try Share(RandomAccessFile(file.sealed(Share.envelope), name: "x")) }
    #expect(try read() == share)
    // Words stand in the design and behind it in each part.
    let word = try #require(file.arrays.indices.last { file.arrays[$0...].starts(with: "L4".utf8) })
    file.arrays[word] = UInt8(ascii: "K")
    #expect(
      throws: TabularError.model(
        path: "x", message: "the share is damaged: its contents do not fit together; accumulate it again")
    ) { try read() }
  }
}
