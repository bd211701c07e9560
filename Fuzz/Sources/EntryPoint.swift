import TabularRegression

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Csv, npy, formula, model, share, checkpoint, or a name of ``Decodables``.
private let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""

nonisolated(unsafe) private let target = {
  guard let target = Targets.target(name) else { fatalError("FUZZ_TARGET is \"\(name)\"; see Scripts/fuzz") }
  return target
}()

private let isJSON = !["csv", "npy", "formula"].contains(name)

/// What libFuzzer calls with one input after the other. A trap, a hang, a leak or an error of several lines is a
/// finding.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  Targets.attempt { () throws(TabularError) in
    try target(Array(UnsafeBufferPointer(start: data, count: size)))
  }
  return 0
}

/// libFuzzer's own changes of bytes.
@_silgen_name("LLVMFuzzerMutate")
private func changeBytes(_ data: UnsafeMutablePointer<UInt8>?, _ size: Int, _ capacity: Int) -> Int

/// What libFuzzer calls for an input that is to differ a little from another: JSON is changed as JSON, seven times of
/// eight.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(
  _ data: UnsafeMutablePointer<UInt8>?, _ size: Int, _ capacity: Int, _ seed: CUnsignedInt
) -> Int {
  let input = UnsafeMutableBufferPointer(start: data, count: capacity)
  if isJSON && seed % 8 != 0 {
    var mutator = JSONMutator(Array(input[..<size]), seed: UInt64(seed))
    let changed = mutator.mutated()
    if changed.count <= capacity { return input.update(fromContentsOf: changed) }
  }
  return changeBytes(data, size, capacity)
}
