internal import CRowKernels
internal import LinearAlgebra

/// The C kernels under one name for both types.
enum RowKernel<Scalar: BLASScalar> {
  /// target(i, j) ← (source(i, j) − shift(j)) · scale(j) · factor(i) for the columns of the units from `first` on.
  ///
  /// - Parameters:
  ///   - order: positions of the rows in the source; nil where they follow each other.
  static func standardize(
    _ source: UnsafePointer<Scalar>?, at order: UnsafePointer<Int32>? = nil, rows: Int, _ units: ColumnUnits,
    from first: Int = 0, columns: Int? = nil, factors: UnsafePointer<Double>?,
    into target: UnsafeMutablePointer<Double>?, rowStride: Int,
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
            source, columns, order, rows, columns, shifts, scales, factors, target, rowStride,
            columnStride)
        } else {
          standardize_rows_f32(
            floats(source), columns, order, rows, columns, shifts, scales, factors, target,
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
      precondition(low == nil, "what a Float lacks is in no kernel")
      dd_standardize_f32(floats(source), stride, count, shift, scale, high, target)
    }
  }

  /// The errors of predictions, in their place: errors ← weight · (predictions − targets), row by row.
  ///
  /// - Parameters:
  ///   - targets: y; nil for 0.
  ///   - stride: from one row of y to the next.
  ///   - weights: one for each row; nil for 1.
  ///   - predictions: rows × targets; errors on return.
  ///   - sums: the sum of each target's errors is added to it.
  ///   - losses: Σ weight · (predictions − targets)²/2 of each target is added to it; nil where nobody asks.
  @inline(__always)
  static func formErrors(
    _ targets: UnsafePointer<Scalar>?, stride: Int, weights: UnsafePointer<Scalar>? = nil,
    from predictions: UnsafeMutablePointer<Scalar>?, _ shape: BatchShape, sums: UnsafeMutablePointer<Scalar>?,
    losses: UnsafeMutablePointer<Double>? = nil
  ) {
    let (n, k) = (shape.rows, shape.targets)
    guard n > 0, k > 0, let predictions, let sums else { return }
    if Scalar.self == Double.self {
      form_errors_f64(
        doubles(predictions), n, k, doubles(targets), stride, doubles(weights), doubles(sums), losses)
    } else {
      form_errors_f32(
        floats(predictions), n, k, targets.map { floats($0) }, stride, weights.map { floats($0) },
        floats(sums), losses)
    }
  }

  /// Row i of the target ← row order(i) of the source.
  ///
  /// - Precondition: each position is one of a row of the source.
  static func gather(
    _ source: UnsafePointer<Scalar>?, columns: Int, at order: UnsafePointer<Int32>, count: Int,
    into target: UnsafeMutablePointer<Scalar>?
  ) {
    guard let source, let target, columns > 0 else { return }
    gather_rows(source, columns * MemoryLayout<Scalar>.stride, order, count, target)
  }

  /// The pointer, if it is one to Double.
  @inline(__always)
  static func doubles(_ pointer: UnsafePointer<Scalar>?) -> UnsafePointer<Double>? {
    guard Scalar.self == Double.self, let pointer else { return nil }
    return UnsafeRawPointer(pointer).assumingMemoryBound(to: Double.self)
  }

  @inline(__always)
  private static func doubles(_ pointer: UnsafeMutablePointer<Scalar>) -> UnsafeMutablePointer<Double> {
    precondition(Scalar.self == Double.self)
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
