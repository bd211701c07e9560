internal import LinearAlgebra
internal import LinearRegression

/// The terms that stepwise selection has chosen from those of a share, the way to them, and their model.
public struct TermSelection: Sendable {
  /// What a model is judged by: n log(RSS / n) + k · (number of coefficients), as R's `extractAIC`.
  public enum Criterion: String, Sendable, CaseIterable, Encodable {
    /// Akaike's criterion, k = 2.
    case aic = "AIC"
    /// The Bayesian criterion, k = log n.
    case bic = "BIC"
  }

  /// Where selection starts, and what a step may do.
  public enum Direction: String, Sendable, CaseIterable {
    /// Terms are added, from the intercept on.
    case forward
    /// Terms are dropped, from all on.
    case backward
    /// Terms are dropped and added again, from all on.
    case both
  }

  /// A model on the way.
  public struct Step: Sendable, Equatable, Encodable {
    /// What was done, such as "- area" or "+ a:b"; empty for the first model.
    public let change: String

    /// How many coefficients came or went; 0 for the first model.
    public let degreesOfFreedom: Int

    /// Σ w (y − ŷ)² of the model.
    public let residualSumOfSquares: Double

    /// n − rank
    public let residualDegreesOfFreedom: Int

    /// n log(RSS / n) + k · rank
    public let criterion: Double
  }

  /// What models were judged by.
  public let criterion: Criterion

  /// The models on the way, the first one first; the last is the chosen one.
  public let steps: [Step]

  /// Names of the terms that were chosen, as R prints them.
  public let terms: [String]

  /// The chosen model.
  public let model: FittedModel
}

/// A term of a design: the variables that its columns are products of.
struct DesignTerm {
  let variables: Set<Int>
  let name: String
  /// The name without what makes a column a category; nil where it is the same.
  let plainName: String?
  /// As a formula has it.
  let text: String
  var columns: [Int] = []

  /// The terms of a design, in the order of their columns.
  static func all(_ design: Design) -> [DesignTerm] {
    var terms: [DesignTerm] = [], places: [Set<Int>: Int] = [:]
    for (position, column) in design.columns.enumerated() {
      let ordered = unique(column.parts.map(\.variable)), variables = Set(ordered)
      let place = places[variables] ?? terms.count
      if place == terms.count {
        places[variables] = place
        let parts = ordered.map { design.variables[$0].variable }
        let plain = ordered.map { index in
          let variable = design.variables[index]
          return (variable.levels == nil ? nil : variable.variable.levelColumn) ?? variable.variable.name
        }.joined(separator: ":")
        let name = parts.map(\.name).joined(separator: ":")
        terms.append(
          DesignTerm(
            variables: variables, name: name, plainName: plain == name ? nil : plain,
            text: parts.map(\.formulaText).joined(separator: ":")))
      }
      terms[place].columns.append(position)
    }
    return terms
  }

  private static func unique(_ variables: [Int]) -> [Int] {
    var seen: Set<Int> = []
    return variables.filter { seen.insert($0).inserted }
  }
}

extension Variable {
  /// As a formula has it: a column in backticks where its name needs them.
  fileprivate var formulaText: String {
    if case .expression(let expression) = self { expression.description } else { name }
  }
}
