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

  /// The pointer, if it is one to Double.
  static func doubles(_ pointer: UnsafePointer<Scalar>?) -> UnsafePointer<Double>? {
    guard Scalar.self == Double.self, let pointer else { return nil }
    return UnsafeRawPointer(pointer).assumingMemoryBound(to: Double.self)
  }

  private static func floats(_ pointer: UnsafePointer<Scalar>) -> UnsafePointer<Float> {
    precondition(Scalar.self == Float.self)
    return UnsafeRawPointer(pointer).assumingMemoryBound(to: Float.self)
  }
}
