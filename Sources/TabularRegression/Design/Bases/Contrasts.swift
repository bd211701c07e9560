internal import LinearAlgebra

/// How the levels of a category are coded by one column less than there are levels, beside treatment contrasts, which
/// are columns that are 1 in the rows of a level and leave the first level out: R's contr.SAS, contr.sum, contr.helmert and
/// contr.poly.
package enum Contrasts: String, Sendable, Codable {
  /// Each level but the last against the last, which is left out.
  case sas = "SAS"
  /// Each level but the last against the mean of all: the last has −1 in every column.
  case sum
  /// Each level but the first against the mean of those before it.
  case helmert
  /// Polynomials in the position of the level that are orthogonal over the levels, each of norm 1.
  case poly

  /// Of more levels R has no polynomials either.
  static let mostLevelsOfPolynomials = 95

  /// The name of a column as R prints it behind that of the variable: its level, "1", or ".L", ".Q", ".C", "^4".
  ///
  /// - Parameters:
  ///   - column: counted from 0.
  ///   - levels: of the category.
  func name(_ column: Int, _ levels: [String]) -> String {
    switch self {
    case .sas: levels[column]
    case .sum, .helmert: "\(column + 1)"
    case .poly: column < 3 ? [".L", ".Q", ".C"][column] : "^\(column + 1)"
    }
  }
}

/// The numbers that code the levels of a category.
struct ContrastCodes {
  private let contrasts: Contrasts
  private let levels: Int
  /// Levels × columns, of polynomials.
  private let polynomials: Matrix<Double>

  /// - Complexity: O(L³) for the polynomials of L levels, else O(1).
  init(_ contrasts: Contrasts, levels: Int) {
    (self.contrasts, self.levels) = (contrasts, levels)
    polynomials = contrasts == .poly ? Self.polynomials(levels) : .zeros(0, 0)
  }

  /// The number in a column for a level, both counted from 0.
  func value(_ level: Int, _ column: Int) -> Double {
    switch contrasts {
    case .sas: level == column ? 1 : 0
    case .sum: level == levels - 1 ? -1 : level == column ? 1 : 0
    case .helmert: level <= column ? -1 : level == column + 1 ? Double(level) : 0
    case .poly: polynomials[level, column]
    }
  }

  /// Polynomials of the degrees 1 to L − 1 in 1, 2, …, L: each is the one before it times the position, less what those
  /// before it have of that, taken off twice, so that they stay orthogonal to rounding for any degree (Brubeck,
  /// Nakatsukasa and Trefethen 2021, doi:10.1137/19M130839X).
  private static func polynomials(_ levels: Int) -> Matrix<Double> {
    let middle = Double(levels - 1) / 2
    var basis = [[Double](repeating: 1 / Double(levels).squareRoot(), count: levels)]
    for degree in 1..<max(1, levels) {
      var next = basis[degree - 1].enumerated().map { (Double($0) - middle) * $1 }
      for _ in 0..<2 {
        for earlier in basis {
          let product = dot(earlier, next)
          next = zip(next, earlier).map { $0 - product * $1 }
        }
      }
      let length = norm(next)
      basis.append(next.map { $0 / length })
    }
    return Matrix(rows: levels, columns: max(0, levels - 1)) { basis[$1 + 1][$0] }
  }
}
