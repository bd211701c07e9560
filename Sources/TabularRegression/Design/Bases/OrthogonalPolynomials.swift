internal import LinearAlgebra

/// Polynomials of the degrees 1, 2, …, k of one variable that are orthogonal to each other and to 1 over the rows of
/// the fit, each of norm 1: R's poly(x, k).
///
/// With P₀ = 1, P₁ = x − α₁ and Pⱼ₊₁ = (x − αⱼ₊₁) Pⱼ − (‖Pⱼ‖² / ‖Pⱼ₋₁‖²) Pⱼ₋₁ the columns are Pⱼ / ‖Pⱼ‖ (Kennedy and
/// Gentle 1980, Statistical Computing, pages 343 to 344). The constants stay those of the fit's rows, so that
/// predictions are formed as the columns of the fit were.
package struct OrthogonalPolynomials: Hashable, Sendable, Codable {
  /// What they are formed of.
  package let key: Key

  /// α₁ … αₖ: R's `alpha`.
  package let alpha: [Double]

  /// 1, ‖P₀‖² = n, ‖P₁‖², …, ‖Pₖ‖²: R's `norm2`.
  package let norm2: [Double]

  /// A variable and the highest degree.
  package struct Key: Hashable, Sendable, Codable, CustomStringConvertible {
    package let operand: Expression
    package let degree: Int

    package init(operand: Expression, degree: Int) { (self.operand, self.degree) = (operand, degree) }

    /// Nil where the variable has no orthogonal polynomials.
    init?(_ variable: Variable) {
      guard case .powers(let call) = variable, call.isOrthogonal else { return nil }
      self.init(operand: call.operand, degree: call.degree)
    }

    /// As the formula has it.
    package var description: String {
      "poly(\(operand), \(degree), raw = FALSE)"
    }
  }

  /// Whether the constants are such as rows have.
  var isSound: Bool {
    alpha.count == key.degree && norm2.count == key.degree + 2 && alpha.allSatisfy(\.isFinite)
      && norm2.allSatisfy { $0.isNormal && $0 > 0 }
  }

  /// Pⱼ(x) / ‖Pⱼ‖, rows × k.
  ///
  /// - Precondition: the constants are sound.
  func values(_ x: ArraySlice<Double>) -> Matrix<Double> {
    var result = Matrix<Double>.zeros(x.count, key.degree)
    for (row, x) in x.enumerated() {
      var (before, last) = (0.0, 1.0)
      for j in 0..<key.degree {
        let ratio = j == 0 ? 0 : norm2[j + 1] / norm2[j]
        (before, last) = (last, (x - alpha[j]) * last - ratio * before)
        result[row, j] = last / norm2[j + 2].squareRoot()
      }
    }
    return result
  }
}

/// What rows are reduced to for their orthogonal polynomials: R of the QR factorisation of [1 t t² … tᵏ] with
/// t = (x − center) / scale. In another center and scale the columns are these times an upper triangular matrix of
/// binomial coefficients, so that R stays triangular: rows of any blocks join.
struct PowerTriangle: Sendable {
  private var count = 0
  private var center = 0.0
  /// A power of two.
  private var scale = 1.0
  private var triangle: UpperTriangularMatrix<Double>

  /// No numbers.
  init(degree: Int) { triangle = UpperTriangularMatrix(order: degree + 1) }

  /// - Complexity: O(n degree²)
  init(_ numbers: [Double], degree: Int) {
    self.init(degree: degree)
    if numbers.isEmpty { return }
    count = numbers.count
    center = Moments(numbers).mean
    scale = Self.scale(numbers.reduce(0) { max($0, abs($1 - center)) })
    var columns = [Double](repeating: 1, count: count * (degree + 1))
    for (row, number) in numbers.enumerated() {
      let t = (number - center) / scale
      for j in 1...degree { columns[j * count + row] = columns[(j - 1) * count + row] * t }
    }
    let height = count
    columns.withUnsafeMutableBufferPointer {
      triangle.factorize(rows: height, $0.baseAddress!, leadingDimension: height)
    }
  }

  /// The power of two that numbers up to a size are divided by.
  private static func scale(_ size: Double) -> Double {
    size > 0 && size.isFinite ? Double(sign: .plus, exponent: size.exponent, significand: 1) : 1
  }

  /// Takes other numbers.
  mutating func merge(_ later: PowerTriangle) {
    if later.count == 0 { return }
    if count == 0 { return self = later }
    let share = Double(later.count) / Double(count + later.count)
    let center = self.center * (1 - share) + later.center * share
    let scale = max(
      self.scale, later.scale, Self.scale(abs(self.center - center)), Self.scale(abs(later.center - center)))
    var other = later
    express(center, scale)
    other.express(center, scale)
    triangle.stack(other.triangle)
    count += other.count
  }

  /// Changes center and scale: t = a u + b, and so tʲ = Σ (j over i) aⁱ bʲ⁻ⁱ uⁱ.
  private mutating func express(_ center: Double, _ scale: Double) {
    let (a, b) = (self.scale / scale, (self.center - center) / scale), order = triangle.order
    // The columns of the new R, from the last on, for each needs those before it.
    for j in (0..<order).reversed() {
      var factors = [Double](repeating: 1, count: j + 1), binomial = 1.0
      for i in (0...j).reversed() {
        factors[i] = binomial
        binomial *= Double(i) / Double(j - i + 1)
      }
      for i in 0...j { for _ in 0..<i { factors[i] *= a } }
      for i in 0...j { for _ in i..<j { factors[i] *= b } }
      for row in 0...j {
        triangle[row, j] = (row...j).reduce(0) { $0 + triangle[row, $1] * factors[$1] }
      }
    }
    (self.center, self.scale) = (center, scale)
  }

  /// The polynomials; nil where the numbers are too few or too close, or powers leave the range of a Double.
  func polynomials(of key: OrthogonalPolynomials.Key) -> OrthogonalPolynomials? {
    let r = triangle
    for j in 0...key.degree {
      let length = norm((0...j).map { r[$0, j] })
      // What rounding leaves of a column that those before it determine.
      if !(abs(r[j, j]) > 64 * Double.ulpOfOne * length) { return nil }
    }
    // ⟨t Pⱼ, Pⱼ⟩ / ‖Pⱼ‖² is how the share of Pⱼ in tʲ⁺¹ exceeds that of Pⱼ₋₁ in tʲ.
    let shares = (0..<key.degree).map { r[$0, $0 + 1] / r[$0, $0] }
    let alpha = shares.indices.map { center + scale * (shares[$0] - ($0 > 0 ? shares[$0 - 1] : 0)) }
    var norms = [1.0], unit = 1.0
    for j in 0...key.degree {
      norms.append(r[j, j] * unit * (r[j, j] * unit))
      unit *= scale
    }
    let result = OrthogonalPolynomials(key: key, alpha: alpha, norm2: norms)
    return result.isSound ? result : nil
  }
}

extension PowerTriangle: Codable {
  private enum Key: String, CodingKey { case count, place, triangle }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(count, forKey: .count)
    try container.encode(StoredArray([center, scale]), forKey: .place)
    try container.encode(StoredArray(triangle.packedColumns), forKey: .triangle)
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    count = try container.decode(Int.self, forKey: .count)
    let place = try container.decode(StoredArray<Double>.self, forKey: .place).wrappedValue
    let packed = try container.decode(StoredArray<Double>.self, forKey: .triangle).wrappedValue
    let order = Int((Double(8 * packed.count + 1).squareRoot() - 1) / 2)
    guard place.count == 2, place.allSatisfy(\.isFinite), place[1] > 0, place[1].significand == 1,
      0...1 << 53 ~= count, order > 1, order * (order + 1) / 2 == packed.count
    else {
      throw DecodingError.dataCorruptedError(forKey: .triangle, in: container, debugDescription: "no powers")
    }
    (center, scale) = (place[0], place[1])
    triangle = UpperTriangularMatrix(order: order, packedColumns: packed)
  }

  /// The highest power.
  var degree: Int { triangle.order - 1 }
}
