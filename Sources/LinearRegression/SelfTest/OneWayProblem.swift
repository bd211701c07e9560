internal import LinearAlgebra

/// A one-way analysis of variance whose answer is certified. Its responses are decimals, of which Doubles lose digits.
package struct OneWayProblem: Sendable {
  /// Its name.
  package let name: String

  /// The responses of each level, in units of the last decimal.
  package let groups: [[Int]]

  /// Number of decimals.
  package let decimals: Int

  /// Certified F, R² and residual standard deviation.
  package let certified: [Double]

  /// The responses, one below the other, to all their digits.
  var y: ExtendedMatrix {
    let unit = (0..<decimals).reduce(1.0) { power, _ in power * 10 }
    let numbers = groups.joined().map(Double.init), high = numbers.map { $0 / unit }
    // The remainder of a division is a Double.
    let low = zip(numbers, high).map { number, quotient in number.addingProduct(-quotient, unit) / unit }
    return ExtendedMatrix(high: Matrix(column: high), low: Matrix(column: low))
  }

  /// A column for each level but the first: 1 in the rows of the level.
  var features: Matrix<Double> {
    let levels = groups.indices.flatMap { Array(repeating: $0, count: groups[$0].count) }
    return Matrix(rows: levels.count, columns: groups.count - 1) { levels[$0] == $1 + 1 ? 1 : 0 }
  }
}
