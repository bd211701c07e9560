internal import LinearAlgebra
public import LinearRegression

/// Least-squares fits of one formula, one for each group of rows.
///
/// ```swift
/// let stores = try GroupedFits("sales ~ price + promotion", by: ["store"], csv: ["sales.csv"])
/// for store in stores { print(store.group[0], store.coefficients[1].estimate ?? .nan) }
/// ```
/// Rows are in a group where they have the same words in some columns. They are read once, in any order, twice where
/// the formula has categories, means or deviations, and a group keeps (p + 2)(p + 3)/2 numbers of them. The columns of
/// the formula are those of all rows: a level that a group has no row of is a column of zeros there, which its fit leaves
/// out, as every feature that those before it determine.
///
/// Groups are sorted as levels are: numbers by size, words by their bytes, those of the first column first. A fit is
/// formed where it is asked for.
public struct GroupedFits: RandomAccessCollection, Sendable {
  /// What was asked for, in R's language.
  public let formula: String

  /// Names of the columns whose words tell the groups apart.
  public let by: [String]

  /// Names of the coefficients, as R prints them, the intercept's first (if there is one).
  public let terms: [String]

  /// Number of rows that were left out, for a field was missing.
  public let droppedRows: Int

  /// What is predicted from what.
  package let design: Design

  private let keys: GroupKeys
  private let factors: GroupFactors

  /// The groups, sorted.
  private let order: [Int]

  /// The fits of rows that have all been taken.
  init(_ rows: GroupedRows, _ design: Design) {
    (formula, by, droppedRows) = (rows.formula.text, rows.by, rows.droppedRows)
    (self.design, keys) = (design, rows.keys)
    factors = rows.factors ?? GroupFactors(features: design.columns.count, intercept: design.hasIntercept)
    order = keys.sorted
    terms = (design.hasIntercept ? ["(Intercept)"] : []) + design.names
  }

  /// 0
  public var startIndex: Int { 0 }

  /// Number of groups.
  public var endIndex: Int { order.count }

  /// The fit of a group.
  ///
  /// - Complexity: O(p³)
  public subscript(position: Int) -> GroupFit {
    GroupFit(words(at: position), solution(at: position), design)
  }

  func words(at position: Int) -> [String] { keys.words(of: order[position]) }

  func solution(at position: Int) -> GroupSolution { factors.solve(order[position]) }
}

/// The least-squares fit of one group of rows.
public struct GroupFit: Sendable {
  /// The words that tell the group, one for each column.
  public let group: [String]

  /// Number of rows whose weight is not zero.
  public let observations: Int

  /// The coefficients, the intercept's first (if there is one). The estimate is nil for a feature that was left out
  /// because others determine it, or where the group cannot be fitted; the standard error where there are no degrees of
  /// freedom, where the target is constant, and where the fit is perfect but for rounding.
  public let coefficients: CoefficientTable

  /// √(Σ w (y − ŷ)² / degrees of freedom). Nil as the standard errors.
  public let residualStandardError: Double?

  /// 1 − Σ w (y − ŷ)² / Σ w (y − ȳ)², without an intercept over Σ w y². Nil where y is constant.
  public let rSquared: Double?

  /// What the group lacks and why, such as "1 row for 3 coefficients: area and rooms are left out"; nil where nothing is
  /// lacking.
  public let note: String?

  /// Number of rows whose weight is not zero, less the coefficients that were kept.
  public var degreesOfFreedom: Int { coefficients.degreesOfFreedom }

  init(_ group: [String], _ solution: GroupSolution, _ design: Design) {
    self.group = group
    (observations, coefficients) = (solution.observations, solution.coefficients)
    (residualStandardError, rSquared) = (solution.residualStandardError, solution.rSquared)
    note = solution.note(design)
  }
}

extension GroupSolution {
  /// What the limits are, in one line; nil where there are none.
  func note(_ design: Design) -> String? {
    if limits.isEmpty { return nil }
    return limits.map { limit in
      switch limit {
      case .noRows: "every row has a missing field"
      case .noWeight: "all weights are zero"
      case .constantTarget: "the target is constant"
      case .redundant(let features): note(leftOut: features, design)
      case .noDegreesOfFreedom: "no degrees of freedom are left for standard errors"
      case .perfect: "a perfect fit but for rounding, so that there are no standard errors"
      case .rounded(let column, let digits): note(rounded: column, digits, design)
      case .overflow: "a value, a square or a coefficient is beyond a Double; use other units"
      }
    }.joined(separator: "; ")
  }

  private func note(rounded column: Int, _ digits: Double, _ design: Design) -> String {
    let name = column < design.columns.count ? design.name(of: design.columns[column]) : design.target
    let left = formatted(digits.rounded(.down), significantDigits: 2)
    return
      "numbers are rounded to Doubles, which leaves \(name) about \(left) \(left == "1" ? "digit" : "digits") beside its spread"
  }

  private func note(leftOut features: [Int], _ design: Design) -> String {
    let names = listed(features.map { design.name(of: design.columns[$0]) })
    let verb = features.count == 1 ? "is" : "are"
    return observations < coefficients.count
      ? "\(counted(observations, "row")) for \(counted(coefficients.count, "coefficient")): \(names) \(verb) left out"
      : "\(names) \(verb) determined by others and left out"
  }
}
