internal import CRowKernels
internal import LinearAlgebra

/// The C kernels under one name for both types.
enum RowKernel<Scalar: BLASScalar> {
  /// target(i, j) ← (source(i, j) − shift(j)) · scale(j) · factor(i) for the columns of the units from `first` on.
  static func standardize(
    _ source: UnsafePointer<Scalar>?, rows: Int, _ units: ColumnUnits, from first: Int = 0,
    columns: Int? = nil,
    factors: UnsafePointer<Double>?, into target: UnsafeMutablePointer<Double>?, rowStride: Int,
    columnStride: Int
  ) {
    let columns = columns ?? units.shifts.count
    guard let source, let target, rows > 0, columns > 0 else { return }
    precondition(first + columns <= units.shifts.count)
    units.shifts.withUnsafeBufferPointer { shifts in
      units.scales.withUnsafeBufferPointer { scales in
        let (shifts, scales) = (shifts.baseAddress! + first, scales.baseAddress! + first)
        if let source = doubles(source) {
          standardize_rows_f64(
            source, columns, rows, columns, shifts, scales, factors, target, rowStride, columnStride)
        } else {
          standardize_rows_f32(
            floats(source), columns, rows, columns, shifts, scales, factors, target, rowStride, columnStride)
        }
      }
    }
  }

  /// A column of elements `stride` apart as the sum of two doubles, high + low = (x + low x − shift) · scale.
  static func standardizeExtended(
    _ source: UnsafePointer<Scalar>, low: UnsafePointer<Double>?, stride: Int, count: Int, shift: Double,
    scale: Double, intoHigh high: UnsafeMutablePointer<Double>, low target: UnsafeMutablePointer<Double>
  ) {
    if let source = doubles(source) {
      dd_standardize_f64(source, low, stride, count, shift, scale, high, target)
    } else {
      dd_standardize_f32(floats(source), stride, count, shift, scale, high, target)
    }
  }

  /// predictions ← X w + b, X at positions or consecutive.
  @inline(__always)
  static func predict(
    _ shape: BatchShape, _ X: UnsafePointer<Scalar>, _ order: UnsafePointer<Int32>?,
    _ w: UnsafePointer<Scalar>,
    _ b: UnsafePointer<Scalar>, into predictions: UnsafeMutablePointer<Scalar>
  ) {
    let (n, p, k) = (shape.rows, shape.features, shape.targets)
    if let X = doubles(X), let w = doubles(w), let b = doubles(b), let predictions = doubles(predictions) {
      if k == 1 {
        predict_rows_f64(X, p, n, order, w, b[0], predictions)
      } else {
        predict_targets_f64(X, p, n, order, w, k, b, predictions)
      }
    } else if k == 1 {
      predict_rows_f32(floats(X), p, n, order, floats(w), floats(b)[0], floats(predictions))
    } else {
      predict_targets_f32(floats(X), p, n, order, floats(w), k, floats(b), floats(predictions))
    }
  }

  /// weights ← weights + Xᵀ errors, and for one target bias ← bias + Σ errors.
  @inline(__always)
  static func addGradient(
    _ shape: BatchShape, _ X: UnsafePointer<Scalar>, _ order: UnsafePointer<Int32>?,
    errors: UnsafePointer<Scalar>, weights: UnsafeMutablePointer<Scalar>, bias: UnsafeMutablePointer<Scalar>
  ) {
    let (n, p, k) = (shape.rows, shape.features, shape.targets)
    if let X = doubles(X), let errors = doubles(errors), let weights = doubles(weights),
      let bias = doubles(bias)
    {
      if k == 1 {
        add_gradient_rows_f64(X, p, n, order, errors, weights, bias)
      } else {
        add_gradient_targets_f64(X, p, n, order, errors, k, weights)
      }
    } else if k == 1 {
      add_gradient_rows_f32(floats(X), p, n, order, floats(errors), floats(weights), floats(bias))
    } else {
      add_gradient_targets_f32(floats(X), p, n, order, floats(errors), k, floats(weights))
    }
  }

  /// sum ← sum + Σ errors²/2
  @inline(__always)
  static func addHalfSquares(
    _ errors: UnsafePointer<Scalar>, count: Int, into sum: UnsafeMutablePointer<Double>
  ) {
    if let errors = doubles(errors) {
      add_half_squares_f64(errors, count, sum)
    } else {
      add_half_squares_f32(floats(errors), count, sum)
    }
  }

  /// The pointer, if it is one to Double.
  @inline(__always)
  static func doubles(_ pointer: UnsafePointer<Scalar>?) -> UnsafePointer<Double>? {
    guard Scalar.self == Double.self, let pointer else { return nil }
    return UnsafeRawPointer(pointer).assumingMemoryBound(to: Double.self)
  }

  @inline(__always)
  private static func doubles(_ pointer: UnsafeMutablePointer<Scalar>) -> UnsafeMutablePointer<Double>? {
    guard Scalar.self == Double.self else { return nil }
    return UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Double.self)
  }

  @inline(__always)
  private static func floats(_ pointer: UnsafePointer<Scalar>) -> UnsafePointer<Float> {
    precondition(Scalar.self == Float.self)
    return UnsafeRawPointer(pointer).assumingMemoryBound(to: Float.self)
  }

  @inline(__always)
  private static func floats(_ pointer: UnsafeMutablePointer<Scalar>) -> UnsafeMutablePointer<Float> {
    precondition(Scalar.self == Float.self)
    return UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Float.self)
  }
}
