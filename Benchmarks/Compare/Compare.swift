import BenchmarkSupport
import Foundation
import LinearRegression

/// Compares BLAS with the naive loops: first whether they agree, then how long they take.
@main
struct Compare {
  static func main() {
    var plan = Plan.full
    for argument in CommandLine.arguments.dropFirst() {
      guard argument == "--quick" else {
        FileHandle.standardError.write(
          Data("compare: unknown argument '\(argument)'; the only one is --quick\n".utf8))
        exit(2)
      }
      plan = .quick
    }
    let start = ContinuousClock.now
    var comparison = Comparison()
    for targets in plan.targets {
      for work in Work.allCases { comparison.run(work, plan, targets: targets) }
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    printNow(
      """

      skipped   \(plan.skipped)
      answers   \(comparison.verdict)
      run time  \(text(seconds: seconds)), calls above 0.3 s timed once
      \(Machine())
      """)
    exit(comparison.disagreements == 0 ? 0 : 1)
  }
}

/// The rows of all tables, and what is to be said about them at the end.
struct Comparison {
  private(set) var disagreements = 0
  private var rows = 0
  private var largestError = 0.0

  /// One work with one number of targets: a table.
  mutating func run(_ work: Work, _ plan: Plan, targets: Int) {
    let isVector = targets == 1
    let table = ResultTable(
      "\(work.title), \(isVector ? "one target (gemv)" : "\(targets) targets (gemm)")",
      columns: [
        .text("work", width: 8), .text("scalar", width: 6), .number("n", width: 7), .number("p", width: 4),
        .number("k", width: 2), .number("naive", width: 7), .number("BLAS", width: 7),
        .number(isVector ? "GB/s" : "GFLOP/s", width: 7), .number("ratio", width: 6),
        .text("faster", width: 6),
      ])
    for size in plan.sizes(targets: targets) where plan.reasonToSkip(work, size) == nil {
      row(work, Problem<Float>(size), table)
      row(work, Problem<Double>(size), table)
    }
  }

  /// One work on one problem: a row.
  private mutating func row<Scalar>(_ work: Work, _ problem: Problem<Scalar>, _ table: ResultTable) {
    let size = problem.size
    var cells = [work.rawValue, "\(Scalar.self)", "\(size.rows)", "\(size.features)", "\(size.targets)"]
    let naive = timed { work.naive(problem) }
    let blas = timed { work.blas(problem) }
    let agreement = Agreement(blas.answer.matrices, naive.answer.matrices, terms: work.terms(size))
    rows += 1
    guard agreement.holds else {
      disagreements += 1
      let (error, bound) = (text(scientific: agreement.error), text(scientific: agreement.bound))
      table.row(cells + ["DISAGREE: error \(error), bound \(bound)"])
      return
    }
    largestError = max(largestError, agreement.error / agreement.bound)
    let times = medianTimes([
      Contestant(firstCall: naive.seconds) { keep(work.naive(problem)) },
      Contestant(firstCall: blas.seconds) { keep(work.blas(problem)) },
    ])
    let ratio = times[0] / times[1]
    let bytes = Double(size.rows * size.features * MemoryLayout<Scalar>.stride)
    let rate = (size.targets == 1 ? bytes : work.flops(size)) / times[1] / 1e9
    cells += [text(seconds: times[0]), text(seconds: times[1]), text(rate), text(ratio)]
    table.row(cells + [ratio > 1 ? "BLAS" : "naive"])
  }

  /// One line about the answers.
  var verdict: String {
    disagreements == 0
      ? "all \(rows) rows agree; the largest error is \(text(largestError)) of its bound"
      : "\(disagreements) of \(rows) rows DISAGREE"
  }
}
