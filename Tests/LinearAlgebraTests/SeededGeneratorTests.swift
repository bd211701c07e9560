import Foundation
import Testing

@testable import LinearAlgebra

@Suite struct SeededGeneratorTests {
  @Test func referenceNumbers() {
    // The first numbers of the authors' C program from the state 1, 2, 3, 4.
    var generator = SeededGenerator(state: (1, 2, 3, 4))
    let expected: [UInt64] = [
      41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386, 9_228_616_714_210_784_205,
    ]
    #expect((0..<5).map { _ in generator.next() } == expected)
  }

  @Test func seedsGiveTheirOwnSequence() {
    var a = SeededGenerator(seed: 1), b = SeededGenerator(seed: 1), c = SeededGenerator(seed: 2)
    let first = (0..<10).map { _ in a.next() }
    #expect(first == (0..<10).map { _ in b.next() })
    #expect(first != (0..<10).map { _ in c.next() })
  }

  @Test func fourWordsAreDecoded() throws {
    func decoded(_ text: String) throws -> SeededGenerator {
      try JSONDecoder().decode(SeededGenerator.self, from: Data(text.utf8))
    }
    #expect(try decoded("[1,2,3,4]") == SeededGenerator(state: (1, 2, 3, 4)))
    for text in ["[1,2,3,4,5]", "[1,2,3]", "[0,0,0,0]"] {
      #expect(throws: DecodingError.self, "\(text)") { try decoded(text) }
    }
  }

  @Test func integersAreEven() {
    var generator = SeededGenerator(seed: 3)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[generator.nextInteger(below: 7)] += 1 }
    // Five standard deviations of a binomial with n = 70,000, p = 1/7.
    #expect(counts.allSatisfy { abs($0 - 10_000) < 5 * 93 })
  }

  @Test func shuffleKeepsTheElements() {
    var generator = SeededGenerator(seed: 4)
    let permutation = generator.permutation(1000)
    #expect(permutation.sorted() == Array(0..<1000))
    #expect(permutation != Array(0..<1000))
    #expect(generator.permutation(0) == [])
    // Each of the six orders of three elements comes up about as often.
    var counts: [[Int32]: Int] = [:]
    for _ in 0..<6000 { counts[generator.permutation(3), default: 0] += 1 }
    #expect(counts.count == 6)
    #expect(counts.values.allSatisfy { abs($0 - 1000) < 5 * 29 })
  }

  @Test func normalNumbers() {
    var generator = SeededGenerator(seed: 5)
    let sample = (0..<100_000).map { _ in generator.nextNormal() }
    let mean = sample.reduce(0, +) / 1e5
    let variance = sample.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1e5
    #expect(abs(mean) < 5 / 316.0)
    #expect(abs(variance - 1) < 5 * 2.squareRoot() / 316)
    #expect(sample.allSatisfy { $0.isFinite })
  }

  /// Small ones are swapped, large ones dealt to buckets first: every number once, and every place equally likely.
  @Test(arguments: [0, 1, 2, 1000, 1 << 15, 100_003])
  func permutations(count: Int) {
    var generator = SeededGenerator(seed: 3)
    let first = generator.permutation(count), second = generator.permutation(count)
    #expect(first.sorted() == Array(0..<Int32(count)) && second.sorted() == first.sorted())
    if count < 1000 { return }
    #expect(first != second)
    // How far numbers travel: a third of the length on average, with a deviation of √(1/18 / n).
    let distance = first.enumerated().reduce(0.0) { $0 + abs(Double($1.offset) - Double($1.element)) }
    let mean = distance / Double(count) / Double(count)
    #expect(abs(mean - 1.0 / 3) < 5 * (1 / 18.0 / Double(count)).squareRoot())
    // Neighbours do not stay neighbours, and about one number stays where it is.
    #expect(zip(first, first.dropFirst()).count { $1 == $0 + 1 } < 10)
    #expect(first.enumerated().count { $0.offset == Int($0.element) } < 10)
  }

  /// All orders of four, by the shuffle that large permutations end in: equally often, to four standard deviations.
  @Test func ordersAreEquallyLikely() {
    var generator = SeededGenerator(seed: 4)
    var counts: [[Int32]: Int] = [:]
    for _ in 0..<24_000 { counts[generator.permutation(4), default: 0] += 1 }
    #expect(counts.count == 24)
    #expect(counts.values.allSatisfy { abs($0 - 1000) < 4 * 32 })
  }
}
