import Foundation
import LinearRegression
import Synchronization
import TestSupport
import Testing

@testable import TabularRegression

/// Rows of a pipe: handed out as they arrive, and kept for a second reading.
@Suite(.timeLimit(.minutes(1))) struct PipeTests {
  let folder = TemporaryFolder()

  /// A named pipe, into which pieces of a text are written; `wait` is called before each.
  private func pipe(_ pieces: [ArraySlice<UInt8>], wait: @escaping @Sendable () -> Void = {}) -> String {
    let path = folder.path("pipe-\(UUID().uuidString)")
    #expect(mkfifo(path, 0o600) == 0)
    Thread.detachNewThread {
      let file = open(path, O_WRONLY)
      for piece in pieces {
        wait()
        _ = piece.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      }
      close(file)
    }
    return path
  }

  /// Rows of any text are those of a file, wherever it pauses.
  @Test func piecesOfAnySizeGiveTheSameRows() throws {
    var random = SeededGenerator(seed: 8)
    for _ in 0..<60 {
      let text = CSVReaderTests().oddTable(&random, isFinal: true)
      var pieces: [ArraySlice<UInt8>] = [], rest = text[...]
      while !rest.isEmpty {
        pieces.append(rest.prefix(1 + random.nextInteger(below: 12)))
        rest = rest.dropFirst(pieces.last!.count)
      }
      let path = pipe(pieces, wait: { usleep(200) })
      var outcome = ""
      do {
        var rows = JoinedRows()
        try TableReader([path], blockSize: 64, asTheyArrive: true).forEachBlock {
          $0
        } take: {
          rows.append($0)
        }
        outcome = CSVReaderTests.Outcome.contents(Table("0.csv", rows))
      } catch {
        outcome = "\(error)"
      }
      let expected = CSVReaderTests.Outcome([text], blockSize: 1 << 20).description
      #expect(outcome.replacing(path, with: "0.csv") == expected, "\(String(decoding: text, as: UTF8.self))")
    }
  }

  /// The next row is written once the one before it has been taken; in a table of one column, where blank lines are
  /// rows, too.
  @Test(arguments: ["a,b\n1,2\n3,4\n5,6\n", "a\n1\n2\n3\n"])
  func aRowIsHandedOutBeforeTheNext(text: String) throws {
    let taken = DispatchSemaphore(value: 0)
    // The header and the first row come by themselves.
    for _ in 0..<2 { taken.signal() }
    let lines = Array(text.utf8).split(separator: 10, omittingEmptySubsequences: true).map { $0 + [10] }
    let path = pipe(lines.map { $0[...] }, wait: { taken.wait() })
    var rows = 0
    try TableReader([path], asTheyArrive: true).forEachBlock {
      $0.rowCount
    } take: {
      rows += $0
      taken.signal()
    }
    #expect(rows == 3)
  }

  /// An error is told while the pipe is still open, and so is a wish to stop.
  @Test(arguments: [1, 2, 3])
  func nobodyWaitsForAPipe(threads: Int) throws {
    let path = folder.path("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    let over = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      let file = open(path, O_WRONLY)
      let text = Array(("a,b\n1\n" + String(repeating: "2,3\n", count: 20)).utf8)
      _ = text.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      over.wait()
      close(file)
    }
    let reader = try TableReader([path], blockSize: 8)
    let error = #expect(throws: TabularError.self) {
      try reader.forEachBlock(threads: threads) {
        $0.rowCount
      } take: { _ in
      }
    }
    #expect(error?.description.hasPrefix("\(path):2:1: the row has 1 field") == true)
    over.signal()
  }

  @Test func readingThatIsCancelledEnds() throws {
    let path = folder.path("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    let over = DispatchSemaphore(value: 0), taken = Mutex(false)
    Thread.detachNewThread {
      let file = open(path, O_WRONLY)
      // The second row is not whole.
      _ = write(file, "a,b\n1,2\n3", 9)
      over.wait()
      close(file)
    }
    var rows = 0
    try TableReader([path], asTheyArrive: true).forEachBlock(
      threads: 1, isCancelled: { taken.withLock { $0 } }
    ) {
      $0.rowCount
    } take: { count in
      rows += count
      taken.withLock { $0 = true }
    }
    #expect(rows == 1)
    over.signal()
  }

  /// A single column of blank lines, more than a block of them, and a quote behind.
  @Test func blankLinesOfAPipeAreRows() throws {
    let text = Array(("a\n1\n" + String(repeating: "\n", count: 200) + "\"2\"\n3\n").utf8)
    let expected = CSVReaderTests.Outcome([text], blockSize: 1 << 20).description
    let pieces = [text[..<50], text[50..<180], text[180...]]
    let path = pipe(pieces, wait: { usleep(2000) })
    var rows = JoinedRows()
    try TableReader([path], blockSize: 16, asTheyArrive: true).forEachBlock {
      $0
    } take: {
      rows.append($0)
    }
    #expect(CSVReaderTests.Outcome.contents(Table("0.csv", rows)).replacing(path, with: "0.csv") == expected)
  }

  @Test func categoriesAreFittedFromACopy() throws {
    var random = SeededGenerator(seed: 2)
    var text = "y,x,zip\n"
    for row in 0..<20_000 {
      let x = random.nextNormal()
      text += "\(x + Double(row % 5) + random.nextNormal()),\(x),z\(row % 5)\n"
    }
    let file = folder.path("rows.csv")
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    let path = pipe([Array(text.utf8)[...]])
    let formula = try Formula("y ~ x + zip")
    // Small blocks: none of the rows stay in memory.
    func fit(_ path: String) throws -> FittedModel {
      try FittedModel(formula, reading: TableReader([path], blockSize: 5000), blocksInMemory: 0)
    }
    #expect(try fit(path) == fit(file))
  }

  @Test func compressedRowsAreKeptToo() throws {
    let text = "y,x\n" + (0..<3000).map { "\($0 % 7),w\($0 % 3)" }.joined(separator: "\n")
    let file = folder.path("rows.csv")
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    let gzip = Process()
    (gzip.executableURL, gzip.arguments) = (URL(fileURLWithPath: "/bin/gzip"), ["-k", file])
    try gzip.run()
    gzip.waitUntilExit()
    let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: file + ".gz")))
    let formula = try Formula("y ~ x")
    let models = try [pipe([bytes[...]]), file].map {
      try FittedModel(formula, reading: TableReader([$0], blockSize: 1000), blocksInMemory: 0)
    }
    #expect(models[0] == models[1])
  }

  @Test func aCopyNeedsAPlace() throws {
    let text = Array("y,x\n1,a\n2,b\n3,a\n4,b\n".utf8)
    let copy = PipeCopy(pipe([text[...]]))
    let error = #expect(throws: TabularError.self) { try copy.keep(in: folder.path("nowhere")) }
    #expect(
      error?.description.hasSuffix(
        "the rows are needed twice, and a copy cannot be kept (No such file or directory); set TMPDIR to a folder with room, or write the rows to a file"
      ) == true)
  }
}
