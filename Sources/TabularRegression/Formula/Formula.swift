/// Which column to predict from which others, in a part of R's language.
///
/// ```
/// price ~ area + rooms        these two
/// price ~ .                   all other columns
/// price ~ . - id              all others but one
/// price ~ area - 1            no intercept; "+ 0" says the same
/// y ~ poly(x, 3)              x, x², x³: raw powers, of 1 to 20
/// `living area` ~ .           a name with other characters than letters, digits, "." and "_"
/// ```
/// Terms are added and taken away from left to right; one that is there already is not added again.
public struct Formula: Equatable, Sendable, CustomStringConvertible {
  /// The formula as it was written.
  public let text: String

  /// Name of the column to predict.
  public let target: String

  /// Whether the model has an intercept.
  public let hasIntercept: Bool

  let steps: [Step]

  /// The formula as it was written.
  public var description: String { text }

  /// Degrees of poly(x, k).
  static let degrees = 1...20

  /// What each item does with the terms that are there.
  enum Step: Equatable {
    /// "."
    case addRest
    /// The powers up to a degree stand and fall together.
    case add(String, degree: Int)
    case remove(String)
  }

  /// Reads a formula.
  ///
  /// - Throws: ``TabularError/formula(_:position:message:)`` where it is not in the language.
  public init(_ text: String) throws(TabularError) {
    var parser = FormulaParser(text)
    (target, steps, hasIntercept) = try parser.parse()
    self.text = text
  }

  /// The formula that predicts a column from others, all given by name.
  public init(target: String, features: [String], intercept: Bool = true) {
    text = Self.text(target: target, features: features, intercept: intercept)
    self.target = target
    steps = features.map { .add($0, degree: 1) }
    hasIntercept = intercept
  }

  /// The terms of the formula in a table. The weights of the rows are not among the columns of ".".
  func terms(in table: Table, weights: String?) throws(TabularError) -> [Term] {
    var groups: [Group] = []
    var present: Set<Group> = []
    func add(_ group: Group) {
      if present.insert(group).inserted { groups.append(group) }
    }
    for step in steps {
      switch step {
      case .addRest:
        for name in table.columnNames where name != target && name != weights {
          add(Group(column: name, degree: 1))
        }
      case .add(let name, let degree):
        try table.require(name)
        add(Group(column: name, degree: degree))
      case .remove(let name):
        try table.require(name)
        let group = Group(column: name, degree: 1)
        if present.remove(group) != nil { groups.removeAll { $0 == group } }
      }
    }
    var seen: Set<Term> = []
    return groups.flatMap { Term.powers(of: $0.column, upTo: $0.degree) }.filter { seen.insert($0).inserted }
  }

  /// The powers of a column up to a degree.
  private struct Group: Hashable {
    let column: String
    let degree: Int
  }

  /// A formula's text for columns that are given by name.
  static func text(target: String, features: [String], intercept: Bool) -> String {
    "\(quoted(target)) ~ \(features.map(quoted).joined(separator: " + "))\(intercept ? "" : " - 1")"
  }

  private static func quoted(_ name: String) -> String {
    FormulaParser.isPlain(name) ? name : "`\(name)`"
  }
}
