/// How the covariance of the coefficients is estimated where the errors may have unequal variances or depend on each
/// other: from the scores sᵢ = wᵢ eᵢ xᵢ of the rows of a fit, V = (XᵀWX)⁻¹ M (XᵀWX)⁻¹ ("sandwich"; Huber 1967; White
/// 1980, doi:10.2307/1912934).
///
/// The numbers are those of R's `sandwich` with the small-sample factors of Stata and fixest. n is the number of
/// observations, k that of the coefficients, hᵢ the leverage of a row.
public enum CovarianceEstimator: Hashable, Sendable {
  /// M = Σ sᵢ sᵢᵀ: errors of unequal variances, no factor.
  case hc0
  /// HC0 times n / (n − k): Stata's `robust`.
  case hc1
  /// M = Σ sᵢ sᵢᵀ / (1 − hᵢ).
  case hc2
  /// M = Σ sᵢ sᵢᵀ / (1 − hᵢ)² (MacKinnon and White 1985, doi:10.1016/0304-4076(85)90158-7).
  case hc3
  /// M = Σ S_g S_gᵀ, S_g being the sum of the scores of a cluster (Liang and Zeger 1986, doi:10.1093/biomet/73.1.13), times
  /// G / (G − 1) · (n − 1) / (n − k) for G clusters; t has G − 1 degrees of freedom.
  ///
  /// By two columns M is that of the first and of the second less that of their intersections (Cameron, Gelbach and
  /// Miller 2011, doi:10.1198/jbes.2010.07136), with the smaller G.
  case clustered(by: [String])
  /// M = Γ₀ + Σ (1 − l / (L + 1)) (Γ_l + Γ_lᵀ) for l from 1 to L, with Γ_l = Σ sᵢ sᵢ₋ₗᵀ, the rows being in the order of
  /// time (Newey and West 1987, doi:10.2307/1913610), times n / (n − k).
  case neweyWest(lags: Int)

  /// The number of lags that is usual for n rows: 4 (n / 100)^(2/9), rounded down (Newey and West 1994,
  /// doi:10.2307/2297912).
  public static func usualLags(observations n: Int) -> Int {
    n < 1 ? 0 : Int(4 * CLibrary.power(Double(n) / 100, 2.0 / 9))
  }

  /// Columns that tell clusters apart.
  public var clusters: [String] { if case .clustered(let columns) = self { columns } else { [] } }

  /// How many rows before its own an error depends on; nil where it does not.
  package var lags: Int? { if case .neweyWest(let lags) = self { lags } else { nil } }

  /// In a few words: "HC1", "clusters of firm and year", "HAC with 4 lags".
  package var text: String {
    switch self {
    case .hc0, .hc1, .hc2, .hc3: name
    case .clustered(let columns): "clusters of \(columns.joined(separator: " and "))"
    case .neweyWest(let lags): "HAC with \(lags == 1 ? "1 lag" : "\(lags) lags")"
    }
  }

  /// Throws where rows have no order, for each stands for several.
  package func check(_ kind: WeightKind) throws(DataError) {
    if case .neweyWest = self, kind == .frequency {
      throw .noCovariance("rows with frequency weights stand for several at once, and have no order of time")
    }
  }

  /// Whether leverages are needed.
  var needsLeverages: Bool { self == .hc2 || self == .hc3 }

  /// Whether each row's own coordinates are needed, beside sums of them.
  var needsCoordinates: Bool {
    if case .neweyWest = self { return true }
    return needsLeverages
  }
}

extension CovarianceEstimator: Codable {
  private enum Key: String, CodingKey { case name, clusters, lags }

  /// The name in files and on the command line.
  package var name: String {
    switch self {
    case .hc0: "HC0"
    case .hc1: "HC1"
    case .hc2: "HC2"
    case .hc3: "HC3"
    case .clustered: "cluster"
    case .neweyWest: "HAC"
    }
  }

  /// The largest number of lags that is allowed.
  package static let mostLags = 10_000

  /// Encodes the name, and the columns or the lags.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(name, forKey: .name)
    if case .clustered(let columns) = self { try container.encode(columns, forKey: .clusters) }
    if case .neweyWest(let lags) = self { try container.encode(lags, forKey: .lags) }
  }

  /// Decodes an estimator; a name that is not known, or numbers that do not fit, are an error.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let name = try container.decode(String.self, forKey: .name)
    switch name {
    case "cluster":
      let columns = try container.decode([String].self, forKey: .clusters)
      try container.check(
        1...2 ~= columns.count && Set(columns).count == columns.count, .clusters, "columns of clusters")
      self = .clustered(by: columns)
    case "HAC":
      let lags = try container.decode(Int.self, forKey: .lags)
      try container.check(0...Self.mostLags ~= lags, .lags, "\(lags) lags")
      self = .neweyWest(lags: lags)
    default:
      guard let found = [Self.hc0, .hc1, .hc2, .hc3].first(where: { $0.name == name }) else {
        throw DecodingError.dataCorruptedError(
          forKey: .name, in: container, debugDescription: "there is no covariance \(name)")
      }
      self = found
    }
  }
}
