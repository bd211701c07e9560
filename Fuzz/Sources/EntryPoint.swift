import TabularRegression

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What `FUZZ_TARGET` names: csv, npy, formula, model, share, checkpoint.
nonisolated(unsafe) private let target = {
  let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
  guard let target = Targets.target(name) else { fatalError("FUZZ_TARGET is \"\(name)\"; see Scripts/fuzz") }
  return target
}()

/// What libFuzzer calls with one input after the other. A trap, a hang, a leak or an error of several lines is a
/// finding.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  Targets.attempt { () throws(TabularError) in
    try target(Array(UnsafeBufferPointer(start: data, count: size)))
  }
  return 0
}
