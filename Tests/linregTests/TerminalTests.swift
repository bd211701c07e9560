import Foundation
import TestSupport
import Testing

/// What `linreg train` and `linreg fit` draw on a terminal.
@Suite struct TerminalTests {
  /// Runs the command with standard error on a terminal of so many columns; returns the lines that it draws, one in
  /// place of the other.
  func drawn(_ arguments: [String], columns: UInt16) throws -> [String] {
    var (terminal, end): (Int32, Int32) = (-1, -1)
    var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    try #require(openpty(&terminal, &end, nil, nil, &size) == 0)
    defer { close(terminal) }
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = repository
    process.environment = ProcessInfo.processInfo.environment.merging(["TERM": "xterm"]) { $1 }
    process.standardOutput = FileHandle.nullDevice
    let standardError = FileHandle(fileDescriptor: end, closeOnDealloc: true)
    process.standardError = standardError
    try process.run()
    try standardError.close()  // so that reading ends with the process
    var bytes: [UInt8] = [], chunk = [UInt8](repeating: 0, count: 4096)
    while case let count = read(terminal, &chunk, chunk.count), count > 0 { bytes += chunk[..<count] }
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\u{1B}[K")
  }

  static let run = [
    "train", "--target", "progression", diabetes, "--learning-rate", "0.01", "--batch-size", "4", "--epochs",
    "30",
  ]

  @Test func theBarIsThatOfTheRun() throws {
    var shares: [Int] = []
    for line in try drawn(Self.run, columns: 100) where !line.isEmpty {
      let match = try #require(
        line.prefixMatch(of: /epoch ([ \d]\d)\/30  \[(#*)-*\]  [\d.]+( [kM])? rows\/s/), "\(line)")
      let epoch = try #require(Int(match.1.drop { $0 == " " })), filled = match.2.count
      shares.append(filled)
      #expect(14 * (epoch - 1) / 30...14 * epoch / 30 ~= filled, "\(line)")
    }
    #expect(shares.count >= 30 && shares == shares.sorted() && shares.last == 14)
  }

  @Test(arguments: [1, 2, 8, 13, 29, 30, 31, 60, 80, 200] as [UInt16])
  func noLineIsWiderThanTheTerminal(columns: UInt16) throws {
    let lines = try drawn(Self.run, columns: columns)
    #expect(lines.count > 30 && lines.last == "")
    #expect(lines.allSatisfy { $0.count < columns }, "\(lines)")
    if columns > 12 { #expect(lines.contains { $0.hasPrefix("epoch 30/30") }) }
  }

  /// When the rows have been read, a fit of many columns says what it is doing.
  @Test func columnsAreSolvedFor() throws {
    let folder = TemporaryFolder()
    let text = "y,g\n" + (0..<2002).map { "\($0 * 7 % 13),\($0 % 1001)\n" }.joined()
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path("g.csv")))
    let lines = try drawn(["fit", "y ~ C(g)", folder.path("g.csv")], columns: 80)
    #expect(lines.contains("solving for 1000 columns") && lines.last == "")
    #expect(try drawn(["fit", "y ~ g", folder.path("g.csv")], columns: 80) == [""])
  }
}
