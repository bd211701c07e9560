internal import LinearAlgebra

/// mantissa · 10^exponent, exactly.
struct Decimal: Equatable, Sendable {
  var mantissa: Int
  var exponent: Int

  /// The nearest Double; infinite where there is none.
  var value: Double { Double("\(mantissa)e\(exponent)") ?? .nan }

  /// The exponent of the first digit.
  var magnitude: Int { exponent + digits.count - 1 }

  private var digits: String { String(mantissa.magnitude) }

  /// All digits, with a point where the exponent asks for one: "-0.25", "1500".
  private func plain(_ style: NumberStyle) -> String {
    let sign = mantissa < 0 ? style.minus : ""
    if exponent >= 0 { return sign + digits + (mantissa == 0 ? "" : String(repeating: "0", count: exponent)) }
    let padded = String(repeating: "0", count: max(0, 1 - exponent - digits.count)) + digits
    return sign + padded.dropLast(-exponent) + "." + padded.suffix(-exponent)
  }

  /// Labels of the numbers of a linear axis, with the same number of decimals, the fewest that tell them apart; as
  /// multiples of one power of ten where that is shorter than all their digits.
  static func labels(_ numbers: [Decimal], _ style: NumberStyle) -> [String] {
    guard var exponent = numbers.map(\.exponent).min() else { return [] }
    var mantissas = numbers.map { number in
      (0..<max(0, min(18, number.exponent - exponent))).reduce(number.mantissa) { product, _ in product &* 10
      }
    }
    while mantissas.contains(where: { $0 != 0 }), mantissas.allSatisfy({ $0 % 10 == 0 }) {
      mantissas = mantissas.map { $0 / 10 }
      exponent += 1
    }
    let common = mantissas.map { Decimal(mantissa: $0, exponent: exponent) }
    let magnitude = common.filter { $0.mantissa != 0 }.map(\.magnitude).max() ?? 0
    // "1000000" and "0.00001" are as long as a label may be without a power of ten.
    let length = max(magnitude + 1, 1) + (exponent < 0 ? 1 - exponent : 0)
    let scientificLength = 1 + (magnitude > exponent ? 1 + magnitude - exponent : 0) + 4
    if length <= 7 || length <= scientificLength { return common.map { $0.plain(style) } }
    return common.map { number in
      if number.mantissa == 0 { return "0" }
      let factor = Decimal(mantissa: number.mantissa, exponent: number.exponent - magnitude).plain(style)
      return style.scientific(factor, magnitude)
    }
  }

  /// Labels of the numbers of a logarithmic axis: plain where all are short, else as powers of ten.
  static func logarithmicLabels(_ numbers: [Decimal], _ style: NumberStyle) -> [String] {
    if numbers.allSatisfy({ (-3...4).contains($0.magnitude) }) { return numbers.map { $0.plain(style) } }
    return numbers.map { number in
      if (0...1).contains(number.magnitude), number.exponent >= 0 { return number.plain(style) }
      if number.mantissa == 1 { return style.power(number.exponent) }
      let factor = Decimal(mantissa: number.mantissa, exponent: number.exponent - number.magnitude)
      return style.scientific(factor.plain(style), number.magnitude)
    }
  }

  /// ⌊log₁₀ value⌋ for a value above 0.
  static func magnitude(of value: Double) -> Int { Int(CLibrary.decimalLogarithm(value).rounded(.down)) }
}

/// The characters in which numbers are written.
enum NumberStyle: Sendable {
  /// −2×10⁻³
  case typeset
  /// -2e-3
  case ascii

  var minus: String { self == .typeset ? "−" : "-" }

  func power(_ exponent: Int) -> String {
    self == .typeset ? "10" + superscript(exponent) : "1e\(exponent)"
  }

  func scientific(_ factor: String, _ exponent: Int) -> String {
    self == .typeset ? factor + "×10" + superscript(exponent) : "\(factor)e\(exponent)"
  }

  private func superscript(_ exponent: Int) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return (exponent < 0 ? "⁻" : "")
      + String(String(exponent.magnitude).map { digits[$0.wholeNumberValue ?? 0] })
  }
}
