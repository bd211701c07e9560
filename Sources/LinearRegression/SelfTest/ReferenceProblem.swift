internal import LinearAlgebra

/// A regression problem whose answer is certified.
package struct ReferenceProblem: Sendable {
  /// Its name.
  package let name: String

  /// Degree of the polynomial in the only column; 1 where columns are taken as they are.
  package let degree: Int

  /// Whether the model has an intercept.
  package let intercept: Bool

  /// The target.
  package let y: [Double]

  /// The columns, of which powers are formed.
  package let columns: [[Double]]

  /// Certified coefficients, the intercept first if there is one.
  package let estimates: [Double]

  /// Certified standard errors, in the same order.
  package let standardErrors: [Double]

  /// Certified residual standard error.
  package let residualStandardError: Double

  /// The features: the columns, or powers of the only one, in double-double.
  package var features: ExtendedMatrix {
    degree == 1
      ? ExtendedMatrix(high: Matrix(rows: y.count, columns: columns.count) { columns[$1][$0] })
      : ExtendedMatrix(powersOf: columns[0], degree: degree)
  }

  /// How many digits of an answer are right, for the coefficient (or standard error) with the fewest: −log₁₀ of the
  /// relative error, of the absolute one where the certified value is 0; at most 15, which is what is certified.
  package static func digits(_ values: [Double], certified: [Double]) -> Double {
    zip(values, certified).reduce(15) { least, pair in
      let (value, reference) = pair
      let error = reference == 0 ? abs(value) : abs(value - reference) / abs(reference)
      return min(least, error == 0 ? 15 : error.isFinite ? max(0, -CLibrary.decimalLogarithm(error)) : 0)
    }
  }
}

extension ReferenceProblem: CustomStringConvertible {
  /// Its name.
  package var description: String { name }
}
