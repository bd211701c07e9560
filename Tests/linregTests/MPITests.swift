import Foundation
import Testing

/// Ranks of MPI: `RankProbe` started by the launchers of Open MPI and MPICH, by Debian's names, where they are there.
@Suite(.serialized) struct MPITests {
  static let (openMPI, mpich) = ("mpirun.openmpi", "mpiexec.mpich")

  static let launchers = [openMPI, mpich].filter { name in
    let folders = ProcessInfo.processInfo.environment["PATH", default: ""].split(separator: ":")
    return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
  }

  private static let probe = executable.deletingLastPathComponent().appendingPathComponent("RankProbe").path

  /// Runs the probe on ranks: more than there are cores, also as root, and for a minute at most. Other signals than KILL
  /// may be blocked on the thread that starts it.
  private func probe(
    _ launcher: String, ranks: Int, _ arguments: String..., variables: [String] = []
  ) throws -> Outcome {
    let variables = variables + ["OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"]
    let limit = ["timeout", "--foreground", "-s", "KILL", "60"]
    let start =
      [launcher] + (launcher == Self.openMPI ? ["--oversubscribe"] : []) + ["-n", "\(ranks)", Self.probe]
    return try run(URL(fileURLWithPath: "/usr/bin/env"), variables + limit + start + arguments)
  }

  @Test(.enabled(if: !launchers.isEmpty, "no MPI is installed"), arguments: launchers, [1, 3])
  func messagesOfAllSizesArrive(launcher: String, ranks: Int) throws {
    let numbers = (0..<ranks).map(String.init).joined(separator: " ")
    for piece in ["1000", "1073741824"] {
      let outcome = try probe(launcher, ranks: ranks, "messages", variables: ["PROBE_PIECE=\(piece)"])
      let text = "ranks \(numbers), sizes [0, 1, 1024, 1025, 4000, 123456]\n"
      #expect(outcome == Outcome(status: 0, output: text, error: ""))
    }
  }

  @Test(.enabled(if: !launchers.isEmpty, "no MPI is installed"), arguments: launchers)
  func ranksThatWaitLeaveTheCore(launcher: String) throws {
    let outcome = try probe(launcher, ranks: 3, "waiting")
    #expect(outcome == Outcome(status: 0, output: "the others left the core\n", error: ""))
  }

  @Test(.enabled(if: !launchers.isEmpty, "no MPI is installed"), arguments: launchers, 0..<3)
  func rankZeroSaysWhyAnotherHasFailed(launcher: String, failing: Int) throws {
    let outcome = try probe(launcher, ranks: 3, "failure", "\(failing)")
    #expect(outcome.status == 3 && outcome.output.isEmpty)
    // The launchers add lines of their own.
    let lines = outcome.error.split(separator: "\n").filter { $0.contains("rank ") }
    #expect(lines == ["rank 0: t.csv:7:2: no number"])
  }

  @Test(.enabled(if: !launchers.isEmpty, "no MPI is installed"), arguments: launchers)
  func theLauncherEndsAllWhereOneHasEnded(launcher: String) throws {
    let outcome = try probe(launcher, ranks: 3, "end", "2")
    #expect(![0, 124, 137].contains(outcome.status) && !outcome.output.contains("ranks"))
  }

  @Test(.enabled(if: !launchers.isEmpty, "no MPI is installed"), arguments: launchers)
  func aLibraryThatIsMissingIsNamed(launcher: String) throws {
    let outcome = try probe(
      launcher, ranks: 1, "messages", variables: ["LINREG_MPI_LIBRARY=/nowhere/libmpi.so"])
    #expect(outcome.status == 1)
    #expect(
      outcome.error.hasPrefix(
        "MPI: /nowhere/libmpi.so: cannot open shared object file: No such file or directory; install the launcher's "
          + "MPI library (Debian: openmpi-bin or mpich), name it in LINREG_MPI_LIBRARY, or start one process without "
          + "the launcher\n"))
  }

  @Test(.enabled(if: !launchers.isEmpty, "no MPI is installed"), arguments: launchers)
  func anotherLibraryIsNoMPI(launcher: String) throws {
    let outcome = try probe(launcher, ranks: 1, "messages", variables: ["LINREG_MPI_LIBRARY=libz.so.1"])
    #expect(outcome.status == 1 && outcome.error.hasPrefix("MPI: libz.so.1: has no MPI_Init_thread; install"))
  }

  /// Each process would be rank 0 of 1, and do the whole work.
  @Test(.enabled(if: launchers.count == 2, "only one MPI is installed"))
  func theLibraryOfAnotherLauncherIsRefused() throws {
    let outcome = try probe(
      Self.openMPI, ranks: 2, "messages", variables: ["LINREG_MPI_LIBRARY=libmpich.so.12"])
    #expect(outcome.status == 1 && outcome.output.isEmpty)
    #expect(
      outcome.error.contains(
        "MPI: 2 processes were started, but libmpich.so.12 knows of 1; name the launcher's library in "
          + "LINREG_MPI_LIBRARY\n"))
  }
}
