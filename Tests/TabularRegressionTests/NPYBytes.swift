/// The bytes of an NPY file: the dictionary filled up with spaces so that the elements begin at a multiple of
/// `alignment`.
func npy(
  _ dictionary: String, _ elements: [UInt8] = [], version: UInt8 = 1, alignment: Int = 64
) -> [UInt8] {
  let fixed = version == 1 ? 10 : 12
  let length = (fixed + dictionary.utf8.count + 1 + alignment - 1) / alignment * alignment - fixed
  var bytes = [0x93] + Array("NUMPY".utf8) + [version, 0]
  bytes += (0..<fixed - 8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
  bytes += dictionary.utf8
  bytes += Array(repeating: UInt8(ascii: " "), count: length - dictionary.utf8.count - 1)
  return bytes + [UInt8(ascii: "\n")] + elements
}

/// The dictionary as NumPy writes it.
func dictionary(_ shape: String, type: String = "<f8", fortran: String = "False") -> String {
  "{'descr': '\(type)', 'fortran_order': \(fortran), 'shape': \(shape), }"
}
