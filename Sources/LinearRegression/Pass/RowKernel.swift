internal import CRowKernels
internal import LinearAlgebra

/// The C kernels under one name for both types.
enum RowKernel<Scalar: BLASScalar> {
  /// target(i, j) ← (source(i, j) − shift(j)) · scale(j) · factor(i) for the columns of the units from `first` on.
  ///
  /// - Parameters:
  ///   - order: positions of the rows in the source; nil where they follow each other.
  ///   - sourceStride: from one row of the source to the next; nil where it has these columns only.
  static func standardize(
    _ source: UnsafePointer<Scalar>?, at order: UnsafePointer<Int32>? = nil, rows: Int, _ units: ColumnUnits,
    from first: Int = 0,
    columns: Int? = nil, sourceStride: Int? = nil,
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
            source, sourceStride ?? columns, order, rows, columns, shifts, scales, factors, target, rowStride,
            columnStride)
        } else {
          standardize_rows_f32(
            floats(source), sourceStride ?? columns, order, rows, columns, shifts, scales, factors, target,
            rowStride, columnStride)
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

  /// predictions ← X w + b, X at positions or consecutive. Rows from `ahead` on are brought to the cache meanwhile.
  @inline(__always)
  static func predict(
    _ shape: BatchShape, _ X: UnsafePointer<Scalar>, _ order: UnsafePointer<Int32>?,
    ahead: UnsafePointer<Scalar>? = nil, _ w: UnsafePointer<Scalar>,
    _ b: UnsafePointer<Scalar>, into predictions: UnsafeMutablePointer<Scalar>
  ) {
    let (n, p, k) = (shape.rows, shape.features, shape.targets)
    if let X = doubles(X), let w = doubles(w), let b = doubles(b), let predictions = doubles(predictions) {
      if k == 1 {
        predict_rows_f64(X, p, n, order, doubles(ahead), w, b[0], predictions)
      } else {
        predict_targets_f64(X, p, n, order, w, k, b, predictions)
      }
    } else if k == 1 {
      predict_rows_f32(
        floats(X), p, n, order, ahead.map { floats($0) }, floats(w), floats(b)[0], floats(predictions))
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

  /// errors ← X w + b − y, weights ← weights + Xᵀ errors, bias ← bias + Σ errors, for one target; returns Σ errors²/2.
  @inline(__always)
  static func differentiate(
    _ shape: BatchShape, _ X: UnsafePointer<Scalar>, _ order: UnsafePointer<Int32>?,
    ahead: UnsafePointer<Scalar>?,
    _ w: UnsafePointer<Scalar>, _ b: Scalar, _ y: UnsafePointer<Scalar>, errors: UnsafeMutablePointer<Scalar>,
    weights: UnsafeMutablePointer<Scalar>, bias: UnsafeMutablePointer<Scalar>
  ) -> Double {
    let (n, p) = (shape.rows, shape.features)
    if let X = doubles(X), let w = doubles(w), let y = doubles(y), let errors = doubles(errors),
      let weights = doubles(weights), let bias = doubles(bias)
    {
      return differentiate_rows_f64(X, p, n, order, doubles(ahead), w, Double(b), y, errors, weights, bias)
    }
    return differentiate_rows_f32(
      floats(X), p, n, order, ahead.map { floats($0) }, floats(w), Float(b), floats(y), floats(errors),
      floats(weights), floats(bias))
  }

  /// sums ← sums + Σ errors²/2 of each of k targets.
  static func addHalfSquares(
    _ errors: UnsafePointer<Scalar>, rows: Int, targets: Int, into sums: UnsafeMutablePointer<Double>
  ) {
    if let errors = doubles(errors) {
      add_half_squares_targets_f64(errors, rows, targets, sums)
    } else {
      add_half_squares_targets_f32(floats(errors), rows, targets, sums)
    }
  }

  /// bias ← bias + Σ errors of each of k targets.
  static func addSums(
    _ errors: UnsafePointer<Scalar>, rows: Int, targets: Int, into bias: UnsafeMutablePointer<Scalar>
  ) {
    if let errors = doubles(errors), let bias = doubles(bias) {
      add_sums_targets_f64(errors, rows, targets, bias)
    } else {
      add_sums_targets_f32(floats(errors), rows, targets, floats(bias))
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
