package import LinearAlgebra

/// A matrix whose elements are known to more digits than a Double holds: the sum of two matrices.
///
/// `LeastSquares().fit(X.high, y, low: X.low)` fits to all its digits where residuals are formed in double-double.
package struct ExtendedMatrix: Equatable, Sendable {
  /// The elements rounded to Double.
  package let high: Matrix<Double>

  /// What rounding took away. Nil for nothing.
  package let low: Matrix<Double>?

  /// Creates a matrix; without a low part its elements are exact.
  /// - Precondition: both parts have the same shape.
  package init(high: Matrix<Double>, low: Matrix<Double>? = nil) {
    require(
      low.map { $0.shape == high.shape } ?? true,
      "the parts are \(high.shape) and \(low?.shape ?? high.shape)")
    self.high = high
    self.low = low
  }

  /// The powers x, x², …, x^degree of a column, one after the other, formed in double-double.
  ///
  /// - Parameter rest: what the column is beyond x; nil for nothing.
  /// - Precondition: the degree is positive, and there is a rest for each x.
  /// - Complexity: O(n · degree)
  package init(powersOf x: [Double], low rest: [Double]? = nil, degree: Int) {
    require(degree > 0, "powers up to \(degree): the degree is at least 1")
    require(
      rest.map { $0.count == x.count } ?? true, "powers: \(x.count) numbers have \(rest?.count ?? 0) rests")
    var high = Matrix<Double>.zeros(x.count, degree), low = high
    for i in x.indices {
      let base = DoubleDouble(x[i], plus: rest?[i] ?? 0)
      var power = base
      for j in 0..<degree {
        if j > 0 { power = power * base }
        high[i, j] = power.high
        low[i, j] = power.low
      }
    }
    self.init(high: high, low: degree == 1 && rest == nil ? nil : low)
  }
}
