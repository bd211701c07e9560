import LinearAlgebra
import Testing

@testable import Drawing

@Suite struct TicksTests {
  private func linear(_ low: Double, _ high: Double, _ count: Int) -> [Double] {
    LinearTicks.ticks(low: low, high: high, count: count).map(\.value)
  }

  private func logarithmic(_ low: Double, _ high: Double, _ count: Int) -> [Double] {
    LogarithmicTicks.ticks(low: low, high: high, count: count).map(\.value)
  }

  /// What the author of the algorithm says of this range in the documentation of his package labeling.
  @Test func published() {
    #expect(linear(8.1, 14.1, 4) == [8, 10, 12, 14])
  }

  /// Where steps of the first kind fit the data exactly and are as many as are asked for, every term of the score has its
  /// largest value.
  @Test func exactFits() {
    #expect(linear(0, 5, 6) == [0, 1, 2, 3, 4, 5])
    #expect(linear(-0.2, 0.3, 6) == [-0.2, -0.1, 0, 0.1, 0.2, 0.3])
    #expect(linear(0, 1, 11) == [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1])
  }

  /// The score does not depend on the unit of powers of ten, nor on the sign.
  @Test(arguments: [-300, -20, 3, 15, 300]) func unitsDoNotMatter(power: Int) {
    let scale = Decimal(mantissa: 1, exponent: power).value
    let ticks = LinearTicks.ticks(low: 8.1 * scale, high: 14.1 * scale, count: 4)
    #expect(ticks.map(\.value) == [8, 10, 12, 14].map { Double("\($0)e\(power)") })
    let negative = LinearTicks.ticks(low: -14.1 * scale, high: -8.1 * scale, count: 4)
    #expect(negative.map(\.value) == [-14, -12, -10, -8].map { Double("\($0)e\(power)") })
  }

  @Test func ofNoRange() {
    #expect(linear(1, 1, 5).isEmpty)
    #expect(linear(2, 1, 5).isEmpty)
    #expect(linear(0, .infinity, 5).isEmpty)
    #expect(linear(0, 1, 1).isEmpty)
    #expect(logarithmic(0, 10, 5).isEmpty)
    #expect(logarithmic(1, 1, 5).isEmpty)
  }

  /// Ticks are evenly spaced, cover most of the data, and are about as many as were asked for.
  @Test func randomRanges() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<500 {
      let size = Decimal(mantissa: 1, exponent: generator.nextInteger(below: 600) - 300).value
      let low = generator.nextNormal() * size, span = abs(generator.nextNormal()) * size
      let count = 3 + generator.nextInteger(below: 8)
      let ticks = linear(low, low + span, count)
      #expect(
        ticks.count > 1 && abs(ticks.count - count) <= count / 2 + 1, "\(low) … \(low + span), \(count)")
      let steps = zip(ticks.dropFirst(), ticks).map { $0 - $1 }
      #expect(steps.allSatisfy { $0 > 0 && abs($0 - steps[0]) < 1e-6 * steps[0] })
      #expect((ticks.last ?? 0) - (ticks.first ?? 0) > 0.5 * span)
    }
  }

  @Test func decades() {
    #expect(logarithmic(1, 1000, 6) == [1, 10, 100, 1000])
    #expect(logarithmic(1, 100, 8) == [1, 2, 5, 10, 20, 50, 100])
    #expect(logarithmic(0.003, 0.4, 4) == [0.01, 0.1])
    #expect(logarithmic(1e-12, 1, 5) == [1e-12, 1e-9, 1e-6, 1e-3, 1])
    // Less than a decade: as on a linear axis.
    #expect(logarithmic(1.1, 1.5, 5) == [1.1, 1.2, 1.3, 1.4, 1.5])
  }

  @Test func randomDecades() {
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<500 {
      let size = Decimal(mantissa: 1, exponent: generator.nextInteger(below: 500) - 250).value
      let low = (0.1 + generator.nextUniform()) * size
      let high = low * Decimal(mantissa: 11, exponent: generator.nextInteger(below: 30) - 1).value
      let count = 3 + generator.nextInteger(below: 8)
      let ticks = logarithmic(low, high, count)
      #expect(ticks.count > 1 && ticks.count <= count + count / 2, "\(low) … \(high), \(count): \(ticks)")
      #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0 < $1 })
    }
  }
}
