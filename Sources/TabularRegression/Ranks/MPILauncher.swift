#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif

/// What started this process as one of several, as the environment tells.
struct MPILauncher: Equatable {
  /// How many processes it started; nil where it does not say.
  let size: Int?

  /// The number of this one; nil where it does not say.
  let rank: Int?

  /// The libraries that may be the launcher's, the likeliest first: names for the dynamic linker.
  let libraries: [String]

  /// Open MPI 4 and 5.
  static let openMPI = library("mpi", "40")

  /// MPICH 3 and 4, Intel MPI and MVAPICH, which have one ABI; Debian's MPICH is libmpich.
  static let mpich = library("mpich", "12") + library("mpi", "12")

  private static func library(_ name: String, _ version: String) -> [String] {
    #if canImport(Darwin)
      ["lib\(name).\(version).dylib", "/opt/homebrew/lib/lib\(name).\(version).dylib"]
    #else
      ["lib\(name).so.\(version)"]
    #endif
  }

  /// The launcher of this process; nil where it was started alone.
  static var current: MPILauncher? { MPILauncher(ProcessInfo.processInfo.environment) }

  /// A process that is said to be one of several, though its environment does not tell of which.
  static var unknown: MPILauncher { MPILauncher(size: nil, rank: nil, libraries: openMPI + mpich) }

  private init(size: Int?, rank: Int?, libraries: [String]) {
    (self.size, self.rank, self.libraries) = (size, rank, libraries)
  }

  /// What variables of the environment tell: those of Open MPI's `mpirun` come first, as it sets those of PMI too under
  /// some systems, then those of the process management interface (PMI), as MPICH's and Intel's `mpiexec` and Slurm's
  /// `srun --mpi=pmi2` set them, then those of `srun` with other interfaces.
  ///
  /// Slurm's SLURM_NTASKS does not tell: a batch script has it too, whose commands are started alone. The number of
  /// tasks in a step does. LINREG_MPI_LIBRARY names the library, in place of those that are tried.
  init?(_ environment: [String: String]) {
    func number(_ name: String) -> Int? { environment[name].flatMap { Int($0) } }
    let found: (size: Int?, rank: Int?, libraries: [String])
    if environment["OMPI_COMM_WORLD_SIZE"] != nil {
      found = (number("OMPI_COMM_WORLD_SIZE"), number("OMPI_COMM_WORLD_RANK"), Self.openMPI)
    } else if ["PMI_RANK", "PMI_SIZE", "HYDI_CONTROL_FD"].contains(where: { environment[$0] != nil }) {
      found = (number("PMI_SIZE"), number("PMI_RANK"), Self.mpich + Self.openMPI)
    } else if environment["SLURM_PROCID"] != nil, let tasks = number("SLURM_STEP_NUM_TASKS"), tasks > 1 {
      found = (tasks, number("SLURM_PROCID"), Self.openMPI + Self.mpich)
    } else {
      return nil
    }
    (size, rank) = (found.size, found.rank)
    libraries = environment["LINREG_MPI_LIBRARY"].map { [$0] } ?? found.libraries
  }

  /// Ends all processes: MPICH's launcher, Hydra, waits for those that have not started MPI, but obeys a line of the
  /// process management interface (PMI-1) on the descriptor that it has passed on (Balaji et al.: PMI: A Scalable
  /// Parallel Process-Management Interface for Extreme-Scale Systems, 2010, https://doi.org/10.1007/978-3-642-15646-5_4).
  static func abort() {
    let environment = ProcessInfo.processInfo.environment
    guard environment["HYDI_CONTROL_FD"] != nil,
      let descriptor = environment["PMI_FD"].flatMap({ Int32($0) })
    else { return }
    _ = Files.write("cmd=abort exitcode=1\n".utf8, to: descriptor)
  }
}
