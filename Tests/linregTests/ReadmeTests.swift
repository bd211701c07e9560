import Foundation
import Testing

/// What the README shows is what happens.
@Suite struct ReadmeTests {
  let readme: String

  init() throws {
    readme = try String(contentsOf: repository.appendingPathComponent("README.md"), encoding: .utf8)
  }

  /// The contents of the README's fenced blocks of a language, in order.
  func blocks(_ language: String) -> [String] {
    readme.components(separatedBy: "\n```").dropFirst().enumerated().compactMap { index, block in
      guard index % 2 == 0, block.hasPrefix("\(language)\n") else { return nil }
      return String(block.dropFirst(language.count + 1)) + "\n"
    }
  }

  /// The words of a command as a shell splits them, single quotes being the only ones.
  func words(_ line: Substring) -> [String] {
    line.matches(of: /'([^']*)'|([^' ]+)/).map { String($0.1 ?? $0.2 ?? "") }
  }

  /// The example is compiled, run and compared with `expected.txt` by `make examples`.
  @Test func theProgramIsTheExampleThatIsRun() throws {
    let example = repository.appendingPathComponent("Examples/QuickStart")
    let program = try String(contentsOf: example.appendingPathComponent("main.swift"), encoding: .utf8)
    let output = try String(contentsOf: example.appendingPathComponent("expected.txt"), encoding: .utf8)
    #expect(blocks("swift").first == program)
    #expect(blocks("").first == output)
    #expect(program.split(separator: "\n").count <= 10)
  }

  /// They are compiled and run by `make examples`; the other block is a part of a manifest.
  @Test func theLinesOnLibrariesAreAnExampleThatIsRun() throws {
    let program = try String(
      contentsOf: repository.appendingPathComponent("Examples/Libraries/main.swift"), encoding: .utf8)
    let lines = blocks("swift").dropFirst().filter { !$0.hasPrefix("// Package.swift\n") }
    #expect(lines.count == 1)
    for block in lines { #expect(program.contains("\n\n" + block)) }
  }

  @Test func sessionsAreWhatTheCommandPrints() throws {
    let sessions = blocks("console")
    #expect(sessions.count == 3)
    for session in sessions {
      let lines = session.split(separator: "\n", maxSplits: 1)
      let arguments = words(try #require(lines[0].wholeMatch(of: /\$ linreg (.*)/)).1)
      let outcome = try linreg(arguments)
      // As in a terminal: notes come before the result.
      #expect(outcome.error + outcome.output == lines[1])
    }
  }
}
