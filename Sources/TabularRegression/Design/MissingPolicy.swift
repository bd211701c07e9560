/// What becomes of rows in which a field that is used is missing. The target and the weights are never filled.
public enum MissingPolicy: Hashable, Sendable {
  /// They are an error that says where.
  case refuse
  /// They are left out of a fit; predictions for such rows are missing too.
  case drop
  /// Missing numbers are replaced by the mean of the others in the rows of the fit; a missing word is an error.
  case mean
  /// Missing numbers are replaced by this one; a missing word is an error.
  case constant(Double)

  /// Whether missing numbers are replaced.
  var fills: Bool { self != .refuse && self != .drop }
}

extension MissingPolicy: CustomStringConvertible {
  /// "refuse", "drop", "mean", or the constant.
  public var description: String {
    switch self {
    case .refuse: "refuse"
    case .drop: "drop"
    case .mean: "mean"
    case .constant(let value): Expression.text(of: value)
    }
  }

  /// The policy of a description; nil where it is none.
  public init?(_ description: String) {
    switch description {
    case "refuse": self = .refuse
    case "drop": self = .drop
    case "mean": self = .mean
    default:
      guard let value = Double(description), value.isFinite else { return nil }
      self = .constant(value)
    }
  }
}

/// In files, as the description.
extension MissingPolicy: Codable {
  /// Reads the description.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let policy = MissingPolicy(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "no policy")
    }
    self = policy
  }

  /// Writes the description.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// What becomes of a row whose category has a level that the fit did not see.
public enum UnseenPolicy: String, Sendable, CaseIterable {
  /// It is an error that says where.
  case error
  /// It counts as the reference level.
  case reference
  /// Its prediction is missing.
  case missing
}

/// What becomes of a row whose prediction the fit does not determine: columns were left out, and the row does not have
/// their dependencies on the others. It is not *estimable*, see `LeastSquaresFit.isEstimable(_:)`.
public enum UnestimablePolicy: String, Sendable, CaseIterable {
  /// Its prediction is missing.
  case missing
  /// It is predicted from the columns that were kept.
  case keep
}
