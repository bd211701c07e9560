import Foundation
import TestSupport

/// The repository's root.
let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// The bundled data set.
let diabetes = repository.appendingPathComponent("Examples/Diabetes/diabetes.csv").path

/// The built command; the test runner lies beside the products it was built with.
let executable = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
  .appendingPathComponent("linreg")

/// What a run of the command ended with.
struct Outcome: Equatable {
  var status: Int32
  var output: String
  var error: String
}

/// Runs the built command as a user would.
///
/// - Parameters:
///   - arguments: what follows `linreg`.
///   - input: what it finds on standard input.
///   - folder: where it runs.
func linreg(_ arguments: String..., input: String = "", in folder: URL = repository) throws -> Outcome {
  try linreg(arguments, input: input, in: folder)
}

func linreg(_ arguments: [String], input: String = "", in folder: URL = repository) throws -> Outcome {
  let process = Process()
  process.executableURL = executable
  process.arguments = arguments
  process.currentDirectoryURL = folder
  // Files instead of pipes: output of any size cannot block.
  let files = TemporaryFolder()
  let paths = ["in", "out", "err"].map(files.path)
  for (path, text) in zip(paths, [input, "", ""]) {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }
  process.standardInput = FileHandle(forReadingAtPath: paths[0])
  process.standardOutput = FileHandle(forWritingAtPath: paths[1])
  process.standardError = FileHandle(forWritingAtPath: paths[2])
  try process.run()
  process.waitUntilExit()
  func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path)!, as: UTF8.self)
  }
  return Outcome(status: process.terminationStatus, output: text(paths[1]), error: text(paths[2]))
}
