public import LinearRegression

/// Whether two answers to the same question differ by no more than rounding explains.
///
/// A sum of m terms, rounded after each of them, is uncertain by about ε √m times the size of the sums that occur;
/// that size is taken to be the reference's largest element. So answers agree when
/// max |answer − reference| / max |reference| ≤ 4 ε √m. With a NaN anywhere they do not.
public struct Agreement {
  /// max |answer − reference| / max |reference|
  public let error: Double

  /// 4 ε √m
  public let bound: Double

  /// Whether the error is within the bound.
  public var holds: Bool { error <= bound }

  /// Compares answers that consist of several matrices, such as weights and a bias, taken together.
  ///
  /// - Parameters:
  ///   - answer: matrices.
  ///   - reference: as many matrices of the same shapes.
  ///   - terms: m, the number of terms that are summed up for an element of the answer.
  public init<Scalar>(_ answer: [Matrix<Scalar>], _ reference: [Matrix<Scalar>], terms: Int) {
    self.init(answer, reference, within: 4 * Double(Scalar.ulpOfOne) * Double(terms).squareRoot())
  }

  /// Compares answers that are not the same but for rounding, such as a trained model and the one that the data come
  /// from.
  ///
  /// - Parameters:
  ///   - answer: matrices.
  ///   - reference: as many matrices of the same shapes.
  ///   - bound: the largest error that is allowed.
  public init<Scalar>(_ answer: [Matrix<Scalar>], _ reference: [Matrix<Scalar>], within bound: Double) {
    precondition(answer.map(\.shape) == reference.map(\.shape), "answers of different shapes")
    var difference = 0.0, magnitude = 0.0
    for (answer, reference) in zip(answer, reference) {
      difference = larger(difference, largestMagnitude(answer, minus: reference))
      magnitude = larger(magnitude, largestMagnitude(reference, minus: nil))
    }
    error = difference == 0 ? 0 : difference / magnitude
    self.bound = bound
  }
}

/// The larger of two numbers, or NaN if one of them is.
private func larger(_ a: Double, _ b: Double) -> Double { a.isNaN || a > b ? a : b }

/// max |aᵢ − bᵢ|, formed in Double; NaN if there is one.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func largestMagnitude<Scalar: BLASScalar>(_ a: Matrix<Scalar>, minus b: Matrix<Scalar>?) -> Double {
  a.withUnsafeElements { a in
    guard let b else { return a.reduce(0) { larger($0, abs(Double($1))) } }
    return b.withUnsafeElements { b in
      zip(a, b).reduce(0) { larger($0, abs(Double($1.0) - Double($1.1))) }
    }
  }
}
