internal import LinearAlgebra
extension Kernel {
  @inline(__always)
  static func predict(_ shape: BatchShape, _ X: Input, _ order: UnsafePointer<Int32>?, _ w: Input, _ b: Input, into predictions: Output) {
    precondition(order == nil); predict(shape, X, w, b, into: predictions)
  }
  @inline(__always)
  static func addGradient(_ shape: BatchShape, _ X: Input, _ order: UnsafePointer<Int32>?, errors: Input, weights: Output, bias: Output) {
    precondition(order == nil); addGradient(shape, X, errors: errors, weights: weights, bias: bias)
  }
  @inline(__always)
  static func sumOfSquares(_ values: UnsafePointer<Scalar>, count: Int) -> Double {
    var sums = (0.0, 0.0, 0.0, 0.0)
    var i = 0
    while i + 4 <= count {
      let (a, b, c, d) = (Double(values[i]), Double(values[i + 1]), Double(values[i + 2]), Double(values[i + 3]))
      sums = (sums.0 + a * a, sums.1 + b * b, sums.2 + c * c, sums.3 + d * d)
      i += 4
    }
    while i < count {
      sums.0 += Double(values[i]) * Double(values[i])
      i += 1
    }
    return (sums.0 + sums.1) + (sums.2 + sums.3)
  }
}
