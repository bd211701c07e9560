import Foundation
import TestSupport
import Testing

/// What the README and the articles show is what happens.
@Suite struct ReadmeTests {
  /// Fenced blocks of a text.
  struct Page {
    let text: String

    init(_ path: String) throws {
      text = try String(contentsOf: repository.appendingPathComponent(path), encoding: .utf8)
    }

    /// The contents of all blocks with their languages, in order.
    var blocks: [(language: String, text: String)] {
      text.components(separatedBy: "\n```").dropFirst().enumerated().compactMap { index, block in
        guard index % 2 == 0, let end = block.firstIndex(of: "\n") else { return nil }
        return (String(block[..<end]), String(block[end...].dropFirst()) + "\n")
      }
    }

    /// The contents of the blocks of a language, in order.
    func blocks(_ language: String) -> [String] {
      blocks.filter { $0.language == language }.map(\.text)
    }
  }

  /// Each article of the libraries, and the file of `Examples` that has its programs.
  static let articles = [
    ("LinearAlgebra/LinearAlgebra.docc/LinearAlgebra.md", "Articles/Overviews"),
    ("LinearRegression/LinearRegression.docc/LinearRegression.md", "Articles/Overviews"),
    ("LinearRegression/LinearRegression.docc/TheNotebook.md", "Notebook/main"),
    ("LinearRegression/LinearRegression.docc/ComingFromScikitLearn.md", "Articles/ComingFrom"),
    ("LinearRegression/LinearRegression.docc/ExactFits.md", "Articles/ExactFits"),
    ("LinearRegression/LinearRegression.docc/TrainingBySGD.md", "Articles/TrainingBySGD"),
    ("LinearRegression/LinearRegression.docc/Numerics.md", "Articles/Overviews"),
    ("TabularRegression/TabularRegression.docc/TabularRegression.md", "Articles/Overviews"),
    ("TabularRegression/TabularRegression.docc/ComingFromR.md", "Articles/ComingFrom"),
    ("TabularRegression/TabularRegression.docc/ComingFromCreateML.md", "Articles/ComingFrom"),
    ("TabularRegression/TabularRegression.docc/TablesAndFormulas.md", "Articles/TablesAndFormulas"),
    ("TabularRegression/TabularRegression.docc/Files.md", "Articles/Files"),
    ("TabularRegression/TabularRegression.docc/ModelsAndPredictions.md", "Articles/ModelsAndPredictions"),
    ("TabularRegression/TabularRegression.docc/MergingShares.md", "Articles/MergingShares"),
    ("TabularRegression/TabularRegression.docc/SeveralMachines.md", "Articles/Overviews"),
    ("TabularRegression/TabularRegression.docc/TrainingOnTables.md", "Articles/TrainingOnTables"),
    ("TabularRegression/TabularRegression.docc/InAServer.md", "Articles/InAServer"),
  ]

  /// The articles of a module's or the command's catalog, as paths in `Sources`.
  static func pages(_ module: String) -> [String] {
    let folder = "\(module)/\(module).docc"
    let files = FileManager.default.enumerator(
      atPath: repository.appendingPathComponent("Sources/\(folder)").path)
    return (files?.allObjects as? [String] ?? []).filter { $0.hasSuffix(".md") }.sorted().map {
      "\(folder)/\($0)"
    }
  }

  /// Lines without indentation and imports, which stand elsewhere where a program is part of another.
  private func lines(_ program: String) -> String {
    program.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty && !$0.hasPrefix("import ") }.map { $0 + "\n" }.joined()
  }

  /// The example is compiled, run and compared with `expected.txt` by `make examples`.
  @Test func theProgramIsTheExampleThatIsRun() throws {
    let example = repository.appendingPathComponent("Examples/QuickStart")
    let program = try String(contentsOf: example.appendingPathComponent("main.swift"), encoding: .utf8)
    let output = try String(contentsOf: example.appendingPathComponent("expected.txt"), encoding: .utf8)
    let readme = try Page("README.md")
    #expect(readme.blocks("swift").first == program)
    #expect(readme.blocks("").first == output)
    #expect(program.split(separator: "\n").count <= 10)
    // The other block is a part of a manifest.
    #expect(readme.blocks("swift").count == 2)
    #expect(readme.text.split(separator: "\n", omittingEmptySubsequences: false).count <= 91)
  }

  @Test func everyArticleIsTested() {
    var found = Set(["LinearAlgebra", "LinearRegression", "TabularRegression"].flatMap(Self.pages))
    // The lines of this one are tests of LinearAlgebra.
    found.remove("LinearAlgebra/LinearAlgebra.docc/ComingFromNumPy.md")
    #expect(found == Set(Self.articles.map(\.0)))
  }

  /// Each verb has an article in the command's catalog, which shows a session and names options that there are.
  @Test func everyVerbHasAnArticle() throws {
    let help = try linreg("--help").output
    let verbs = try #require(help.components(separatedBy: "SUBCOMMANDS:\n").last).matches(
      of: /(?m)^  ([a-z]+)\s/
    )
    .map { String($0.1) }
    #expect(verbs.count >= 12)
    let pages = try Self.pages("linreg").map { try Page("Sources/\($0)") }
    for verb in verbs {
      let page = try #require(pages.first { $0.text.hasPrefix("# linreg \(verb)\n") }, "\(verb)")
      #expect(page.blocks("console").contains { $0.contains("linreg \(verb)") }, "\(verb)")
      let options = try linreg(verb, "--help").output
      for option in page.text.matches(of: /\| `(-[^` ]+)/) {
        #expect(options.contains(" \(option.1)"), "\(verb): \(option.1)")
      }
    }
    #expect(pages.count == verbs.count + 1)
  }

  /// The programs are compiled, run and compared with `expected.txt` by `make examples`.
  @Test(arguments: articles)
  func programsOfArticlesAreExamplesThatAreRun(article: String, example: String) throws {
    let page = try Page("Sources/\(article)")
    let programs = page.blocks("swift")
    if programs.isEmpty { return }
    let file = repository.appendingPathComponent("Examples/\(example).swift")
    let whole = try lines(String(contentsOf: file, encoding: .utf8))
    for program in programs { #expect(whole.contains(lines(program)), "\(article): \(program)") }
    let printed = file.deletingLastPathComponent().appendingPathComponent("expected.txt")
    let expected = try String(contentsOf: printed, encoding: .utf8)
    for output in page.blocks("") {
      #expect("\n\(expected)".contains("\n\(output)"), "\(article): \(output)")
    }
  }

  /// Sessions run in a folder that has the bundled data, one after the other, as in a terminal: notes come before the
  /// result.
  @Test(arguments: ["README.md"] + (articles.map(\.0) + pages("linreg")).map { "Sources/\($0)" })
  func sessionsAreWhatTheCommandPrints(page path: String) throws {
    let folder = TemporaryFolder()
    let manager = FileManager.default
    let examples = repository.appendingPathComponent("Examples")
    try manager.createSymbolicLink(atPath: folder.path("Examples"), withDestinationPath: examples.path)
    for file in ["january.csv", "february.csv", "march.csv", "new.csv"] {
      try manager.copyItem(
        atPath: examples.appendingPathComponent("Homes/\(file)").path, toPath: folder.path(file))
    }
    let sessions = try Page(path).blocks("console")
    if path == "README.md" { #expect(sessions.count == 1) }
    for session in sessions {
      var printed = ""
      for line in session.split(separator: "\n") where line.hasPrefix("$ ") {
        printed +=
          try "\(line)\n" + shell(String(line.dropFirst(2)), in: URL(fileURLWithPath: folder.path("")))
      }
      #expect(rounded(printed) == rounded(session), "\(path)")
    }
  }

  /// What a launcher would start on other machines runs here.
  private static let launchers = [
    "ssh": "shift; exec sh -c \"$*\"", "mpirun": "while [ \"$1\" != linreg ]; do shift; done; exec \"$@\"",
    "parallel": """
    line=; while [ "$1" != ::: ]; do line="$line $1"; shift; done; shift
    for word; do sh -c "$(printf %s "$line" | sed "s/{}/$word/g")"; done
    """,
  ]

  /// The lines for machines that start processes give what one process does.
  @Test func partsOnSeveralMachinesAreTheWhole() throws {
    let folder = TemporaryFolder(), manager = FileManager.default
    for file in ["january.csv", "february.csv", "march.csv"] {
      let homes = repository.appendingPathComponent("Examples/Homes/\(file)").path
      try manager.copyItem(atPath: homes, toPath: folder.path(file))
    }
    for (name, script) in Self.launchers {
      try "#!/bin/sh\n\(script)\n".write(toFile: folder.path(name), atomically: true, encoding: .utf8)
      try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path(name))
    }
    func run(_ lines: String) throws -> [Data?] {
      for part in 1...3 { try? manager.removeItem(atPath: folder.path("\(part).part")) }
      for name in ["quarter.share", "quarter.model"] { try? manager.removeItem(atPath: folder.path(name)) }
      // Another sh may wait for ever for its children: the signal that they end is blocked on a test's thread.
      try "PATH=\"$PWD:$PATH\"\n\(lines)".write(
        toFile: folder.path("lines"), atomically: true, encoding: .utf8)
      let output = try shell("bash lines", in: URL(fileURLWithPath: folder.path("")))
      #expect(!output.contains("not found"), "\(output)")
      return ["quarter.share", "quarter.model"].map { manager.contents(atPath: folder.path($0)) }
    }
    let all = "'price ~ area + C(zip)' january.csv february.csv march.csv"
    let whole = try run("linreg accumulate \(all) -o quarter.share; linreg fit \(all) -m quarter.model")
    let page = try Page("Sources/TabularRegression/TabularRegression.docc/SeveralMachines.md")
    #expect(page.blocks("sh").count == 5)
    for block in page.blocks("sh") {
      let tasks = "export SLURM_ARRAY_TASK_COUNT=3 SLURM_CPUS_PER_TASK=2 SLURM_ARRAY_TASK_ID"
      let isTask = block.hasPrefix("#!/bin/sh")
      let lines =
        isTask
        ? "\(tasks); for SLURM_ARRAY_TASK_ID in 1 2 3; do \(block)done; linreg merge 3.part 1.part 2.part -o quarter.share"
        : block
      let found = try run(lines)
      let made = block.contains("-m quarter.model") ? 1 : 0
      #expect(found[made] != nil && found[made] == whole[made], "\(block)")
    }
  }

  /// The text without what depends on how the processor rounds: how often a solution is corrected, and the last digits
  /// of numbers that are printed with all of theirs.
  private func rounded(_ text: String) -> String {
    text.replacing(/\d passes/, with: "3 passes").replacing(/\d+\.\d{9,}/) {
      String(format: "%.9g", Double($0.output) ?? .nan)
    }
  }

  /// What a line for the shell prints, in which `linreg` is the built command.
  private func shell(_ line: String, in folder: URL) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    let place = executable.deletingLastPathComponent().path
    process.arguments = ["-c", "PATH=\"$1:$PATH\"; eval \"$2\" 2>&1 < /dev/null", "sh", place, line]
    process.currentDirectoryURL = folder
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: output, as: UTF8.self)
  }
}
