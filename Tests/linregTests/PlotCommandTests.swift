import Foundation
import TestSupport
import Testing

/// What `linreg plot` draws on a terminal, as tmux shows it.
@Suite struct PlotCommandTests {
  /// The lines of the screen of a terminal of this size once the command has run in it.
  private func screen(_ command: String, columns: Int, rows: Int) throws -> [String] {
    let folder = TemporaryFolder(), socket = folder.path("tmux"), done = folder.path("done")
    // The server that the first call starts goes on, and with it what is waited for: it is not waited for.
    func tmux(_ arguments: String..., to output: FileHandle = .nullDevice, isWaitedFor: Bool = true) throws {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["tmux", "-u", "-S", socket, "-f", "/dev/null"] + arguments
      process.environment = ProcessInfo.processInfo.environment.merging(
        ["TERM": "xterm-256color", "LC_ALL": "C.UTF-8"]) { $1 }
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      try process.run()
      if isWaitedFor { process.waitUntilExit() }
    }
    try tmux(
      "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", "\(command); touch '\(done)'; sleep 60",
      isWaitedFor: false)
    defer { withExtendedLifetime(folder) { _ = try? tmux("kill-server") } }
    for _ in 0..<600 where !FileManager.default.fileExists(atPath: done) { usleep(50_000) }
    try #require(FileManager.default.fileExists(atPath: done), "the command did not end")
    // What it has written may be on its way to the screen.
    usleep(300_000)
    let pipe = Pipe()
    try tmux("capture-pane", "-p", to: pipe.fileHandleForWriting)
    try pipe.fileHandleForWriting.close()
    let screen = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    return screen.split(separator: "\n", omittingEmptySubsequences: false).map(
      String.init)
  }

  @Test(arguments: [(80, 24), (200, 50)])
  func thePanelsFillTheScreen(columns: Int, rows: Int) throws {
    let folder = TemporaryFolder(), model = folder.path("d.model")
    _ = try linreg("fit", "progression ~ bmi + bp", diabetes, "-m", model)
    let lines = try screen(
      "cd '\(repository.path)'; '\(executable.path)' plot '\(model)' \(diabetes)", columns: columns,
      rows: rows)
    withExtendedLifetime(folder) {}
    let text = lines.joined(separator: "\n")
    // At the end of the page there are two panels at least, and what is seen in all four.
    for title in ["Scale–location", "Leverage and influence"] {
      #expect(lines.contains { $0.contains(title) && !$0.contains(":") }, "\(text)")
      #expect(lines.contains { $0.hasPrefix("  \(title): Nothing unusual.") }, "\(text)")
    }
    if rows >= 50 {
      #expect(lines.contains { $0.contains("Normal quantiles") && !$0.contains(":") }, "\(text)")
    }
    #expect(lines.allSatisfy { $0.count <= columns })
    let widest = lines.map(\.count).max() ?? 0
    #expect(widest > columns - 12, "\(widest) of \(columns) columns are used")
    let dots = text.unicodeScalars.count { (0x2801...0x28FF).contains($0.value) }
    #expect(dots > 300, "\(dots) characters of braille")
  }

  @Test(arguments: [30, 47, 80, 133, 400], [true, false])
  func noLineIsWiderThanWasAskedFor(width: Int, isASCII: Bool) throws {
    let folder = TemporaryFolder(), model = folder.path("d.model")
    _ = try linreg("fit", "progression ~ bmi + bp", diabetes, "-m", model)
    let drawn = try linreg(
      ["plot", model, diabetes, "--width", "\(width)", "--panel", "residuals,coefficients"]
        + (isASCII ? ["--ascii"] : []))
    withExtendedLifetime(folder) {}
    let lines = drawn.output.split(separator: "\n").filter { !$0.contains(": ") && !$0.hasPrefix("    ") }
    let widest = lines.map(\.count).max() ?? 0
    #expect(widest <= width && widest > width * 3 / 4, "\(widest)")
    #expect(lines.allSatisfy { $0.last != " " })
  }

  @Test func aTrainingRunEndsWithItsCurves() throws {
    let lines = try screen(
      "cd '\(repository.path)'; '\(executable.path)' train 'progression ~ .' \(diabetes) --plot > /dev/null",
      columns: 80,
      rows: 24)
    #expect(
      lines.contains { $0.contains("Loss above the exact") && $0.contains("Distance to the exact") },
      "\(lines)")
  }
}
