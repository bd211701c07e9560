/// Storage type of a matrix: `Float` or `Double`, and no other: only this package can make a ``BLASRoutines``.
public protocol BLASScalar: BinaryFloatingPoint, LosslessStringConvertible, SIMDScalar, BitwiseCopyable,
  Sendable, Codable
{
  /// The routines of BLAS and LAPACK for this type.
  static var _routines: BLASRoutines<Self> { get }
}

/// The routines of BLAS and LAPACK for one storage type, for this package's use.
public struct BLASRoutines<Scalar> {
  @usableFromInline
  let type: any Routines<Scalar>.Type

  init(_ type: any Routines<Scalar>.Type) { self.type = type }
}

extension BLASScalar {
  /// The routines, to be called: `Scalar.routines.gemv(…)`. Inlined, so that a call of one costs a call through a
  /// pointer from another module, and a plain call in this one.
  @inlinable
  package static var routines: any Routines<Self>.Type { _routines.type }
}
