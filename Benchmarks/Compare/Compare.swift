import BenchmarkSupport
import Foundation
import LinearRegression

/// Compares three ways to do the same work: naive loops, the BLAS routine alone, and the package's functions. First
/// whether they agree, then how long they take; at the end, whether the package's functions call that routine at all.
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
    printNow(
      """
      Three ways: naive loops and routines of BLAS called directly, on one thread,
      and the package's functions, on up to \(Parallelism.threads). The last three columns are the
      package's: its rate (X's bytes, counted once, or operations, per second), and
      its speed over that of the loops and of BLAS.
      """)
    let start = ContinuousClock.now
    var comparison = Comparison()
    for targets in plan.targets {
      for work in Work.allCases { comparison.run(work, plan, targets: targets) }
    }
    let calls = CallTable(targets: plan.targets)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    printNow(
      """

      skipped   \(plan.skipped)
      answers   \(comparison.verdict)
      calls     \(calls.verdict)
      run time  \(text(seconds: seconds)), calls above 0.3 s timed once
      \(Machine())
      """)
    exit(comparison.disagreements == 0 && calls.holds ? 0 : 1)
  }
}

/// The rows of all tables, and what is to be said about them at the end.
struct Comparison {
  private(set) var disagreements = 0
  private var rows = 0
  private var largestError = 0.0

  /// One work with one number of targets: a table.
  mutating func run(_ work: Work, _ plan: Plan, targets: Int) {
    let table = ResultTable(
      work.title(targets: targets),
      columns: [
        .text("scalar", width: 6), .number("n", width: 7), .number("p", width: 4),
        .number("naive", width: 7), .number("BLAS", width: 7),
        .number("package", width: 7), .number(targets == 1 ? "GB/s" : "GFLOP/s", width: 7),
        .number("× naive", width: 7), .number("× BLAS", width: 7),
      ])
    for size in plan.sizes(targets: targets) where plan.reasonToSkip(work, size) == nil {
      row(work, Problem<Float>(size), table)
      row(work, Problem<Double>(size), table)
    }
  }

  /// One work on one problem: a row.
  private mutating func row<Scalar>(_ work: Work, _ problem: Problem<Scalar>, _ table: ResultTable) {
    let size = problem.size, alone = RoutineAlone(work, problem)
    let cells = ["\(Scalar.self)", "\(size.rows)", "\(size.features)"]
    let naive = timed { work.naive(problem) }
    let blas = timed { alone.run() }
    let package = timed { work.package(problem) }
    let answers = [
      ("naive", naive.answer), ("BLAS", alone.answer), ("package", package.answer),
    ]
    rows += 1
    for (i, j) in [(1, 0), (2, 0), (2, 1)] {
      let agreement = Agreement(answers[i].1.matrices, answers[j].1.matrices, terms: work.terms(size))
      guard agreement.holds else {
        disagreements += 1
        let (error, bound) = (text(scientific: agreement.error), text(scientific: agreement.bound))
        table.row(cells + ["\(answers[i].0) and \(answers[j].0) DISAGREE: error \(error), bound \(bound)"])
        return
      }
      largestError = max(largestError, agreement.error / agreement.bound)
    }
    let times = medianTimes([
      Contestant(firstCall: naive.seconds) { keep(work.naive(problem)) },
      Contestant(firstCall: blas.seconds) { alone.run() },
      Contestant(firstCall: package.seconds) { keep(work.package(problem)) },
    ])
    let bytes = Double(size.rows * size.features * MemoryLayout<Scalar>.stride)
    let rate = (size.targets == 1 ? bytes : work.flops(size)) / times[2] / 1e9
    table.row(
      cells + times.map(text(seconds:)) + [text(rate), text(times[0] / times[2]), text(times[1] / times[2])])
  }

  /// One line about the answers.
  var verdict: String {
    disagreements == 0
      ? "all \(rows) rows agree; the largest error is \(text(largestError)) of its bound"
      : "\(disagreements) of \(rows) rows DISAGREE"
  }
}
