import Foundation
import TestSupport
import Testing

/// What the process is given: pipes that do not wait, few files, little address space, a variable of OpenBLAS's.
@Suite struct EnvironmentTests {
  let folder = TemporaryFolder()
  var location: URL { URL(fileURLWithPath: folder.path("")) }

  init() throws {
    try Data("a,y\n1,3\n2,5\n3,7\n4,9\n".utf8).write(to: URL(fileURLWithPath: folder.path("s.csv")))
  }

  private func refused(_ error: String) -> Outcome { Outcome(status: 1, output: "", error: error + "\n") }

  /// Runs the command between two pipes of which neither waits, with pauses before what is written and read.
  private func throughPipesThatDoNotWait(_ arguments: [String], input: Data) throws -> Data {
    let (input, written) = (input, Pipe()), read = Pipe(), process = Process()
    for descriptor in [written.fileHandleForReading, read.fileHandleForWriting].map(\.fileDescriptor) {
      #expect(fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) == 0)
    }
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = location
    (process.standardInput, process.standardOutput) = (written, read)
    try process.run()
    DispatchQueue.global().async {
      // The command may have ended early.
      var broken = sigset_t()
      sigaddset(&broken, SIGPIPE)
      pthread_sigmask(SIG_BLOCK, &broken, nil)
      for half in [input.prefix(input.count / 2), input.suffix(from: input.count / 2)] {
        usleep(200_000)
        try? written.fileHandleForWriting.write(contentsOf: half)
      }
      try? written.fileHandleForWriting.close()
    }
    try read.fileHandleForWriting.close()
    usleep(600_000)
    let output = try read.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return output
  }

  @Test func pipesThatDoNotWait() throws {
    let rows = Data("a,b\n\(String(repeating: "1,2\n", count: 200_000))".utf8)
    let copy = try throughPipesThatDoNotWait(
      ["convert", "-", "-", "--from", "csv", "--to", "csv"], input: rows)
    #expect(copy == rows)
    #expect(try linreg("fit", "y ~ a", "s.csv", "-m", "m", in: location).status == 0)
    let model = try #require(FileManager.default.contents(atPath: folder.path("m")))
    let summary = try throughPipesThatDoNotWait(["summary", "-"], input: model)
    #expect(try String(decoding: summary, as: UTF8.self) == linreg("summary", "m", in: location).output)
  }

  /// As any filter ends, though the shell that starts it ignores the signal.
  @Test func pipesThatNobodyReads() throws {
    let rows = Data("a,b\n\(String(repeating: "1,2\n", count: 200_000))".utf8)
    try rows.write(to: URL(fileURLWithPath: folder.path("long.csv")))
    let outcome = try shell(
      "trap '' PIPE; { linreg convert long.csv - --to csv; echo $? > status; } | head -n 1; cat status",
      in: location)
    #expect(outcome == Outcome(status: 0, output: "a,b\n141\n", error: ""))
  }

  @Test(arguments: [4, 5, 8])
  func fewFiles(count: Int) throws {
    #expect(
      try shell("ulimit -n \(count); linreg fit 'y ~ a' s.csv", in: location)
        == refused("eight more files cannot be opened: Too many open files; allow more (ulimit -n)"))
  }

  /// OpenBLAS would try for ever to get memory that it cannot have.
  @Test(.timeLimit(.minutes(1)))
  func littleAddressSpace() throws {
    let tight = try shell("ulimit -v 200000; ulimit -t 5; linreg fit 'y ~ a' s.csv", in: location)
    #expect(
      tight
        == refused(
          "too little address space (ulimit -v): OpenBLAS needs 128 MiB for a buffer; raise the limit to 400000 or more"
        ))
    let enough = try shell(
      "ulimit -v 400000; ulimit -t 5; linreg fit 'y ~ a' s.csv --threads 64", in: location)
    #expect(try enough == linreg("fit", "y ~ a", "s.csv", in: location))
  }

  #if arch(x86_64)
    /// No processor has the instructions of both.
    @Test func kernelsOfOtherProcessors() throws {
      let outcomes = try ["Bulldozer", "SKYLAKEX"].map {
        try shell("export OPENBLAS_CORETYPE=\($0); linreg fit 'y ~ a' s.csv", in: location)
      }
      for outcome in outcomes where outcome.status != 0 {
        #expect(outcome.status == 1 && outcome.output == "")
        #expect(
          outcome.error.wholeMatch(
            of:
              /OPENBLAS_CORETYPE=\w+: the kernels of that name use \w+, which this processor does not have; unset the variable, or name another\n/
          ) != nil, "\(outcome.error)")
      }
      #expect(outcomes.contains { $0.status == 1 })
      #expect(
        try shell("export OPENBLAS_CORETYPE=Prescott; linreg fit 'y ~ a' s.csv", in: location).status == 0)
      // What the user asks for stands; OpenBLAS alone takes processors that it does not know for this one.
      let named = try shell("export OPENBLAS_CORETYPE=Prescott; linreg selftest | head -n 1", in: location)
      let chosen = try shell("unset OPENBLAS_CORETYPE; linreg selftest | head -n 1", in: location)
      #expect(named.output.contains("(Prescott)") && !chosen.output.contains("(Prescott)"))
    }
  #endif
}
