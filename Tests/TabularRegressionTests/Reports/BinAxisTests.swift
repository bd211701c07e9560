import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import TabularRegression

/// Histograms are the same in whichever order, and in whichever parts, values come.
@Suite struct BinAxisTests {
  private func values(_ seed: UInt64, _ scale: Double) -> [Double] {
    var random = SeededGenerator(seed: seed)
    let normal: Matrix<Double> = random.normalMatrix(300, 1)
    return normal.elements.enumerated().map { $1 * ($0 % 50 == 7 ? scale : 1) }
  }

  @Test(arguments: [1, 1e-6, 1e9, 1e300, 1e-300] as [Double])
  func order(scale: Double) {
    let xs = values(1, scale), ys = values(2, 3)
    func counted(_ parts: [Range<Int>]) -> BinnedCounts {
      var result = BinnedCounts(BinAxis(count: 64), BinAxis(exponent: -1, first: -8, count: 16))
      for part in parts {
        var one = BinnedCounts(BinAxis(count: 64), BinAxis(exponent: -1, first: -8, count: 16))
        one.add(Array(xs[part]), Array(ys[part]))
        result.merge(one)
      }
      return result
    }
    let whole = counted([0..<300])
    #expect(whole.total == 300)
    #expect(counted([0..<7, 7..<8, 8..<300]) == whole)
    #expect(counted([150..<300, 0..<50, 50..<150]) == whole)
    let used = whole.countsOfX.enumerated().filter { $0.element > 0 }
    #expect(used.first!.offset == 0 && used.last!.offset >= 31, "half of the bins at least lie in the range")
    for (bin, count) in used {
      let (low, high) = (whole.x.lowerEdge(of: bin), whole.x.lowerEdge(of: bin + 1))
      #expect(xs.count { low <= $0 && $0 < high } == count)
    }
  }

  @Test func oneValueAndExtremes() {
    let lists: [[Double]] = [
      [0], [5], [-1e308, 1e308], [Double.leastNonzeroMagnitude], [1, 1 + 0x1p-52], [1e308, 1e308], [-3, -3],
    ]
    for values in lists {
      var counts = BinnedCounts(BinAxis(count: 16), BinAxis(exponent: 0, first: 0, count: 1))
      counts.add(values, values.map { _ in 0 })
      #expect(counts.total == values.count)
    }
  }

  @Test func sumsAreThoseOfTheBins() throws {
    let xs = values(3, 100), ys = values(4, 1)
    var whole = BinnedSums(BinAxis(count: 32)), parts = BinnedSums(BinAxis(count: 32))
    whole.add(xs, ys)
    for start in stride(from: 0, to: 300, by: 60) {
      parts.add(Array(xs[start..<start + 60]), Array(ys[start..<start + 60]))
    }
    #expect(whole.counts == parts.counts)
    let groups = whole.groups(most: 5, fewest: 10)
    #expect(groups.reduce(0) { $0 + $1.count } == 300 && groups.allSatisfy { $0.count >= 10 })
    let mean = groups.reduce(0) { $0 + $1.mean * Double($1.count) } / 300
    #expect(abs(mean - ys.reduce(0, +) / 300) < 1e-14)
    let read = try JSONDecoder().decode(BinnedSums.self, from: JSONEncoder().encode(whole))
    #expect(read == whole)
  }
}
