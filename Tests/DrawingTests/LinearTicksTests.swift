import LinearAlgebra
import Testing

@testable import Drawing

@Suite struct LinearTicksTests {
  private func values(_ low: Double, _ high: Double, _ count: Int) -> [Double] {
    LinearTicks.ticks(low: low, high: high, count: count).map(\.value)
  }

  /// Derived by hand from the scores of Talbot, Lin and Hanrahan (2010): where a nice step fits the data exactly and gives
  /// the number that is asked for, every term has its largest value.
  @Test func exactFits() {
    #expect(values(0, 1, 6) == [0, 0.2, 0.4, 0.6, 0.8, 1])
    #expect(values(0, 10, 3) == [0, 5, 10])
    #expect(values(0, 100, 11) == [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100])
    #expect(values(-1, 1, 5) == [-1, -0.5, 0, 0.5, 1])
  }
}
