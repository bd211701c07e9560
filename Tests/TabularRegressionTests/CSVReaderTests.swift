import Foundation
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

@Suite struct CSVReaderTests {
  /// A table's contents to the bit, or the error that reading ends in.
  struct Outcome: Equatable, CustomStringConvertible {
    var description: String

    init(
      _ texts: [[UInt8]], _ options: ReadingOptions = ReadingOptions(), blockSize: Int,
      usesVectors: Bool = true, threads: Int = 1
    ) {
      do {
        let reader = try TableReader(
          texts.enumerated().map { .memory($1, name: "\($0).csv") }, options: options, blockSize: blockSize,
          usesVectors: usesVectors)
        let table = try Parallelism.$threads.withValue(threads) {
          try Table(all: reader, isCancelled: { false })
        }
        description = Self.contents(table)
      } catch {
        description = "\(error)"
      }
    }

    /// What the plain reader makes of a text.
    init(plain text: [UInt8], _ options: ReadingOptions = ReadingOptions()) {
      do {
        let names = try TableReader([.memory(text, name: "0.csv")], options: options).columnNames
        var reader = PlainReader(text, name: "0.csv", options: options)
        description = Self.contents(try reader.table(names))
      } catch {
        description = "\(error)"
      }
    }

    static func contents(_ table: Table) -> String {
      let columns = table.columns.map { column in
        let values =
          switch column.values {
          case .numbers(let numbers):
            "\(numbers.map { $0.isNaN ? "missing" : "\($0.bitPattern)" })"
          case .words(let words): "\(words.codes) \(words.levels)"
          case .mixed(let fault): "\(fault.error)"
          }
        return "\(column.name) \(column.field ?? -1): \(values)"
      }.joined(separator: "\n")
      return columns + "\n\((0..<table.rowCount).map { "\(table.places[$0].file):\(table.places[$0].line)" })"
    }
  }

  /// A table with all the oddities there are.
  func oddTable(_ random: inout SeededGenerator, isFinal: Bool) -> [UInt8] {
    let numbers = [
      "1", "-2.5", "+3", "1e5", ".5", "5.", "12345678901234567890123456", "0.30000000000000004", "1e-400",
      "-0",
      " 7 ", "\t8", "123456789.123456789", "9007199254740993", "2.2250738585072011e-308",
      "00000000000000000000001",
    ]
    let words = [
      "x", "Größe", "12a", "naan", "1e", "-", "1e999", "inf", " a b ", "5\" pipe", "x\ry", "0x1F",
      "long word and more",
    ]
    let missing = ["", "NA", "nan", " n/a ", "NULL", "  "]
    let quoted = ["\"1\"", "\"a,b\"", "\"two\nlines\"", " \"say \"\"hi\"\"\" ", "\"\"", "\"r\r\n\""]
    func pick(_ from: [String], _ random: inout SeededGenerator) -> String {
      from[random.nextInteger(below: from.count)]
    }
    let columns = 1 + random.nextInteger(below: 4)
    let quotes = random.nextInteger(below: 3) == 0
    let newline = random.nextInteger(below: 3) == 0 ? "\r\n" : "\n"
    let kinds = (0..<columns).map { _ in random.nextInteger(below: 4) }
    var text = random.nextInteger(below: 5) == 0 ? "\u{FEFF}" : ""
    text += (0..<columns).map { "c\($0)" }.joined(separator: ",") + newline
    for _ in 0..<random.nextInteger(below: 30) {
      if random.nextInteger(below: 12) == 0 { text += newline }
      let fields = kinds.map { kind in
        if random.nextInteger(below: 6) == 0 { return pick(missing, &random) }
        if quotes, random.nextInteger(below: 10) == 0 { return pick(quoted, &random) }
        if kind == 0 || random.nextInteger(below: 40) == 0 { return pick(words, &random) }
        return kind == 1 ? pick(missing, &random) : pick(numbers, &random)
      }
      text += fields.joined(separator: ",") + newline
    }
    var bytes = Array(text.utf8)
    if isFinal {
      switch random.nextInteger(below: 12) {
      case 0: bytes += Array("1,2,3,4,5,6\n".utf8)
      case 1: bytes += Array("\"open\n".utf8)
      case 2: bytes += Array("\"a\"b\n".utf8)
      case 3: bytes += [0x61, 0, 0x0A]
      case 4: bytes += [0xFF, 0xC3]
      case 5: bytes += Array("\n\r\n\n".utf8)
      case 6: bytes += [0x0D]
      case 7, 8, 9: bytes = bytes.dropLast(newline.utf8.count)
      default: break
      }
    }
    return bytes
  }

  /// Options under which the same text is another table.
  static let options = [
    ReadingOptions(), ReadingOptions(hasHeader: false), ReadingOptions(delimiter: "\t"),
    ReadingOptions(delimiter: " ", missingTexts: ["-2.5", "5\" pipe", "x"]),
    ReadingOptions(categories: ["c0", "c2"]),
    ReadingOptions().keepingDigits(.extended),
    ReadingOptions(comment: "#"), ReadingOptions(delimiter: " ", comment: "//", skippedLines: 1),
    ReadingOptions(hasHeader: false, comment: "#!", skippedLines: 2),
  ]

  /// Lines that are passed over, at the beginning and between others; some of them only look like it.
  func withOtherLines(_ text: [UInt8], _ options: ReadingOptions, _ random: inout SeededGenerator) -> [UInt8]
  {
    let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
    var result = (0..<options.skippedLines).map { _ in Array("a \"b, c".utf8) }
    for line in lines {
      if random.nextInteger(below: 6) == 0 {
        result.append(
          Array(["# \"x", "#!,\"", "//", "/ a", "", "  ", "#!\r", "#"][random.nextInteger(below: 8)].utf8))
      }
      result.append(line)
    }
    return Array(result.joined(separator: [0x0A]))
  }

  @Test(arguments: 0..<options.count)
  func allBlocksAndAnyThreadsGiveWhatThePlainReaderGives(option: Int) {
    var random = SeededGenerator(seed: UInt64(5 + option)), options = Self.options[option]
    for _ in 0..<40 {
      var text = oddTable(&random, isFinal: true)
      if options.comment != nil { text = withOtherLines(text, options, &random) }
      let expected = Outcome(plain: text, options)
      for size in [1, 2, 3, 7, 20, 64, 1000] {
        for (usesVectors, threads) in [(true, 1), (false, 1), (true, 2), (true, 3)] {
          let outcome = Outcome([text], options, blockSize: size, usesVectors: usesVectors, threads: threads)
          #expect(outcome == expected, "\(String(decoding: text, as: UTF8.self).debugDescription) \(size)")
          if outcome != expected { return }
        }
      }
    }
  }

  /// Bytes that mean something to a reader, in any order.
  @Test func nastyTexts() {
    var random = SeededGenerator(seed: 6), refused = 0
    let pieces = [
      "\"", "\"\"", ",", "\n", "\r", "\r\n", " ", "\t", "1", "-2.5", "x", "NA", "\u{0}", "\u{E9}", "1e999",
    ]
    for _ in 0..<800 {
      // Mostly sound, so that faults are far behind each other.
      let rare = 1 + random.nextInteger(below: 8)
      var text = Array("a,b\n".utf8)
      for _ in 0..<random.nextInteger(below: 60) {
        let isRare = random.nextInteger(below: rare) == 0
        let piece =
          isRare
          ? pieces[random.nextInteger(below: pieces.count)]
          : ["1,2\n", "\"x\",\n"][random.nextInteger(below: 2)]
        text += Array(piece.utf8)
      }
      if random.nextInteger(below: 10) == 0 { text.append(0xFF) }
      let expected = Outcome(plain: text)
      if !expected.description.contains("a 0:") { refused += 1 }
      for size in [1, 9, 1000] {
        for usesVectors in [true, false] {
          let outcome = Outcome([text], blockSize: size, usesVectors: usesVectors)
          #expect(outcome == expected, "\(String(decoding: text, as: UTF8.self).debugDescription) \(size)")
          if outcome != expected { return }
        }
      }
    }
    #expect(refused > 100 && refused < 700)
  }

  @Test func theSameWordIsOneLevelHoweverItIsWritten() {
    let text = Array("a,b\n1,x\"\n2,\"x\"\"\"\n3,\u{E9}\n4,e\u{301}\n5,\" x\"\"\"\n6,\"\"\n".utf8)
    let expected = Outcome(plain: text)
    #expect(expected.description.contains(#"["x\"", "é"]"#))
    for size in 1...text.count { #expect(Outcome([text], blockSize: size) == expected) }
  }

  @Test func blocksMayEndAnywhere() {
    let text = Array(
      "\u{FEFF}a,b,c\r\n1,x,\r\n\r\n-2.5e3,\"y\n, \"\"z\"\"\",\n3,,w\n\n4,x,w\r\n5,\"x\",NA\n6,\"\n\n\",v"
        .utf8)
    let expected = Outcome([text], blockSize: 1 << 20)
    #expect(expected.description.contains("[\"x\", \"y\\n, \\\"z\\\"\", \"\\n\\n\"]"))
    for size in 1...text.count {
      #expect(Outcome([text], blockSize: size) == expected)
      #expect(Outcome([text], blockSize: size, threads: 2) == expected)
    }
  }

  // Found by fuzzing: a CR that ends the file behind blank lines.
  @Test(arguments: ["a\n1\n\n\n\r", "a\n\n\n1\r\n\r\n\r\n", "\n\na\n1\n\n\n", "a\n1\n\n2\n\r\n\n3"])
  func blankLinesBetweenBlocks(text: String) {
    let text = Array(text.utf8)
    let expected = Outcome(plain: text)
    for size in 1...text.count { #expect(Outcome([text], blockSize: size) == expected) }
  }

  @Test func severalFilesAreOneTable() throws {
    let folder = TemporaryFolder()
    let files = [("a.csv", "x,y\n1,u\n2,v\n"), ("b.csv", "x,y\r\n3,w\r\n4,u"), ("c.csv", "\u{FEFF}x,y\n")]
    for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path(name))) }
    let table = try Table(csv: files.map { folder.path($0.0) })
    #expect(try table.column("x") == [1, 2, 3, 4])
    #expect(
      try table.find("y").values
        == .words(TableColumn.Words(codes: [0, 1, 2, 0], levels: ["u", "v", "w"])))
    #expect(table.places[3] == (folder.path("b.csv"), 3))
    #expect(throws: TabularError.file(path: "/no.csv", operation: .read, reason: "No such file or directory"))
    {
      try Table(csv: [folder.path("a.csv"), "/no.csv"])
    }
  }

  @Test(arguments: [
    (
      "x,z\n",
      "1.csv:1:2: the column is \"z\", in 0.csv it is \"y\"; give all files the same columns in the same order"
    ),
    ("x\n1\n", "1.csv:1: there is 1 column, in 0.csv 2; give all files the same columns in the same order"),
    (
      "x,y,z\n", "1.csv:1: there are 3 columns, in 0.csv 2; give all files the same columns in the same order"
    ),
    ("", "1.csv:1: the file is empty; it should begin with a line of column names"),
    ("x,y\n1\n", "1.csv:2:1: the row has 1 field, the header has 2; give each row one field per column"),
  ])
  func filesThatDoNotGoTogether(second: String, expected: String) {
    let texts = ["x,y\n1,2\n", second].map { Array($0.utf8) }
    for size in [1, 1000] { #expect(Outcome(texts, blockSize: size).description == expected) }
  }

  @Test func theFirstErrorIsTheFilesFirst() {
    let rows = (0..<500).map { $0 == 300 || $0 == 400 ? "1" : "\($0),2" }
    let text = Array(("a,b\n" + rows.joined(separator: "\n")).utf8)
    for threads in 1...3 {
      #expect(
        Outcome([text], blockSize: 16, threads: threads).description
          == "0.csv:302:1: the row has 1 field, the header has 2; give each row one field per column")
    }
  }

  @Test func aWordFarBelowNumbersIsNamedWithItsLine() throws {
    let rows = (0..<5000).map { $0 == 4000 || $0 > 4990 ? "twelve" : "\($0)" }
    let table = try Table(
      all: TableReader(
        [.memory(Array(("a\n" + rows.joined(separator: "\n")).utf8), name: "t.csv")],
        options: ReadingOptions(),
        blockSize: 100), isCancelled: { false })
    let error = #expect(throws: TabularError.self) { try table.column("a") }
    #expect(
      error?.description
        == "t.csv:4002:1: column \"a\": \"twelve\" is not a number; correct it or leave the column out (10 such fields in the column)"
    )
  }

  @Test func delimitersHeadersAndMissingTexts() throws {
    func table(_ text: String, _ options: ReadingOptions) throws -> Table {
      try Table(csvText: text, source: "t.txt", options: options)
    }
    let tabs = try table("a\tb\n1\t x y \n\t\"\tq\"\n", ReadingOptions(delimiter: "\t"))
    #expect(
      try tabs.find("b").values == .words(TableColumn.Words(codes: [0, 1], levels: ["x y", "q"])))
    #expect(try tabs.numbers("a")[0] == 1)
    let spaces = try table("a b\n1 2\n", ReadingOptions(delimiter: " "))
    #expect(try spaces.column("b") == [2])
    let plain = try table("1,2\n3,4\n", ReadingOptions(hasHeader: false))
    #expect(plain.columnNames == ["V1", "V2"])
    #expect(try plain.column("V1") == [1, 3])
    let missing = try table("a,b\n-999,NA\n1,.\n", ReadingOptions(missingTexts: ["-999", "."]))
    #expect(try missing.numbers("a").map(\.isNaN) == [true, false])
    #expect(try missing.find("b").values == .words(TableColumn.Words(codes: [0, -1], levels: ["NA"])))
    let codes = try table("zip,x\n01234,1\n1,2\n", ReadingOptions(categories: ["zip"]))
    #expect(
      try codes.find("zip").values == .words(TableColumn.Words(codes: [0, 1], levels: ["01234", "1"])))
    #expect(
      throws: TabularError.unusable(
        file: "t.txt",
        message:
          "\"e\" cannot stand between fields; give one ASCII character that is no letter, digit, sign, point or quote"
      )
    ) { try table("a\n", ReadingOptions(delimiter: "e")) }
    #expect(
      throws: TabularError.malformed(
        file: "t.txt", line: 1, column: nil, message: "the file is empty; it should hold rows")
    ) { try table("", ReadingOptions(hasHeader: false)) }
  }

  @Test func gzip() throws {
    let folder = TemporaryFolder(), path = folder.path("t.csv.gz")
    // Two members, as `cat a.gz b.gz` makes them, and zeros behind.
    let members = [
      "H4sIAAAAAAAAA0vUSeIy1KngAgD0oAEACAAAAA==", "H4sIAAAAAAAAAzPSqeQy1lGqUOICAFTYR20KAAAA",
    ].map { Data(base64Encoded: $0)! }
    let whole = members[0] + members[1]
    func read(_ data: Data) throws -> Table {
      try data.write(to: URL(fileURLWithPath: path))
      return try Table(csv: path)
    }
    let table = try read(whole + Data(count: 100))
    #expect(try table.column("a") == [1, 2, 3])
    #expect(try table.find("b").values == .words(TableColumn.Words(codes: [0, 1, 0], levels: ["x", "y"])))
    #expect(
      throws: TabularError.unusable(
        file: path, message: "the compressed data end too early; copy the file again")
    ) { try read(whole.dropLast(3)) }
    for bit in 80..<whole.count * 8 {
      var damaged = whole
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      // Some fields of gzip's header are free; otherwise it is an error, and never a crash.
      _ = try? read(damaged)
    }
    var damaged = whole
    damaged[members[0].count - 8] ^= 1
    #expect(
      throws: TabularError.unusable(
        file: path, message: "the compressed data are damaged; copy the file again")
    ) { try read(damaged) }
  }

  @Test func aPipeIsReadOnceAndAFileAgain() throws {
    let folder = TemporaryFolder(), path = folder.path("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    let rows = (0..<200_000).map { "\($0),\($0 % 7)" }
    let text = Data(("a,b\n" + rows.joined(separator: "\n")).utf8)
    let writer = Thread { try? text.write(to: URL(fileURLWithPath: path)) }
    writer.start()
    let reader = try TableReader([path])
    #expect(try reader.firstBlock().column("a").prefix(3) == [0, 1, 2])
    #expect(try Table(all: reader, isCancelled: { false }).rowCount == 200_000)

    let file = folder.path("file")
    try text.write(to: URL(fileURLWithPath: file))
    let again = try TableReader([file])
    for _ in 0..<3 {
      var sum = 0.0
      try again.forEachBlock(columns: ["b"]) { (block) throws(TabularError) in
        try block.column("b").reduce(0, +)
      } take: {
        sum += $0
      }
      #expect(sum == (0..<200_000).reduce(0.0) { $0 + Double($1 % 7) })
    }
  }

  @Test func columnsThatAreNotReadMayHoldAnything() throws {
    let text = Array("a,b,c\n1,x,2\n3,\u{0}y,nine\n".utf8.map { $0 == 0 ? 0xFF : $0 })
    let reader = try TableReader([.memory(text, name: "t.csv")], options: ReadingOptions())
    try reader.forEachBlock(columns: ["a", "c"]) { (block) in
      block
    } take: { (block) throws(TabularError) in
      #expect(block.columnNames == ["a", "c"])
      let error = #expect(throws: TabularError.self) { try block.column("c") }
      #expect(
        error?.description
          == "t.csv:3:3: column \"c\": \"nine\" is not a number; correct it or leave the column out")
    }
    let table = try Table(
      all: TableReader([.memory(text, name: "t.csv")], options: ReadingOptions()), isCancelled: { false })
    let error = #expect(throws: TabularError.self) { try table.column("b") }
    #expect(
      error?.description
        == "t.csv:3:2: column \"b\": the text is not UTF-8; give its --encoding, save the file as UTF-8, or leave the column out"
    )
  }

  @Test func whatIsThrownByTheCallersStepsIsThrown() throws {
    let text = Array(("a\n" + (0..<1000).map { "\($0)\n" }.joined()).utf8)
    let stop = TabularError.unusable(file: "t", message: "enough")
    for threads in 1...3 {
      for fromWork in [true, false] {
        let reader = try TableReader([.memory(text, name: "t")], options: ReadingOptions(), blockSize: 16)
        var rows = 0
        #expect(throws: stop) {
          try reader.forEachBlock(threads: threads) { (block) throws(TabularError) in
            if fromWork, try block.column("a").contains(500) { throw stop }
            return block
          } take: { (block) throws(TabularError) in
            if !fromWork, try block.column("a").contains(500) { throw stop }
            rows += block.rowCount
          }
        }
        #expect(rows > 480 && rows <= 500)
      }
    }
  }

  @Test func cancelledReadingEnds() async throws {
    let folder = TemporaryFolder(), path = folder.path("t.csv")
    try Data("a\n1\n2\n".utf8).write(to: URL(fileURLWithPath: path))
    #expect(try await Table.reading(csv: [path]).column("a") == [1, 2])
    let task = Task { () -> Table in
      while !Task.isCancelled { await Task.yield() }
      return try await Table.reading(csv: [path])
    }
    task.cancel()
    await #expect(throws: TabularError.cancelled) { try await task.value }
  }
}
