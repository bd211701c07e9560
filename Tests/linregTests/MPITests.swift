import Foundation
import Testing

/// Ranks of MPI: `RankProbe` started by the launchers of Open MPI and MPICH, by Debian's names, where they are there.
@Suite(.serialized) struct MPITests {
  private static let probe = executable.deletingLastPathComponent().appendingPathComponent("RankProbe").path

  private func probe(
    _ launcher: Launcher, ranks: Int, _ arguments: String..., variables: [String] = []
  ) throws -> Outcome {
    let program = [Self.probe] + arguments
    return try run(
      URL(fileURLWithPath: "/usr/bin/env"), launcher.start(program, ranks: ranks, variables: variables))
  }

  @Test(
    .enabled(if: !Launcher.installed.isEmpty, "no MPI is installed"), arguments: Launcher.installed, [1, 3])
  func messagesOfAllSizesArrive(launcher: Launcher, ranks: Int) throws {
    let numbers = (0..<ranks).map(String.init).joined(separator: " ")
    for piece in ["1000", "1073741824"] {
      let outcome = try probe(launcher, ranks: ranks, "messages", variables: ["PROBE_PIECE=\(piece)"])
      let text = "ranks \(numbers), sizes [0, 1, 1024, 1025, 4000, 123456]\n"
      #expect(outcome == Outcome(status: 0, output: text, error: ""))
    }
  }

  @Test(.enabled(if: !Launcher.installed.isEmpty, "no MPI is installed"), arguments: Launcher.installed)
  func ranksThatWaitLeaveTheCore(launcher: Launcher) throws {
    let outcome = try probe(launcher, ranks: 3, "waiting")
    #expect(outcome == Outcome(status: 0, output: "the others left the core\n", error: ""))
  }

  @Test(
    .enabled(if: !Launcher.installed.isEmpty, "no MPI is installed"), arguments: Launcher.installed, 0..<3)
  func rankZeroSaysWhyAnotherHasFailed(launcher: Launcher, failing: Int) throws {
    let outcome = try probe(launcher, ranks: 3, "failure", "\(failing)")
    #expect(outcome.status == 3 && outcome.output.isEmpty)
    // The launchers add lines of their own.
    let lines = outcome.error.split(separator: "\n").filter { $0.contains("rank ") }
    #expect(lines == ["rank 0: t.csv:7:2: no number"])
  }

  @Test(.enabled(if: !Launcher.installed.isEmpty, "no MPI is installed"), arguments: Launcher.installed)
  func theLauncherEndsAllWhereOneHasEnded(launcher: Launcher) throws {
    let outcome = try probe(launcher, ranks: 3, "end", "2")
    #expect(![0, 124, 137].contains(outcome.status) && !outcome.output.contains("ranks"))
  }

  @Test(.enabled(if: !Launcher.installed.isEmpty, "no MPI is installed"), arguments: Launcher.installed)
  func aLibraryThatIsMissingIsNamed(launcher: Launcher) throws {
    let outcome = try probe(
      launcher, ranks: 1, "messages", variables: ["LINREG_MPI_LIBRARY=/nowhere/libmpi.so"])
    #expect(outcome.status == 1)
    #expect(
      outcome.error.hasPrefix(
        "MPI: /nowhere/libmpi.so: cannot open shared object file: No such file or directory; install the launcher's "
          + "MPI library (Debian: openmpi-bin or mpich), name it in LINREG_MPI_LIBRARY, or start one process without "
          + "the launcher\n"))
  }

  @Test(.enabled(if: !Launcher.installed.isEmpty, "no MPI is installed"), arguments: Launcher.installed)
  func anotherLibraryIsNoMPI(launcher: Launcher) throws {
    let outcome = try probe(launcher, ranks: 1, "messages", variables: ["LINREG_MPI_LIBRARY=libz.so.1"])
    #expect(outcome.status == 1 && outcome.error.hasPrefix("MPI: libz.so.1: has no MPI_Init_thread; install"))
  }

  /// Each process would be rank 0 of 1, and do the whole work.
  @Test(.enabled(if: Launcher.installed.count == 2, "only one MPI is installed"))
  func theLibraryOfAnotherLauncherIsRefused() throws {
    let outcome = try probe(
      .openMPI, ranks: 2, "messages", variables: ["LINREG_MPI_LIBRARY=libmpich.so.12"])
    #expect(outcome.status == 1 && outcome.output.isEmpty)
    #expect(
      outcome.error.contains(
        "MPI: 2 processes were started, but libmpich.so.12 knows of 1; name the launcher's library in "
          + "LINREG_MPI_LIBRARY\n"))
  }
}
