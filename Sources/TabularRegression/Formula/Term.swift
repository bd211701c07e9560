/// One feature of a model: a column of a table, or a power of one.
public enum Term: Hashable, Sendable {
  /// A column as it is.
  case column(String)
  /// A column raised to a power, which is 2 or more.
  case power(String, Int)

  /// "x" or "I(x^2)", as R names them.
  public var name: String {
    switch self {
    case .column(let column): column
    case .power(let column, let degree): "I(\(column)^\(degree))"
    }
  }

  /// The column that the term is formed from.
  public var column: String {
    switch self {
    case .column(let column), .power(let column, _): column
    }
  }

  /// 1 for a column as it is.
  public var degree: Int {
    switch self {
    case .column: 1
    case .power(_, let degree): degree
    }
  }

  /// x, x², …, x^degree of a column x.
  static func powers(of column: String, upTo degree: Int) -> [Term] {
    [.column(column)] + (degree < 2 ? [] : (2...degree).map { .power(column, $0) })
  }
}
