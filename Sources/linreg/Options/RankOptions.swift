import ArgumentParser
import LinearRegression
import TabularRegression

/// Whether the process is one of several that MPI has started.
struct RankOptions: ParsableArguments {
  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Work as one of the processes that MPI has started, each on its part of the rows (default: as mpirun, mpiexec and srun tell)."
    ))
  var mpi: Bool?

  /// The ranks of this process and the others, once the same program runs on all of them.
  func communicator() throws -> any Communicator { try Ranks.open(mpi ?? MPICommunicator.isLaunched) }
}

/// Where ranks keep their parts.
struct KeepOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "With MPI: keep what each process has reduced its rows to in this folder, so that the same command takes it up when a run was ended.",
      valueName: "folder"), completion: .directory)
  var keepShares: String?

  /// The folder, which is made where it is not there.
  func parts(_ communicator: any Communicator) throws -> KeptParts? {
    guard let keepShares else { return nil }
    if !MPICommunicator.isLaunched {
      throw ValidationError("--keep-shares goes with processes that MPI has started.")
    }
    return try communicator.agree(try KeptParts(in: keepShares))
  }
}

/// A command that several ranks do together; others are done by rank 0 alone.
protocol RankedCommand: ParsableCommand {
  var ranks: RankOptions { get }
}
