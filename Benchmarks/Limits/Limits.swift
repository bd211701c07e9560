import BenchmarkSupport
import CAllocations
import Foundation
import LinearRegression

/// Holds the package's paths against the machine's limits: memory read speed for what reads X once, the rate of `gemm`
/// for products of matrices. Also peak memory beside the data, and allocations per step of SGD.
@main
struct Limits {
  static func main() throws {
    guard CommandLine.arguments.count == 1 else {
      FileHandle.standardError.write(Data("limits: there are no arguments\n".utf8))
      exit(2)
    }
    var generator = SeededGenerator(seed: 1)
    let X = Matrix<Float>.random(1_000_000, 100, using: &generator)
    let limits = MachineLimits(reading: X)
    printNow(
      """
      limits    memory read \(rate(limits.readRate)) on all cores, \(rate(limits.singleReadRate)) on one;
                gemm \(flops(limits, Float.self)) Float, \(flops(limits, Double.self)) Double, on all cores
      """)
    var paths = Paths(limits)
    paths.add(X, using: &generator)
    paths.addManyTargets(using: &generator)
    paths.addSteps(using: &generator)
    paths.add(Matrix<Double>(X), using: &generator)
    paths.addSmallFits(using: &generator)
    printNow("")
    try allocations()
    if !paths.allAgree { exit(1) }
  }

  private static func rate(_ bytesPerSecond: Double) -> String { "\(text(bytesPerSecond / 1e9)) GB/s" }

  private static func flops<Scalar>(_ limits: MachineLimits, _: Scalar.Type) -> String {
    "\(text(limits.gemmRate[ObjectIdentifier(Scalar.self)]! / 1e9)) GFLOP/s"
  }

  /// Allocations of a step, from runs that differ only in their number of epochs.
  private static func allocations() throws {
    var generator = SeededGenerator(seed: 3)
    let X = Matrix<Float>.random(1000, 2, using: &generator),
      y = Matrix<Float>.random(1000, 1, using: &generator)
    func count(epochs: Int) throws -> Int64 {
      let method = SGD(
        epochs: epochs, batchSize: 10, learningRate: 0.03, order: .inOrder, standardize: false,
        measuresDistance: false)
      let before = allocations_so_far()
      keep(try method.train(X, y))
      return allocations_so_far() - before
    }
    _ = try count(epochs: 1)  // warm-up
    guard allocations_so_far() >= 0 else { return printNow("allocations are not counted on this system") }
    let perEpoch = Double(try count(epochs: 101) - count(epochs: 1)) / 100
    // A batch twice as large has half the steps: what does not change belongs to the epoch, not to its steps.
    func half() throws -> Double {
      let method = {
        SGD(
          epochs: $0, batchSize: 20, learningRate: 0.03, order: .inOrder, standardize: false,
          measuresDistance: false)
      }
      let start = allocations_so_far()
      keep(try method(101).train(X, y))
      let middle = allocations_so_far()
      keep(try method(1).train(X, y))
      return Double(middle - start - (allocations_so_far() - middle)) / 100
    }
    let perStep = (perEpoch - (try half())) / 50
    printNow(
      "allocations of SGD.train, 1000 × 2, batch 10: \(perStep) per step, \(perEpoch) per epoch of 100 steps")
  }
}
