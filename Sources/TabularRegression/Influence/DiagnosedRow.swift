/// A row with what a regression tells of it.
///
/// Residuals of a row of weight w are those of its error times √w, as in R.
public struct DiagnosedRow: Equatable, Sendable, Codable {
  /// The file that the row is in.
  public let file: String
  /// Its line; of a matrix its row.
  public let line: Int
  /// ŷ
  public let fitted: Double
  /// y
  public let observed: Double
  /// The weight w; 1 without weights.
  public let weight: Double
  /// y − ŷ, to all its digits.
  public let residual: Double
  /// h = w xᵀ(XᵀWX)⁻¹x, the row's element of the diagonal of the hat matrix. Nil where the model has no covariance.
  public let leverage: Double?
  /// e √w / s, s being the residual standard error of the fit.
  package let scaled: Double
  /// The residual in units of its own standard deviation, e √w / (s √(1 − h)): R's `rstandard`. Nil without a leverage
  /// below 1, and where the fit has no residual standard error.
  public let standardizedResidual: Double?
  /// The same with the s of a fit without this row: R's `rstudent`. Nil where that is not known.
  public let studentizedResidual: Double?
  /// How far the fit without this row is, h r² / (p (1 − h)) with r the standardised residual and p coefficients: Cook's
  /// distance (1977, doi:10.2307/1268249). Nil as ``standardizedResidual``.
  public let cooksDistance: Double?

  /// How far the row's own prediction is from that of the fit without it, in units of its standard error: t √(h / (1 − h))
  /// with t the studentised residual, R's `dffits` (Belsley, Kuh and Welsch 1980, doi:10.1002/0471725153). Nil as
  /// ``studentizedResidual``.
  public var dffits: Double? {
    guard let studentizedResidual, let leverage else { return nil }
    return studentizedResidual * (leverage / (1 - leverage)).squareRoot()
  }
}

/// The rows with the largest values of a measure, the largest first; of equal ones the earlier first.
struct TopRows: Equatable, Sendable, Codable {
  /// How many are kept.
  let most: Int
  private(set) var rows: [DiagnosedRow] = []
  private var values: [Double] = []

  init(most: Int) { self.most = most }

  /// What a value has to exceed to be among them.
  var threshold: Double { values.count < most ? -.infinity : values[values.count - 1] }

  /// Takes a row in that is behind all others.
  mutating func add(_ value: Double, _ row: @autoclosure () -> DiagnosedRow) {
    if !(value > threshold) { return }
    let place = values.firstIndex { $0 < value } ?? values.count
    values.insert(value, at: place)
    rows.insert(row(), at: place)
    if values.count > most {
      values.removeLast()
      rows.removeLast()
    }
  }

  mutating func merge(_ later: TopRows) {
    for (value, row) in zip(later.values, later.rows) { add(value, row) }
  }
}

extension TopRows {
  private enum CodingKeys: String, CodingKey { case most, rows, values }

  /// Decodes rows; values that are not those of as many rows are an error.
  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    most = try container.decode(Int.self, forKey: .most)
    rows = try container.decode([DiagnosedRow].self, forKey: .rows)
    values = try container.decode([Double].self, forKey: .values)
    try container.check(
      1...1000 ~= most && rows.count == values.count && rows.count <= most, .rows, "\(rows.count) rows")
  }
}
