import TestSupport
import Testing

@testable import LinearRegression

@Suite struct RowPassTests {
  @Test(arguments: [0, 1, 15, 16, 17, 1000, 4096, 4099, 100_000])
  func everyRowComesOnceInBlocksInOrder(rows: Int) {
    let pass = RowPass(rows: rows, blockRows: 16, leafRows: 30)
    for threads in [1, 2, 3, 8] {
      let ranges = Parallelism.$threads.withValue(threads) {
        pass.reduce(Ranges(rowCount: rows)) { RangeList() }.ranges
      }
      #expect(ranges.flatMap { $0 } == Array(0..<rows))
      #expect(ranges.allSatisfy { $0.count <= 16 && !$0.isEmpty })
    }
  }

  @Test func theNumberOfThreadsDoesNotChangeABit() throws {
    var generator = SeededGenerator(seed: 40)
    let X: Matrix<Float> = generator.normalMatrix(30_000, 9),
      noise: Matrix<Float> = generator.normalMatrix(30_000, 2)
    let w: Matrix<Float> = generator.normalMatrix(9, 2), b: Matrix<Float> = [[1, 2]]
    let y = linreg(X, w, b) + noise
    func everything(_ threads: Int) throws -> (Gradient<Float>, LeastSquaresFit, TrainingRun) {
      try Parallelism.$threads.withValue(threads) {
        (gradient(X, targets: y, w, b), try LeastSquares().fit(X, y), try SGD(epochs: 1).train(X, y))
      }
    }
    let one = try everything(1)
    for threads in [2, 3, 4, 8] { #expect(try everything(threads) == one, "\(threads) threads") }
  }
}

/// Rows that are only counted.
private struct Ranges: RowSource {
  let rowCount: Int
  func block(_ rows: Range<Int>) -> Range<Int> { rows }
}

private struct RangeList: Reduction {
  var ranges: [Range<Int>] = []
  mutating func add(_ block: Range<Int>, _: inout Void) { ranges.append(block) }
  mutating func merge(_ later: RangeList) { ranges += later.ranges }
}
