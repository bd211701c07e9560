internal import LinearAlgebra

/// Memory that is allocated once and freed with its owner.
///
/// No two of them share a line of the cache, so that threads that write to different ones do not wait for each other.
final class Scratch<Element: BitwiseCopyable> {
  let buffer: UnsafeMutableBufferPointer<Element>

  init(_ count: Int, repeating value: Element) {
    let line = 64
    let bytes = (count * MemoryLayout<Element>.stride + line - 1) / line * line
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: line)
    buffer = UnsafeMutableBufferPointer(
      start: memory.bindMemory(to: Element.self, capacity: count), count: count)
    buffer.initialize(repeating: value)
  }

  deinit { UnsafeMutableRawPointer(buffer.baseAddress)?.deallocate() }

  /// The first element; nil where there is none.
  var pointer: UnsafeMutablePointer<Element>? { buffer.isEmpty ? nil : buffer.baseAddress }
}

/// Zeros of a type that is known where it is specialised: `Array(repeating: 0, …)` of an unspecialised generic is slow.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func zeros<Scalar: BLASScalar>(_ count: Int) -> [Scalar] {
  Array(repeating: 0, count: elementCount(count, 1))
}
