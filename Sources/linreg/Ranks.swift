import ArgumentParser
import Dispatch
import LinearRegression
import TabularRegression

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The processes that work on one command.
enum Ranks {
  nonisolated(unsafe) private static var mpi: MPICommunicator?
  nonisolated(unsafe) private static var hasBegun = false
  nonisolated(unsafe) private static var haveFailedAlike = false

  private static var isLaunched: Bool {
    MPICommunicator.isLaunched && !CommandLine.arguments.contains("--no-mpi")
  }

  /// Whether this rank leaves it to rank 0 to say something; known before MPI has started.
  static var isSilent: Bool {
    mpi.map { $0.rank != 0 } ?? (isLaunched && MPICommunicator.launchedRank.map { $0 != 0 } ?? false)
  }

  /// Starts MPI, and makes sure that the same program was started everywhere.
  static func open(_ isLaunched: Bool) throws(TabularError) -> any Communicator {
    if !isLaunched { return SingleProcess() }
    hasBegun = true
    let communicator = try MPICommunicator()
    mpi = communicator
    Terminal.isSilent = communicator.rank != 0
    try communicator.requireSame([
      "version \(Linreg.configuration.version)",
      "the arguments \(CommandLine.arguments.dropFirst().map(printable).joined(separator: " "))",
    ])
    return communicator
  }

  /// Starts MPI where that has not been tried, before an error is told: others may wait for this process, if it alone
  /// has such arguments.
  static func meet() throws(TabularError) {
    if isLaunched, !hasBegun {
      _ = try open(true)
      // With the same arguments all have failed in the same way.
      haveFailedAlike = true
    }
  }

  /// Ends MPI, before the process ends: it waits for the other ranks, which do the same.
  static func finish() {
    // Ranks that wait here sleep; MPI's own way to wait keeps their cores busy.
    try? mpi?.agree(())
    try? mpi?.finish()
  }

  /// Ends MPI after an error. Where the others know of it they end too; where they do not, because a rank has failed by
  /// itself, they are ended some seconds later.
  static func finish(after error: TabularError) {
    guard let mpi else {
      if hasBegun { finishAlone(error) }
      return
    }
    if haveFailedAlike { return finish() }
    if mpi.rank != 0, error != .elsewhere {
      Terminal.isSilent = false
      Terminal.note("rank \(mpi.rank): \(error)")
    }
    DispatchQueue.global().asyncAfter(deadline: .now() + 3) { mpi.abort(status: ExitStatus(error).rawValue) }
    finish()
  }

  /// Ends the others where this process could not start MPI. If rank 0 could not either, it has said so by now, and the
  /// launcher has ended this one.
  private static func finishAlone(_ error: TabularError) {
    if isSilent, let rank = MPICommunicator.launchedRank {
      sleep(1)
      Terminal.isSilent = false
      Terminal.note("rank \(rank): \(error.description)")
    }
    // A launcher that is told to end all may forget what it has not passed on yet.
    sleep(1)
    MPICommunicator.abortWithoutLibrary()
  }
}

extension Communicator {
  /// This rank's part of files, once all ranks have theirs of the same files.
  func part(_ files: [String], _ open: (Part?) throws(TabularError) -> TableFile) throws(TabularError)
    -> TableFile
  {
    let file = try agree(try own(files, open))
    if size > 1 {
      try requireSame(file.division.descriptions)
      try locate(file)
    }
    return file
  }

  private func own(
    _ files: [String], _ open: (Part?) throws(TabularError) -> TableFile
  ) throws(TabularError) -> TableFile {
    if size > 1, files.contains("-") {
      throw .unusable(file: "standard input", message: "it is read by one process; give files to several")
    }
    return try open(part)
  }
}
