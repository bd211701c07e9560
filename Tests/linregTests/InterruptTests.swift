import Foundation
import LinearAlgebra
import TabularRegression
import TestSupport
import Testing

/// A signal ends the command within a second, wherever it is, and leaves nothing half-written.
@Suite struct InterruptTests {
  let folder = TemporaryFolder()

  private func matrix(_ name: String, rows: Int, columns: Int) throws {
    var generator = SystemRandomNumberGenerator()
    let elements = (0..<rows * columns).map { _ in Float(generator.next() >> 40) }
    try Matrix<Float>(rows: rows, columns: columns, elements: elements).write(npy: folder.path(name))
  }

  /// The files that are there beside those that hold what was printed.
  private var files: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: folder.path("")).filter { $0.count < 20 }.sorted()
    }
  }

  /// Sends a signal to a command and expects its end; returns what it has printed on standard error.
  private func end(_ command: (Process, output: String, error: String), by signal: Int32) throws -> String {
    let (process, output, error) = command
    try #require(process.isRunning)
    let sent = ContinuousClock.now
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(ContinuousClock.now - sent < .seconds(2))
    #expect(process.terminationReason == .exit && process.terminationStatus == 128 + signal)
    #expect(try String(contentsOfFile: output, encoding: .utf8) == "")
    return try String(contentsOfFile: error, encoding: .utf8)
  }

  /// Nobody writes into the pipe, or reads from it.
  @Test(arguments: [["in", "out.csv", "--from", "csv"], ["s.csv", "in", "--to", "csv"]])
  func whileAPipeIsWaitedFor(files arguments: [String]) throws {
    try Data("a,b\n1,2\n".utf8).write(to: URL(fileURLWithPath: folder.path("s.csv")))
    try #require(mkfifo(folder.path("in"), 0o600) == 0)
    let command = try start(["convert"] + arguments, in: folder)
    usleep(300_000)
    #expect(try end(command, by: SIGTERM) == "")
    #expect(try files == ["in", "s.csv"])
  }

  /// The exact solution that the model is compared with takes seconds; the run itself has been saved.
  @Test func whileTheModelIsFormed() throws {
    try matrix("wide.npy", rows: 600, columns: 2400)
    let arguments = [
      "train", "V1 ~ .", "wide.npy", "--learning-rate", "1e-6", "--epochs", "1", "--quiet", "--checkpoint",
      "c",
    ]
    let command = try start(arguments, in: folder)
    while command.0.isRunning, !FileManager.default.fileExists(atPath: folder.path("c")) { usleep(10_000) }
    usleep(300_000)
    #expect(
      try end(command, by: SIGTERM) == "interrupted; the same command with --resume goes on\n")
    #expect(try files == ["c", "wide.npy"])
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func whileAFitIsComputed(signal: Int32) throws {
    try matrix("wide.npy", rows: 4000, columns: 2000)
    let command = try start(["fit", "V1 ~ .", "wide.npy", "-m", "m"], in: folder)
    usleep(700_000)
    #expect(try end(command, by: signal) == "")
    #expect(try files == ["wide.npy"])
  }

  @Test func oneCheckpointIsOfOneRun() throws {
    let arguments = [
      "train", "--target", "progression", diabetes, "--learning-rate", "0.01", "--epochs", "1000000",
      "--quiet",
      "--checkpoint", "c", "--checkpoint-batches", "1000", "--resume",
    ]
    let command = try start(arguments, in: folder)
    while command.0.isRunning, !FileManager.default.fileExists(atPath: folder.path("c")) { usleep(1000) }
    #expect(
      try linreg(arguments, in: URL(fileURLWithPath: folder.path("")))
        == Outcome(
          status: 1, output: "",
          error: "c: another run of linreg is at work on this file; let it end, or give another name\n"))
    #expect(try end(command, by: SIGINT).contains("with --resume goes on"))
    #expect(try files == ["c"])
  }
}
