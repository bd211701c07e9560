public import LinearAlgebra

/// A matrix that is trained: its value, and the gradient of the loss with respect to it.
///
/// The gradient is nil before the first backward step. Several backward steps add up; `sgd` uses the sum and sets it
/// to zero. A parameter is a reference, as in the notebook: `sgd([w, b], …)` changes the `w` and `b` that it is given.
public final class Parameter<Scalar: BLASScalar> {
  /// The current value: weights p × k, or a bias 1 × k. A value of another shape leaves no gradient.
  public var value: Matrix<Scalar> {
    didSet {
      if let gradient, gradient.shape != value.shape { self.gradient = nil }
    }
  }

  /// Gradient of the summed loss, in the shape of ``value``; nil before the first backward step.
  public internal(set) var gradient: Matrix<Scalar>?

  /// Creates a parameter with a value and no gradient yet.
  public init(_ value: Matrix<Scalar>) {
    self.value = value
  }

  /// Creates a p × k parameter with elements drawn from a normal distribution with mean 0.
  ///
  /// - Parameters:
  ///   - rows: p.
  ///   - columns: k.
  ///   - standardDeviation: of the distribution; 0.01 is the notebook's.
  ///   - generator: where the randomness comes from; the same seed gives the same values.
  public convenience init(
    normal rows: Int, _ columns: Int, standardDeviation: Double = 0.01, using generator: inout SeededGenerator
  ) {
    self.init(
      Matrix(rows: rows, columns: columns) { _, _ in Scalar(standardDeviation * generator.nextNormal()) })
  }

  /// Sets the gradient to zero, so that the next backward step does not add to earlier ones; `sgd` does so by itself.
  /// One that is nil stays nil.
  public func zeroGradient() {
    gradient?.withUnsafeMutableElements { $0.update(repeating: 0) }
  }

  /// Adds to the gradient, which is zeros from now on if there was none.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func accumulateGradient(_ add: (UnsafeMutablePointer<Scalar>?) -> Void) {
    var sum = gradient ?? .zeros(value.rowCount, value.columnCount)
    gradient = nil  // so that `sum` is the only owner and is changed in place
    sum.withUnsafeMutableElements { add($0.baseAddress) }
    gradient = sum
  }
}

extension Parameter: CustomStringConvertible {
  /// The value, and below it the gradient, each as a ``/LinearAlgebra/Matrix`` is described.
  public var description: String {
    "value\n\(value)\n" + (gradient.map { "gradient\n\($0)" } ?? "no gradient yet")
  }
}
