internal import LinearAlgebra

/// The function g of a target g(y), whose inverse leads from predictions back to the scale of y.
enum TargetFunction: Equatable {
  /// y itself.
  case identity
  /// log(y), log2(y), log10(y), log(y, base).
  case logarithm(base: Base)
  /// log1p(y)
  case logarithmOfOnePlus
  /// sqrt(y)
  case squareRoot

  enum Base: Equatable {
    case e
    case number(Double)
  }

  /// The function of a target; nil for one whose inverse is not known here.
  init?(_ target: Expression) {
    switch target {
    case .column: self = .identity
    case .apply(.identity, let operands), .apply(.parentheses, let operands): self.init(operands[0])
    case .apply(.log, let operands) where operands.count == 2:
      guard case .number(let base) = operands[1], base > 0, base != 1 else { return nil }
      self = .logarithm(base: .number(base))
    case .apply(.log, _): self = .logarithm(base: .e)
    case .apply(.log2, _): self = .logarithm(base: .number(2))
    case .apply(.log10, _): self = .logarithm(base: .number(10))
    case .apply(.log1p, _): self = .logarithmOfOnePlus
    case .apply(.sqrt, _): self = .squareRoot
    default: return nil
    }
  }

  /// What a target is the function of.
  static func operand(of target: Expression) -> Expression {
    switch target {
    case .apply(.identity, let operands), .apply(.parentheses, let operands): operand(of: operands[0])
    case .apply(_, let operands): operands[0]
    default: target
    }
  }

  /// Whether the mean of the inverse depends on the spread of the residuals.
  var needsSmearing: Bool { self != .identity }

  /// g⁻¹; of a square root that is negative, 0.
  func inverse(_ value: Double) -> Double {
    switch self {
    case .identity: value
    case .logarithm(let base): base.power(value)
    case .logarithmOfOnePlus: CLibrary.exponentialMinusOne(value)
    case .squareRoot: value < 0 ? 0 : value * value
    }
  }

  /// The factor by which a residual multiplies the inverse of a prediction (that and 1 for log1p); 1 for others.
  func factor(_ residual: Double) -> Double {
    switch self {
    case .logarithm(let base): base.power(residual)
    case .logarithmOfOnePlus: CLibrary.exponential(residual)
    case .identity, .squareRoot: 1
    }
  }

  /// Duan's estimate of the mean of y where g(y) is predicted: the mean of g⁻¹(ŷ + e) over the residuals e of the fit. A
  /// class of residuals of mean m and variance v has the mean (ŷ + m)² + v for a square root, and 0 where ŷ + m is below
  /// 0; a class on the border counts as a whole.
  func mean(_ prediction: Double, _ smearing: Smearing) -> Double {
    switch self {
    case .identity: return prediction
    case .logarithm(let base): return smearing.factor * base.power(prediction)
    case .logarithmOfOnePlus:
      // S eᵖ − 1 = S (eᵖ − 1) + (S − 1), which does not cancel for small p.
      return smearing.factor * CLibrary.exponentialMinusOne(prediction) + (smearing.factor - 1)
    case .squareRoot:
      return (smearing.classes ?? []).reduce(0) { sum, residuals in
        let middle = prediction + residuals.mean
        return sum + residuals.weight * (inverse(middle) + (middle > 0 ? residuals.variance : 0))
      }
    }
  }
}

extension TargetFunction.Base {
  fileprivate func power(_ exponent: Double) -> Double {
    switch self {
    case .e: CLibrary.exponential(exponent)
    case .number(let base): CLibrary.power(base, exponent)
    }
  }
}
