import Testing

@testable import LinearRegression

@Suite struct RowPassTests {
  @Test(arguments: [0, 1, 15, 16, 17, 1000, 4096, 4099, 100_000])
  func everyRowComesOnceInBlocksInOrder(rows: Int) {
    for threads in [1, 2, 3, 8] {
      let pass = RowPass(rows: rows, rowBytes: 1 << 14, threads: threads)  // blocks of 16 rows
      let ranges = pass.reduce {
        [Range<Int>]()
      } add: {
        $0.append($1)
      } merge: {
        $0 += $1
      }
      #expect(ranges.flatMap { $0 } == Array(0..<rows))
      #expect(ranges.allSatisfy { $0.count <= pass.blockRows && !$0.isEmpty })
    }
  }

  @Test func theNumberOfThreadsDoesNotChangeABit() {
    var generator = SeededGenerator(seed: 40)
    let values = (0..<10_000).map { _ in Float(generator.nextNormal()) }
    let sums = [1, 2, 3, 4, 8].map { threads in
      RowPass(rows: values.count, rowBytes: 1 << 12, threads: threads)
        .reduce {
          Float(0)
        } add: { sum, rows in
          for row in rows { sum += values[row] }
        } merge: {
          $0 += $1
        }
    }
    #expect(Set(sums).count == 1)
    // The order of additions matters here, so that the test would notice another one.
    #expect(sums[0] != values.reduce(0, +))
  }
}
