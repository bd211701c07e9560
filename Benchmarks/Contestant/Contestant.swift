import BenchmarkSupport
import Foundation
import LinearRegression

/// This package as a contestant among its peers (see peers/run.py): `contestant WORK FOLDER` reads its data, says
/// "ready" and obeys lines on standard input. "run" does the work once and prints the seconds per unit of work; "answer
/// FILE" writes the last result as raw little-endian doubles.
///
/// `contestant sweep` prints how cost grows, `contestant machine` what it ran on.
@main
struct Contestant {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.count {
    case 1 where arguments[0] == "machine": printNow("\(Machine())")
    case 1 where arguments[0] == "sweep": try Sweep().run()
    case 2:
      guard let work = try Work(named: arguments[0], folder: arguments[1]) else {
        fail("unknown work \(arguments[0])")
      }
      try obey(work)
    default: fail("usage: contestant WORK FOLDER | sweep | machine")
    }
  }

  private static func obey(_ work: Work) throws {
    var result: Work.Answer = { [] }
    printNow("ready")
    while let line = readLine() {
      if line == "run" {
        printNow("\(try seconds { result = try work.run() } / Double(work.units))")
      } else {
        try result().withUnsafeBytes {
          try Data($0).write(to: URL(filePath: String(line.dropFirst("answer ".count))))
        }
        printNow("written")
      }
    }
  }

  /// Seconds per call; short work is done often enough for the clock.
  private static func seconds(_ work: () throws -> Void) rethrows -> Double {
    var calls = 1
    while true {
      let start = ContinuousClock.now
      for _ in 0..<calls { try work() }
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      if seconds > 0.005 { return seconds / Double(calls) }
      calls *= 4
    }
  }

  private static func fail(_ message: String) -> Never {
    FileHandle.standardError.write(Data("contestant: \(message)\n".utf8))
    exit(2)
  }
}
