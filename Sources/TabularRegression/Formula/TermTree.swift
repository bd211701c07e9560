/// The right side of a formula, as it was written.
indirect enum TermTree: Equatable, Sendable {
  /// 1 or 0
  case intercept(Bool)
  /// "."
  case rest
  case variable(Variable)
  /// offset(x): a number that is added with the coefficient 1.
  case offset(Expression)
  case operation(Operator, TermTree, TermTree)
  /// The terms, and all their products of so many at most.
  case power(TermTree, Int)
  /// A minus in front.
  case negative(TermTree)

  enum Operator: Equatable, Sendable {
    /// a + b
    case sum
    /// a - b
    case difference
    /// a:b, and a %in% b
    case product
    /// a*b = a + b + a:b
    case crossing
    /// a/b = a + a:b
    case nesting
  }

  /// The sum of some terms, no deeper than the logarithm of their number: walking along a chain of thousands would take
  /// the stack.
  static func sum(_ terms: ArraySlice<TermTree>) -> TermTree {
    if terms.count == 1 { return terms[terms.startIndex] }
    let middle = terms.startIndex + terms.count / 2
    return .operation(.sum, sum(terms[..<middle]), sum(terms[middle...]))
  }

  /// Whether "." stands in it.
  var hasRest: Bool {
    switch self {
    case .rest: true
    case .intercept, .variable, .offset: false
    case .operation(_, let left, let right): left.hasRest || right.hasRest
    case .power(let tree, _), .negative(let tree): tree.hasRest
    }
  }

  /// The variables that are named, in order.
  var variables: [Variable] {
    switch self {
    case .intercept, .rest, .offset: []
    case .variable(let variable): [variable]
    case .operation(_, let left, let right): left.variables + right.variables
    case .power(let tree, _), .negative(let tree): tree.variables
    }
  }

  /// The offsets, in order.
  var offsets: [Expression] {
    switch self {
    case .intercept, .rest, .variable: []
    case .offset(let expression): [expression]
    case .operation(_, let left, let right): left.offsets + right.offsets
    case .power(let tree, _), .negative(let tree): tree.offsets
    }
  }
}

/// The terms that a tree stands for, as R's `terms` finds them.
///
/// A term is the set of variables that it is a product of, in the order in which variables first stand in the formula.
struct TermExpansion {
  private(set) var variables: [Variable] = []
  private(set) var hasIntercept = true

  /// Each by the positions of its variables; main effects first, then products of two, and so on.
  private(set) var terms: [[Int]] = []

  /// Whether there are more terms than a fit could have columns.
  private(set) var isTooLong = false

  private let rest: [Variable]
  private var positions: [Variable: Int] = [:]

  /// - Parameter rest: what "." stands for.
  init(_ tree: TermTree, rest: [Variable]) {
    self.rest = rest
    let found = expand(tree, isAdded: true).elements
    // Stable: in one degree the order is that of the formula.
    terms = found.enumerated().sorted { ($0.element.count, $0.offset) < ($1.element.count, $1.offset) }
      .map(\.element)
  }

  private mutating func expand(_ tree: TermTree, isAdded: Bool) -> TermList {
    switch tree {
    case .intercept(let isOne):
      hasIntercept = isOne == isAdded
      return TermList()
    case .offset: return TermList()
    case .rest: return TermList(rest.map { [position(of: $0)] })
    case .variable(let variable): return TermList([[position(of: variable)]])
    case .negative(let tree):
      _ = expand(tree, isAdded: !isAdded)
      return TermList()
    case .power(let tree, let exponent):
      let base = expand(tree, isAdded: isAdded)
      var result = base
      for _ in 1..<exponent {
        let previous = result.elements.count
        result.append(products(result, base))
        if result.elements.count == previous || isTooLong { break }
      }
      return result
    case .operation(let operation, let left, let right):
      var result = expand(left, isAdded: isAdded)
      let other = expand(right, isAdded: operation == .difference ? !isAdded : isAdded)
      switch operation {
      case .sum: result.append(other)
      case .difference: result.remove(other)
      case .product: result = products(result, other)
      case .crossing:
        let both = products(result, other)
        result.append(other)
        result.append(both)
      case .nesting:
        result.append(products(TermList([Set(result.elements.joined()).sorted()]), other))
      }
      return result
    }
  }

  private mutating func products(_ left: TermList, _ right: TermList) -> TermList {
    var result = TermList()
    for a in left.elements {
      for b in right.elements {
        result.append(Set(a).union(b).sorted())
        if result.elements.count > Design.mostColumns {
          isTooLong = true
          return result
        }
      }
    }
    return result
  }

  private mutating func position(of variable: Variable) -> Int {
    if let position = positions[variable] { return position }
    positions[variable] = variables.count
    variables.append(variable)
    return variables.count - 1
  }
}

/// Terms, each once, in order.
private struct TermList {
  private(set) var elements: [[Int]] = []
  private var seen: Set<[Int]> = []

  init(_ terms: [[Int]] = []) {
    for term in terms { append(term) }
  }

  mutating func append(_ term: [Int]) {
    if seen.insert(term).inserted { elements.append(term) }
  }

  mutating func append(_ other: TermList) {
    for term in other.elements { append(term) }
  }

  mutating func remove(_ other: TermList) {
    if seen.isDisjoint(with: other.seen) { return }
    seen.subtract(other.seen)
    elements.removeAll { other.seen.contains($0) }
  }
}
