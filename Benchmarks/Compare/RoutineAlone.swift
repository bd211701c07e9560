import BenchmarkSupport
import LinearRegression

/// A work done by calls of BLAS on the same matrices, and by nothing but what the formula needs besides: the bias
/// copied into the result before X w is added to it, y subtracted, errors summed up, parameters updated.
///
/// It is what the package's functions are measured against, so it has none of their checks, on memory that is there
/// before the clock starts. One thread.
final class RoutineAlone<Scalar: RoutineScalar> {
  private let work: Work
  private let problem: Problem<Scalar>

  /// Rows of a product: all, or a batch's in an epoch.
  private let n: Int
  private let p: Int
  private let k: Int

  // w and weights p × k, b and bias 1 × k, errors (at first predictions) n × k, ones n × 1
  private let w: UnsafeMutablePointer<Scalar>
  private let b: UnsafeMutablePointer<Scalar>
  private let weights: UnsafeMutablePointer<Scalar>
  private let bias: UnsafeMutablePointer<Scalar>
  private let errors: UnsafeMutablePointer<Scalar>
  private let ones: UnsafeMutablePointer<Scalar>

  init(_ work: Work, _ problem: Problem<Scalar>) {
    func memory(_ count: Int, of value: Scalar) -> UnsafeMutablePointer<Scalar> {
      let pointer = UnsafeMutablePointer<Scalar>.allocate(capacity: count)
      pointer.initialize(repeating: value, count: count)
      return pointer
    }
    self.work = work
    self.problem = problem
    n = work == .epoch ? problem.batchSize : problem.size.rows
    p = problem.size.features
    k = problem.size.targets
    (w, weights) = (memory(p * k, of: 0), memory(p * k, of: 0))
    (b, bias) = (memory(k, of: 0), memory(k, of: 0))
    (errors, ones) = (memory(n * k, of: 0), memory(n, of: 1))
    start()
    precondition(OpenBLAS.threads == 1)  // the package sets it when it is first asked anything
  }

  deinit {
    for pointer in [w, b, weights, bias, errors, ones] { pointer.deallocate() }
  }

  /// w and b of the problem.
  private func start() {
    problem.w.withUnsafeElements { w.update(from: $0.baseAddress!, count: $0.count) }
    problem.b.withUnsafeElements { b.update(from: $0.baseAddress!, count: $0.count) }
  }

  /// Does the work once.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func run() {
    problem.X.withUnsafeElements { X in
      problem.y.withUnsafeElements { y in run(X.baseAddress!, y.baseAddress!) }
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func run(_ X: UnsafePointer<Scalar>, _ y: UnsafePointer<Scalar>) {
    switch work {
    case .forward: predict(X)
    case .gradient: differentiate(X, y)
    case .epoch:
      start()
      let step = problem.learningRate / Scalar(n)
      for row in stride(from: 0, to: problem.size.rows, by: n) {
        differentiate(X + row * p, y + row * k)
        Scalar.axpy(p * k, -step, weights, w)
        Scalar.axpy(k, -step, bias, b)
      }
    }
  }

  /// errors ← X w + b
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func predict(_ X: UnsafePointer<Scalar>) {
    if k == 1 {
      errors.update(repeating: b[0], count: n)
      Scalar.gemv(transposed: false, n, p, X, w, 1, errors)
    } else {
      for i in 0..<n { (errors + i * k).update(from: b, count: k) }
      Scalar.gemm(transposed: false, n, k, p, X, w, 1, errors)
    }
  }

  /// errors ← X w + b − y, weights ← Xᵀ errors, bias ← Σ errors
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func differentiate(_ X: UnsafePointer<Scalar>, _ y: UnsafePointer<Scalar>) {
    predict(X)
    Scalar.axpy(n * k, -1, y, errors)
    if k == 1 {
      Scalar.gemv(transposed: true, n, p, X, errors, 0, weights)
      bias[0] = Scalar.dot(n, ones, errors)
    } else {
      Scalar.gemm(transposed: true, p, k, n, X, errors, 0, weights)
      Scalar.gemv(transposed: true, n, k, errors, ones, 0, bias)
    }
  }

  /// The answer of the last run.
  var answer: Answer<Scalar> {
    func matrix(_ rows: Int, _ elements: UnsafeMutablePointer<Scalar>) -> Matrix<Scalar> {
      let elements = Array(UnsafeBufferPointer(start: elements, count: rows * k))
      return Matrix(rows: rows, columns: k, elements: elements)
    }
    return switch work {
    case .forward: Answer(values: matrix(n, errors))
    case .gradient: Answer(values: matrix(p, weights), bias: matrix(1, bias))
    case .epoch: Answer(values: matrix(p, w), bias: matrix(1, b))
    }
  }
}
