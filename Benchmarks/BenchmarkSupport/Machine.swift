import Foundation
import LinearRegression

/// What a benchmark ran on: without this its numbers mean nothing.
public struct Machine: CustomStringConvertible {
  /// The processor's name, as the system reports it.
  public let processor: String

  /// The number of cores that the system offers.
  public let cores: Int

  /// First line of `swift --version`: the toolchain on the path, which is the one that `swift run` built with.
  public let swift: String

  /// The commit, from the environment variable COMMIT.
  public let commit: String

  /// Day and time in UTC, ISO 8601.
  public let date: String

  /// Looks at this machine.
  public init() {
    processor = processorName() ?? "unknown processor"
    cores = ProcessInfo.processInfo.activeProcessorCount
    let version = firstLine(of: "swift", "--version") ?? "unknown"
    swift = version.replacingOccurrences(of: "Swift version ", with: "")
    let commit = ProcessInfo.processInfo.environment["COMMIT"] ?? ""
    self.commit = commit.isEmpty ? "unknown" : commit
    date = Date.now.ISO8601Format()
  }

  /// Two columns, a line for each fact.
  public var description: String {
    """
    machine   \(processor), \(cores) \(cores == 1 ? "core" : "cores")
    OpenBLAS  \(OpenBLAS.version), kernel \(OpenBLAS.kernel), threads per call: \(OpenBLAS.threads)
    Swift     \(swift)
    commit    \(commit)
    date      \(date)
    """
  }
}

/// The first "model name" of /proc/cpuinfo, which Linux has on x86.
private func processorName() -> String? {
  guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8),
    let line = text.split(separator: "\n").first(where: { $0.hasPrefix("model name") }),
    let colon = line.firstIndex(of: ":")
  else { return nil }
  return line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
}

/// The first line that a program writes to standard output; nil if it cannot be run or writes nothing.
private func firstLine(of command: String...) -> String? {
  let process = Process(), output = Pipe()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = command
  process.standardOutput = output
  process.standardError = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return nil }
  let bytes = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return String(decoding: bytes, as: UTF8.self).split(separator: "\n").first.map(String.init)
}
