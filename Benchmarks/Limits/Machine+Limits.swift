import BenchmarkSupport
import Dispatch
import LinearRegression

/// What this machine can do at best, measured in the same run as the paths that are held against it.
struct MachineLimits {
  /// Bytes per second at which all cores read memory.
  let readRate: Double

  /// Bytes per second at which one core reads memory.
  let singleReadRate: Double

  /// Floating-point operations per second of `gemm` on all cores, by scalar.
  let gemmRate: [ObjectIdentifier: Double]

  private static let cores = Machine().cores

  /// Measures them.
  ///
  /// - Parameter data: a matrix much larger than the caches.
  init(reading data: Matrix<Float>) {
    precondition(OpenBLAS.threads == 1)  // the package sets it when it is first asked anything
    let bytes = Double(data.rowCount * data.columnCount * MemoryLayout<Float>.stride)
    readRate = bytes / best(of: 7) { Self.read(data, threads: Self.cores) }
    singleReadRate = bytes / best(of: 5) { Self.read(data, threads: 1) }
    gemmRate = [
      ObjectIdentifier(Float.self): Self.gemmRate(Float.self),
      ObjectIdentifier(Double.self): Self.gemmRate(Double.self),
    ]
  }

  /// Reads every element once from memory: sums of squares, which `?dot` adds up as fast as they arrive. (`?asum` of
  /// OpenBLAS 0.3.21 was measured at half that rate.)
  private static func read(_ data: Matrix<Float>, threads: Int) {
    let chunk = 1 << 16
    data.withUnsafeElements { elements in
      nonisolated(unsafe) let elements = elements
      DispatchQueue.concurrentPerform(iterations: threads) { thread in
        var start = elements.count * thread / threads
        let end = elements.count * (thread + 1) / threads
        while start < end {
          let part = elements.baseAddress! + start
          keep(Float.dot(min(chunk, end - start), part, part))
          start += chunk
        }
      }
    }
  }

  /// Products of square matrices of a size at which `gemm` is at its best, one on each core.
  private static func gemmRate<Scalar: BLASScalar>(_: Scalar.Type) -> Double {
    let n = 768
    var generator = SeededGenerator(seed: 2)
    let a = Matrix<Scalar>.random(n, n, using: &generator), b = Matrix<Scalar>.random(n, n, using: &generator)
    let seconds = best(of: 5) {
      DispatchQueue.concurrentPerform(iterations: cores) { _ in keep(gemm(a, b)) }
    }
    return Double(cores) * 2 * Double(n * n * n) / seconds
  }
}

/// The shortest of several times: a limit is what is reached undisturbed.
private func best(of runs: Int, _ work: () -> Void) -> Double {
  (0..<runs).map { _ in timed(work).seconds }.min()!
}
