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
  try run(executable, arguments, input: input, in: folder)
}

/// Runs lines for `sh`, in which `linreg` is the built command.
func shell(_ script: String, in folder: URL) throws -> Outcome {
  let linreg = "linreg() { SWIFT_BACKTRACE=enable=no '\(executable.path)' \"$@\"; }\n"
  return try run(URL(fileURLWithPath: "/bin/sh"), ["-c", linreg + script], input: "", in: folder)
}

/// Runs a program.
func run(
  _ program: URL, _ arguments: [String], input: String = "", in folder: URL = repository
) throws -> Outcome {
  // Files instead of pipes: output of any size cannot block.
  let files = TemporaryFolder(), inputFile = files.path("in")
  try Data(input.utf8).write(to: URL(fileURLWithPath: inputFile))
  let (process, output, error) = try start(program, arguments, input: inputFile, at: folder, in: files)
  process.waitUntilExit()
  func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path)!, as: UTF8.self)
  }
  return Outcome(status: process.terminationStatus, output: text(output), error: text(error))
}

/// Starts the built command in a folder; what it prints goes into two files there.
func start(
  _ arguments: [String], in folder: TemporaryFolder
) throws -> (Process, output: String, error: String) {
  try start(
    executable, arguments, input: "/dev/null", at: URL(fileURLWithPath: folder.path("")), in: folder)
}

/// Starts a program at a place; what it prints goes into two files of a folder.
func start(
  _ program: URL, _ arguments: [String], input: String, at place: URL, in folder: TemporaryFolder
) throws -> (Process, output: String, error: String) {
  let process = Process(), output = folder.path(UUID().uuidString), error = output + ".err"
  for path in [output, error] { try Data().write(to: URL(fileURLWithPath: path)) }
  process.executableURL = program
  process.arguments = arguments
  process.currentDirectoryURL = place
  process.standardInput = FileHandle(forReadingAtPath: input)
  process.standardOutput = FileHandle(forWritingAtPath: output)
  process.standardError = FileHandle(forWritingAtPath: error)
  try process.run()
  return (process, output, error)
}
