internal import LinearAlgebra

/// The step size η of SGD, and how it changes over a run.
///
/// A number alone is a constant rate: `SGD(learningRate: 0.03)`.
public enum LearningRate: Equatable, Sendable {
  /// Needs no tuning: steps are preconditioned by what a first pass over the rows finds, and their noise is reduced so
  /// that they end in the least-squares answer. See ``SGD``.
  case automatic

  /// η in every step.
  case constant(Double)

  /// η / (t + 1)^power in step t, counted from 0. scikit-learn's "invscaling".
  case inverseScaling(Double, power: Double = 0.25)

  /// η · factor^⌊epoch / every⌋, epochs counted from 0. PyTorch's `StepLR`.
  case step(Double, factor: Double = 0.5, every: Int = 10)

  /// From η in the first step to `final` at the end of the last epoch, along half a period of the cosine (Loshchilov
  /// and Hutter 2017, arXiv:1608.03983, without restarts).
  case cosine(Double, final: Double = 0)

  /// The rate of the first step; nil for ``automatic``.
  public var initial: Double? {
    switch self {
    case .automatic: nil
    case .constant(let rate), .inverseScaling(let rate, _), .step(let rate, _, _), .cosine(let rate, _): rate
    }
  }

  /// The rate of a step; nil for ``automatic``.
  ///
  /// - Parameters:
  ///   - step: steps taken before, in all epochs.
  ///   - epoch: epochs finished before.
  ///   - steps: number of steps of the whole run.
  public func rate(step: Int, epoch: Int, of steps: Int) -> Double? {
    switch self {
    case .automatic: nil
    case .constant(let rate): rate
    case .inverseScaling(let rate, let power): rate / CLibrary.power(Double(step + 1), power)
    case .step(let rate, let factor, let every): rate * CLibrary.power(factor, Double(epoch / every))
    case .cosine(let rate, let final):
      final + (rate - final) * (1 + CLibrary.cosine(.pi * Double(step) / Double(max(1, steps)))) / 2
    }
  }

  /// Whether the rate changes from step to step, not only from epoch to epoch.
  var changesWithinEpochs: Bool {
    switch self {
    case .inverseScaling, .cosine: true
    case .automatic, .constant, .step: false
    }
  }

  /// What is wrong with the numbers: what they are, and the rule, a clause; nil if nothing is.
  var fault: (value: String, rule: String)? {
    if let initial, !(initial > 0 && initial.isFinite) {
      return ("\(initial)", "it is a positive number, or automatic")
    }
    switch self {
    case .automatic, .constant: return nil
    case .inverseScaling(_, let power):
      return power >= 0 && power.isFinite ? nil : (description, "the power is 0 or more")
    case .step(_, let factor, let every):
      return factor > 0 && factor <= 1 && every > 0
        ? nil : (description, "the factor is above 0 and at most 1, the epochs are 1 or more")
    case .cosine(let rate, let final):
      return final >= 0 && final <= rate ? nil : (description, "it falls, to 0 or more")
    }
  }
}

extension LearningRate: CustomStringConvertible {
  /// In words: "automatic", "0.03", "0.1 falling with the power 0.25 of the steps".
  public var description: String {
    func number(_ value: Double) -> String { formatted(value, significantDigits: 6) }
    return switch self {
    case .automatic: "automatic"
    case .constant(let rate): number(rate)
    case .inverseScaling(let rate, let power):
      "\(number(rate)) falling with the power \(number(power)) of the steps"
    case .step(let rate, let factor, let every):
      "\(number(rate)) times \(number(factor)) every \(every) epochs"
    case .cosine(let rate, let final): "\(number(rate)) falling to \(number(final)) by a cosine"
    }
  }
}

extension LearningRate: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// A constant rate.
  public init(floatLiteral value: Double) { self = .constant(value) }
  /// A constant rate.
  public init(integerLiteral value: Int) { self = .constant(Double(value)) }
}

extension LearningRate: Codable {
  private enum Key: String, CodingKey { case schedule, initial, power, factor, every, final }

  /// Decodes a rate: a constant one is a number, the others are named. One that is not allowed is an error.
  public init(from decoder: any Decoder) throws {
    if let rate = try? decoder.singleValueContainer().decode(Double.self) {
      self = .constant(rate)
    } else {
      let container = try decoder.container(keyedBy: Key.self)
      func value(_ key: Key) throws -> Double { try container.decode(Double.self, forKey: key) }
      switch try container.decode(String.self, forKey: .schedule) {
      case "automatic": self = .automatic
      case "inverseScaling": self = .inverseScaling(try value(.initial), power: try value(.power))
      case "step":
        self = .step(
          try value(.initial), factor: try value(.factor),
          every: try container.decode(Int.self, forKey: .every))
      case "cosine": self = .cosine(try value(.initial), final: try value(.final))
      case let name:
        throw DecodingError.dataCorruptedError(
          forKey: .schedule, in: container, debugDescription: "a schedule named \(name)")
      }
    }
    if let (value, rule) = fault {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "a learning rate of \(value); \(rule)"))
    }
  }

  /// Encodes a constant rate as a number, the others under their names.
  public func encode(to encoder: any Encoder) throws {
    if case .constant(let rate) = self {
      var container = encoder.singleValueContainer()
      return try container.encode(rate)
    }
    var container = encoder.container(keyedBy: Key.self)
    try container.encodeIfPresent(initial, forKey: .initial)
    switch self {
    case .automatic: try container.encode("automatic", forKey: .schedule)
    case .constant: break
    case .inverseScaling(_, let power):
      try container.encode("inverseScaling", forKey: .schedule)
      try container.encode(power, forKey: .power)
    case .step(_, let factor, let every):
      try container.encode("step", forKey: .schedule)
      try container.encode(factor, forKey: .factor)
      try container.encode(every, forKey: .every)
    case .cosine(_, let final):
      try container.encode("cosine", forKey: .schedule)
      try container.encode(final, forKey: .final)
    }
  }
}
