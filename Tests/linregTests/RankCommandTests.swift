import Foundation
import TestSupport
import Testing

/// The command on ranks of MPI: what one process prints and writes, whatever happens.
@Suite(.serialized, .enabled(if: !Launcher.installed.isEmpty, "no MPI is installed"))
struct RankCommandTests {
  let folder = TemporaryFolder()
  private var place: URL { URL(fileURLWithPath: folder.path("")) }

  /// Six blocks of 4 MiB, so that they are divided: few rows, with long notes.
  private static let table = Result { try written("t.csv") }
  private static let tableWithFault = Result { try written("bad.csv", fault: "oops") }
  private static let tables = TemporaryFolder()

  init() throws { try place(Self.table.get(), as: "t.csv") }

  private func place(_ file: String, as name: String) throws {
    try FileManager.default.linkItem(atPath: file, toPath: folder.path(name))
  }

  /// - Parameter fault: what stands in place of the number x in a row near the end.
  private static func written(_ name: String, fault: String? = nil) throws -> String {
    let note = String(repeating: "a note that nobody reads; ", count: 39), rows = 20_800
    var text = "y,x,kind,zip,note\n"
    for row in 0..<rows {
      let x = "\(row * 7919 % 10_007).\(row % 10)", zip = row * row % 97
      text += "\(row * 31 % 1009 + 3 * zip).5,"
      text += "\(row == rows - 50 ? fault ?? x : x),\(row % 7 < 3 ? "a" : "b"),L\(zip),\(note)\n"
    }
    try Data(text.utf8).write(to: URL(fileURLWithPath: tables.path(name)))
    return tables.path(name)
  }

  private func ranks(
    _ launcher: Launcher, _ arguments: [String], ranks: Int = 3, variables: [String] = [],
    in place: URL? = nil
  ) throws -> Outcome {
    try run(
      URL(fileURLWithPath: "/usr/bin/env"),
      launcher.start([executable.path] + arguments, ranks: ranks, variables: variables),
      in: place ?? self.place)
  }

  private func bytes(_ name: String) -> Data? { FileManager.default.contents(atPath: folder.path(name)) }

  private func takeAway(_ name: String) throws {
    try FileManager.default.removeItem(atPath: folder.path(name))
  }

  // MARK: The bits of one process

  @Test(
    arguments: Launcher.installed,
    [
      ["fit", "y ~ x*kind", "t.csv", "-m"], ["fit", "y ~ zip + scale(x)", "t.csv", "--json", "-m"],
      ["fit", "y ~ x + kind", "t.csv", "--precision", "extended", "-m"],
      ["accumulate", "cbind(y, x) ~ zip", "t.csv", "--json", "-o"],
      ["accumulate", "y ~ kind*zip", "t.csv", "-o"],
      ["fit", "y ~ x + scale(x*x) | zip", "t.csv", "--cluster", "zip,kind", "-m"],
      ["fit", "y ~ x", "t.csv", "--by", "zip,kind", "-o"],
    ])
  func fitsAndSharesAreThoseOfOneProcess(launcher: Launcher, arguments: [String]) throws {
    let alone = try linreg(arguments + ["out"], in: place), file = try #require(bytes("out"))
    #expect(alone.status == 0)
    try takeAway("out")
    #expect(try ranks(launcher, arguments + ["out"]) == alone)
    #expect(bytes("out") == file)
  }

  @Test(arguments: Launcher.installed)
  func rowsOfAModelAreThoseOfOneProcess(launcher: Launcher) throws {
    _ = try linreg("fit", "y ~ x + kind", "t.csv", "-m", "m", in: place)
    for name in ["p.csv", "p.npy"] {
      let arguments = ["predict", "m", "t.csv", "--interval", "confidence", "--pass", "x", "-o", name]
      let alone = try linreg(arguments, in: place), file = try #require(bytes(name))
      try takeAway(name)
      #expect(try ranks(launcher, arguments) == alone)
      #expect(bytes(name) == file, "\(name)")
    }
    for arguments in [["vcov", "m", "t.csv", "--cluster", "zip", "-o", "s"], ["vcov", "m", "s", "-m", "r"]] {
      let alone = try linreg(arguments, in: place), name = arguments[arguments.count - 1]
      let file = try #require(bytes(name))
      try takeAway(name)
      #expect(try ranks(launcher, arguments) == alone)
      #expect(bytes(name) == file, "\(name)")
    }
    for arguments in [
      ["predict", "m", "t.csv", "--guard"], ["predict", "m", "t.csv", "--json"],
      ["evaluate", "m", "t.csv", "--json"],
      ["augment", "m", "t.csv", "--dfbetas"], ["augment", "m", "t.csv", "--top", "7"],
      ["augment", "m", "t.csv", "--json"], ["test", "m", "reset", "t.csv", "--json"],
      ["test", "m", "durbin-watson", "t.csv", "--json"], ["test", "m", "x = 1"],
      ["check", "t.csv", "--target", "y"],
    ] {
      let alone = try linreg(arguments, in: place)
      #expect(!alone.output.isEmpty)
      let outcome = try ranks(launcher, arguments, ranks: 2)
      #expect(outcome.status == alone.status && outcome.output == alone.output, "\(arguments)")
      // After another status than 0 the launcher adds lines of its own.
      #expect(outcome.error.hasPrefix(alone.error) && (alone.status != 0 || outcome.error == alone.error))
    }
  }

  /// Each is a process of its own.
  @Test(arguments: Launcher.installed)
  func withoutMPIEachDoesAll(launcher: Launcher) throws {
    let alone = try linreg("fit", "y ~ x", diabetes, in: place)
    let arguments = ["fit", "progression ~ bmi", diabetes, "--no-mpi", "--json"]
    let one = try linreg(arguments, in: place), two = try ranks(launcher, arguments, ranks: 2)
    #expect(alone.status == 1 && two.status == 0 && two.error.isEmpty)
    // Lines of two processes may stand between each other.
    #expect(two.output.utf8.count == 2 * one.output.utf8.count)
  }

  // MARK: Faults

  /// Rank 0 says what one process would, once; the launchers add lines of their own.
  private func expectSameFault(
    _ launcher: Launcher, _ arguments: [String], status: Int32 = 1,
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let alone = try linreg(arguments, in: place)
    #expect(alone.status == status && !alone.error.isEmpty, sourceLocation: location)
    let outcome = try ranks(launcher, arguments)
    #expect(outcome.status == status && outcome.output == alone.output, sourceLocation: location)
    let count = outcome.error.components(separatedBy: alone.error).count - 1
    #expect(count == 1, "\(arguments): \(outcome.error)", sourceLocation: location)
    #expect(bytes("out") == nil, sourceLocation: location)
  }

  @Test(arguments: Launcher.installed)
  func faultsAreThoseOfOneProcess(launcher: Launcher) throws {
    try place(Self.tableWithFault.get(), as: "bad.csv")
    try expectSameFault(launcher, ["fit", "y ~ x", "bad.csv", "-m", "out"])
    try expectSameFault(launcher, ["accumulate", "y ~ x + kind", "bad.csv", "-o", "out"])
    try expectSameFault(launcher, ["fit", "y ~ x | zip", "bad.csv", "-m", "out"])
    try expectSameFault(launcher, ["fit", "y ~ x", "bad.csv", "--by", "zip", "-o", "out"])
    try expectSameFault(launcher, ["fit", "y ~ x", "none.csv"])
    try expectSameFault(launcher, ["fit", "y ~ q", "t.csv", "-m", "out"])
    try expectSameFault(launcher, ["fit", "y ~ x +", "t.csv"], status: 2)
    try expectSameFault(launcher, ["fit", "y ~ x", "t.csv", "--nonsense"], status: 2)
    try expectSameFault(launcher, ["fit", "y ~ x", "t.csv", "-m", "nowhere/out"])
    try expectSameFault(
      launcher, ["fit", "y ~ x + I(2*x)", "t.csv", "--redundant", "refuse", "-m", "out"], status: 3)
    #expect(try linreg("fit", "y ~ x", "t.csv", "-m", "m", in: place).status == 0)
    try expectSameFault(launcher, ["evaluate", "m", "bad.csv"])
    try expectSameFault(launcher, ["predict", "m", "bad.csv", "-o", "out", "--unseen", "refuse"], status: 2)
    let check = try linreg("check", "bad.csv", in: place)
    let ranked = try ranks(launcher, ["check", "bad.csv"])
    #expect(check.status == 1 && ranked.status == 1 && ranked.output == check.output)
  }

  @Test(arguments: Launcher.installed)
  func standardInputIsOfOneProcess(launcher: Launcher) throws {
    let outcome = try ranks(launcher, ["fit", "y ~ x", "-"])
    #expect(outcome.status == 1 && outcome.output == "")
    #expect(outcome.error.components(separatedBy: "standard input").count == 2)
    #expect(outcome.error.contains("standard input: it is read by one process; give files to several\n"))
  }

  /// Runs a shell's line on three ranks, in which `r` is the rank.
  private func shell(_ launcher: Launcher, _ line: String) throws -> Outcome {
    let script = "r=${OMPI_COMM_WORLD_RANK:-$PMI_RANK}; \(line) '\(executable.path)' fit 'y ~ x' t.csv -m out"
    return try run(
      URL(fileURLWithPath: "/usr/bin/env"), launcher.start(["sh", "-c", script], ranks: 3), in: place)
  }

  /// What only some ranks have: a folder, arguments that are read or refused, no library, another file.
  @Test(arguments: Launcher.installed)
  func whatRanksDoNotShareIsTold(launcher: Launcher) throws {
    try FileManager.default.createDirectory(atPath: folder.path("other"), withIntermediateDirectories: true)
    let start =
      "start one program with the same arguments and files on all, or add --no-mpi for processes on their own"
    let program = "fit y ~ x t.csv -m out"
    func expect(_ line: String, _ message: String, _ location: SourceLocation = #_sourceLocation) throws {
      let outcome = try shell(launcher, line)
      #expect(outcome.status == 1 && outcome.output == "", sourceLocation: location)
      let count = outcome.error.components(separatedBy: message + "\n").count - 1
      #expect(count == 1, "\(line): \(outcome.error)", sourceLocation: location)
      #expect(bytes("out") == nil, sourceLocation: location)
    }
    try expect("[ $r = 2 ] && cd other; exec", "t.csv: cannot read the file: No such file or directory")
    for option in ["--explain", "--nonsense"] {
      let script = "[ $r = 1 ] && exec '\(executable.path)' fit 'y ~ x' t.csv \(option); exec"
      try expect(
        script,
        "MPI: rank 1 has the arguments fit y ~ x t.csv \(option), and rank 0 has the arguments \(program); \(start)"
      )
    }
    try Data("y,x\n1,2\n".utf8).write(to: URL(fileURLWithPath: folder.path("other/t.csv")))
    let size = try #require(bytes("t.csv")).count
    try expect(
      "[ $r = 2 ] && cd other; exec",
      "MPI: rank 2 has t.csv of 8 bytes, and rank 0 has t.csv of \(size) bytes; \(start)")
    let noLibrary =
      "MPI: /nowhere.so: cannot open shared object file: No such file or directory; install the launcher's MPI "
      + "library (Debian: openmpi-bin or mpich), name it in LINREG_MPI_LIBRARY, or start one process without the launcher"
    let variable = "LINREG_MPI_LIBRARY=/nowhere.so"
    try expect("[ $r = 2 ] && export \(variable); exec", "rank 2: \(noLibrary)")
    try expect("[ $r = 0 ] && export \(variable); exec", noLibrary)
    let everywhere = try shell(launcher, "export \(variable); exec")
    #expect(everywhere.status == 1 && everywhere.output == "" && everywhere.error.hasPrefix(noLibrary + "\n"))
  }

  // MARK: Ends

  /// The process ids of the ranks that have an argument.
  private func ranks(with argument: String) -> [pid_t] {
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return folders.compactMap { pid_t($0) }.filter { process in
      let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
      let words = String(decoding: line, as: UTF8.self).split(separator: "\0")
      return words.first.map(String.init) == executable.path && words.contains { $0 == argument }
    }
  }

  /// A rank is killed at a random moment, ten times: all end soon, and the file is whole or not there.
  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/cmdline"), "no processes are listed"),
    arguments: Launcher.installed)
  func aRankThatIsKilledEndsAll(launcher: Launcher) throws {
    let output = folder.path("out")
    _ = try linreg("fit", "y ~ x", "t.csv", "-m", "m", in: place)
    let commands = [
      ["fit", "y ~ x*kind", "t.csv", "--precision", "extended", "-m", output],
      ["predict", "m", "t.csv", "-o", output],
    ]
    var random = SystemRandomNumberGenerator(), ended = 0
    for command in commands {
      let began = ContinuousClock.now
      #expect(try ranks(launcher, command).status == 0)
      let milliseconds = Int((ContinuousClock.now - began) / .milliseconds(1))
      let whole = try #require(bytes("out"))
      try takeAway("out")
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path("")).sorted()
      for _ in 0..<5 {
        let printed = TemporaryFolder()
        let (process, _, _) = try start(
          URL(fileURLWithPath: "/usr/bin/env"), launcher.start([executable.path] + command, ranks: 3),
          input: "/dev/null", at: place, in: printed)
        while process.isRunning, ranks(with: output).isEmpty { usleep(1000) }
        usleep(UInt32.random(in: 0...UInt32(1000 * milliseconds), using: &random))
        guard let rank = ranks(with: output).randomElement(using: &random) else { continue }
        kill(rank, SIGKILL)
        let killed = ContinuousClock.now
        process.waitUntilExit()
        #expect(ContinuousClock.now - killed < .seconds(10))
        // Some launchers end before those that they have told to end.
        while !ranks(with: output).isEmpty, ContinuousClock.now - killed < .seconds(10) { usleep(1000) }
        #expect(ranks(with: output).isEmpty)
        // The last thing that ranks do is to wait for each other: by then it is written.
        #expect(process.terminationStatus != 0 || bytes("out") != nil)
        ended += process.terminationStatus == 0 ? 0 : 1
        if let file = bytes("out") {
          #expect(file == whole)
          try takeAway("out")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("")).sorted() == files)
      }
    }
    #expect(ended > 0)
  }
}
