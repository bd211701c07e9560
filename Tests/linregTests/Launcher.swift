import Foundation
import Testing

/// A launcher of MPI, by Debian's name.
struct Launcher: CustomTestStringConvertible, Sendable {
  let name: String
  var testDescription: String { name }

  static let openMPI = Launcher(name: "mpirun.openmpi")
  static let mpich = Launcher(name: "mpiexec.mpich")

  /// Those that are installed.
  static let installed = [openMPI, mpich].filter { launcher in
    let folders = ProcessInfo.processInfo.environment["PATH", default: ""].split(separator: ":")
    return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(launcher.name)") }
  }

  /// What `env` runs: a program on ranks, more than there are cores, also as root, and for a minute at most. Other
  /// signals than KILL may be blocked on the thread that starts it.
  func start(_ program: [String], ranks: Int, variables: [String] = []) -> [String] {
    variables + ["OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"]
      + ["timeout", "--foreground", "-s", "KILL", "60", name]
      + (name == Self.openMPI.name ? ["--oversubscribe"] : []) + ["-n", "\(ranks)"] + program
  }
}
