internal import LinearAlgebra

/// Memory that is allocated once and freed with its owner.
final class Scratch<Element: BitwiseCopyable> {
  let buffer: UnsafeMutableBufferPointer<Element>

  init(_ count: Int, repeating value: Element) {
    buffer = .allocate(capacity: count)
    buffer.initialize(repeating: value)
  }

  deinit { buffer.deallocate() }

  /// The first element; nil where there is none.
  var pointer: UnsafeMutablePointer<Element>? { buffer.isEmpty ? nil : buffer.baseAddress }
}

/// Zeros of a type that is known where it is specialised: `Array(repeating: 0, …)` of an unspecialised generic is slow.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func zeros<Scalar: BLASScalar>(_ count: Int) -> [Scalar] { Array(repeating: 0, count: count) }
