import Testing

@testable import Drawing

@Suite struct TickLabelTests {
  private func labels(_ low: Double, _ high: Double, _ count: Int, _ style: NumberStyle = .typeset)
    -> [String]
  {
    Decimal.labels(LinearTicks.ticks(low: low, high: high, count: count), style)
  }

  private func logarithmic(_ low: Double, _ high: Double, _ count: Int, _ style: NumberStyle = .typeset)
    -> [String]
  {
    Decimal.logarithmicLabels(LogarithmicTicks.ticks(low: low, high: high, count: count), style)
  }

  @Test func fewestDigits() {
    #expect(labels(0, 1, 6) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    #expect(labels(0, 100, 5) == ["0", "25", "50", "75", "100"])
    #expect(labels(-1, 1, 5) == ["−1.0", "−0.5", "0.0", "0.5", "1.0"])
    #expect(labels(-1, 1, 5, .ascii) == ["-1.0", "-0.5", "0.0", "0.5", "1.0"])
    #expect(labels(1e9, 1e9 + 2, 3) == ["1000000000", "1000000001", "1000000002"])
  }

  @Test func powersOfTen() {
    #expect(labels(0, 1e7, 3) == ["0", "0.5×10⁷", "1.0×10⁷"])
    #expect(labels(0, 4e8, 3) == ["0", "2×10⁸", "4×10⁸"])
    #expect(labels(-2e-12, 2e-12, 3) == ["−2×10⁻¹²", "0", "2×10⁻¹²"])
    #expect(labels(-2e-12, 2e-12, 3, .ascii) == ["-2e-12", "0", "2e-12"])
    #expect(labels(0, 1e300, 3) == ["0", "0.5×10³⁰⁰", "1.0×10³⁰⁰"])
  }

  @Test func logarithms() {
    #expect(logarithmic(0.001, 100, 6) == ["0.001", "0.01", "0.1", "1", "10", "100"])
    #expect(logarithmic(1e-6, 1, 7) == ["10⁻⁶", "10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "1"])
    #expect(logarithmic(1e6, 1e7, 4, .ascii) == ["1e6", "2e6", "5e6", "1e7"])
    #expect(logarithmic(1e6, 1e7, 4) == ["10⁶", "2×10⁶", "5×10⁶", "10⁷"])
  }
}
