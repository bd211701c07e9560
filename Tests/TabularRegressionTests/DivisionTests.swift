import Foundation
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// Rows read as a whole, in parts of any number, in shares, on any number of threads: the same bits.
@Suite struct DivisionTests {
  private static let blockSize = 3000
  private static let header = "y,x,zip,w,note\n"

  /// Some fields are in quotes, and hold newlines that end no row.
  private static let rows: [String] = {
    var generator = SeededGenerator(seed: 7)
    return (0..<1500).map { row in
      let x = generator.nextNormal(), note = row > 700 && row % 3 == 0 ? "\"a\n,\"\"b\(row)\"" : "n"
      return
        "\(2 * x + generator.nextNormal() + Double(row % 5)),\(x),L\(row * row % 41),\(row % 3),\(note)\n"
    }
  }()

  private func reader(_ texts: [String], _ part: Part? = nil) throws -> TableReader {
    try TableReader(
      texts.enumerated().map { .memory(Array((Self.header + $1).utf8), name: "\($0).csv") },
      options: ReadingOptions(), blockSize: Self.blockSize, part: part)
  }

  /// One file, and three.
  private static let files = [
    [rows.joined()], [rows[..<400].joined(), rows[400..<401].joined(), rows[401...].joined()],
  ]

  private static let formulas = [
    "y ~ x", "y ~ x + zip", "y ~ x*I(x^2) - 1", "cbind(y, x) ~ w", "y ~ zip*x", "y ~ scale(x) + zip",
    "y ~ poly(x, 3, raw = FALSE)",
  ]

  private func share(_ formula: Formula, _ texts: [String], _ part: Part? = nil) throws -> SavedShare {
    try SavedShare(
      formula, reading: reader(texts, part), weights: formula.namedColumns.contains("w") ? nil : "w"
    ) { () throws(TabularError) in
      do { return try reader(texts) } catch { throw error as! TabularError }
    }
  }

  /// As a file keeps it.
  private func reopened(_ share: SavedShare) throws -> SavedShare {
    guard case .part(let part) = share else { return share }
    return .part(try PartialShare(RandomAccessFile(part.fileBytes, name: "x")))
  }

  private func bytes(_ share: SavedShare) throws -> [UInt8] {
    try share.share(allowsMissing: false, named: "x").fileBytes
  }

  @Test(arguments: formulas, files.indices)
  func partsOfAnyNumberAreTheWhole(text: String, division: Int) throws {
    let formula = try Formula(text), files = Self.files[division], whole = try bytes(share(formula, files))
    for count in [2, 7, 40] {
      var parts = try (1...count).map { number in
        try Parallelism.$threads.withValue(1 + number % 3) {
          try reopened(share(formula, files, Part(number, of: count)))
        }
      }
      // In any order, and grouped in any way.
      var generator = SeededGenerator(seed: UInt64(count))
      while parts.count > 1 {
        let part = parts.remove(at: Int(generator.next() % UInt64(parts.count)))
        let place = Int(generator.next() % UInt64(parts.count))
        try parts[place].merge(reopened(part), named: "x")
      }
      let finished = try parts[0].finished(named: "x")
      guard case .whole = finished else {
        Issue.record("it lacks \(finished.missingText ?? "nothing")")
        continue
      }
      #expect(try bytes(finished) == whole, "\(count) parts")
    }
  }

  /// Of fewer leaves than parts some parts are empty: merged in any order too, and with a share that is whole already.
  @Test(arguments: ["y ~ x + zip", "y ~ zip*x"])
  func fewerLeavesThanParts(text: String) throws {
    let formula = try Formula(text), files = [Self.rows[..<40].joined()]
    let parts = try (1...3).map { try reopened(share(formula, files, Part($0, of: 3))) }
    #expect(parts.count { $0.observations == 0 } == 2)
    let whole = try bytes(share(formula, files))
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
      var merged = parts[order[0]]
      for index in order.dropFirst() { try merged.merge(parts[index], named: "x") }
      #expect(try bytes(merged.finished(named: "x")) == whole)
      var stepwise = try parts[order[0]].finished(named: "x")
      for index in order.dropFirst() {
        try stepwise.merge(parts[index], named: "x")
        stepwise = try stepwise.finished(named: "x")
      }
      #expect(try bytes(stepwise) == whole)
    }
  }

  /// Parts of a text that was read with other options are no parts of one whole, and neither is a survey of them.
  @Test func otherReadingIsRefused() throws {
    func reader(_ part: Part?, _ options: ReadingOptions) throws(TabularError) -> TableReader {
      try TableReader(
        [.memory(Array((Self.header + Self.rows.joined()).utf8), name: "t.csv")], options: options,
        blockSize: Self.blockSize, part: part)
    }
    let formula = try Formula("y ~ x*zip"), other = ReadingOptions(missingTexts: ["L0"])
    let message =
      "the text was read with other options here (missing [\"L0\"]) than before (the usual ones); read all parts with the same"
    func share(_ part: Part, _ options: ReadingOptions) throws -> SavedShare {
      try SavedShare(formula, reading: reader(part, options), missing: .drop) { () throws(TabularError) in
        try reader(nil, options)
      }
    }
    var first = try share(Part(1, of: 2), ReadingOptions())
    let second = try share(Part(2, of: 2), other)
    #expect(throws: TabularError.unusable(file: "b", message: message)) {
      try first.merge(second, named: "b")
    }
    var survey = try SavedSurvey(formula, reading: reader(Part(1, of: 2), ReadingOptions()), missing: .drop)
    let rest = try SavedSurvey(formula, reading: reader(Part(2, of: 2), other), missing: .drop)
    #expect(throws: TabularError.unusable(file: "b", message: message)) { try survey.merge(rest, named: "b") }
    let whole = try SavedSurvey(formula, reading: reader(nil, other), missing: .drop)
    #expect(throws: TabularError.self) {
      try SavedShare(
        formula, reading: reader(Part(1, of: 2), ReadingOptions()), missing: .drop, knowing: (whole, "s")
      ) { () throws(TabularError) in try reader(nil, ReadingOptions()) }
    }
  }

  /// A field that is missing in a part is told where the part is made.
  @Test func aMissingFieldOfAPartIsTold() throws {
    var rows = Self.rows
    rows[1400] = "1,,L1,1,n\n"
    let error = #expect(throws: TabularError.self) {
      _ = try share(Formula("y ~ x"), [rows.joined()], Part(2, of: 2))
    }
    #expect("\(try #require(error))".contains(": column \"x\": a number is missing"))
    #expect(try share(Formula("y ~ x"), [rows.joined()], Part(1, of: 2)).observations > 100)
  }

  /// In whichever order parts are merged, what is told first is what stands first, and −0 is 0.
  @Test func theOrderOfMergingTellsNothing() throws {
    func merged(_ rows: [String], _ order: [Int]) throws -> SavedShare {
      let parts = try (1...3).map { number in
        var rows = FormulaRows<TableReader, Share>(
          formula: try Formula("y ~ x"), source: try reader([rows.joined()], Part(number, of: 3)),
          weights: "w", missing: .refuse
        ) { Share("y ~ x", $0, absorbing: $1) }
        rows.isPart = true
        return SavedShare.part(try rows.partialReduction(knowing: nil, progress: { _ in }).share)
      }
      var all = parts[order[0]]
      for index in order.dropFirst() { try all.merge(reopened(parts[index]), named: "x") }
      return all
    }
    var rows = Self.rows.map { $0.replacing("-", with: "") }
    (rows[3], rows[1200]) = ("1,0,L1,1,n\n", "1,-0,L1,1,n\n")
    let first = try bytes(merged(rows, [0, 1, 2]))
    for order in [[2, 1, 0], [1, 0, 2], [2, 0, 1]] { #expect(try bytes(merged(rows, order)) == first) }
    (rows[100], rows[1300]) = ("1,,L1,1,n\n", "1,,L1,1,n\n")
    for order in [[0, 1, 2], [2, 1, 0]] {
      let error = #expect(throws: TabularError.self) {
        _ = try merged(rows, order).share(allowsMissing: false, named: "x")
      }
      #expect("\(try #require(error))".hasPrefix("0.csv:102:"))
    }
  }

  /// Leaves without rows do not wait for each other.
  @Test func leavesWithoutRowsAreNotKept() throws {
    let rows = (0..<60_000).map { $0 % 9000 == 3 ? Self.rows[$0 / 9000] : ",1,L1,1,n\n" }
    let share = try Share(Formula("y ~ x"), reading: reader([rows.joined()]), weights: "w", missing: .drop)
    // Row 3 has the weight 0.
    #expect(share.observations > 3 && share.droppedRows == 59_993)
    #expect(share.parts.subtrees.count < 7)
  }

  /// A survey is for the files that it has read.
  @Test func surveysOfOtherFilesAreRefused() throws {
    let formula = try Formula("y ~ zip*x")
    func survey(_ texts: [String]) throws -> (SavedSurvey, String) {
      (try SavedSurvey(formula, reading: reader(texts)), "s")
    }
    func share(_ survey: (SavedSurvey, String), _ part: Part?) throws {
      _ = try SavedShare(formula, reading: reader(Self.files[0], part), knowing: survey) {
        () throws(TabularError) in preconditionFailure("there is a survey")
      }
    }
    let other = try survey([Self.rows.dropLast(7).joined()])
    for part in [nil, Part(1, of: 2)] {
      try share(survey(Self.files[0]), part)
      #expect(
        throws: TabularError.unusable(
          file: "s",
          message: "it is a survey of other files, without 0.csv; make it of all files that are read")
      ) { try share(other, part) }
    }
  }

  /// A file may have nothing but a header, the first too.
  @Test func filesWithoutRows() throws {
    let formula = try Formula("y ~ x + zip"), files = ["", Self.rows.joined(), ""]
    let whole = try bytes(share(formula, files))
    for count in [2, 9, 40] {
      var parts = try share(formula, files, Part(1, of: count))
      for number in 2...count { try parts.merge(share(formula, files, Part(number, of: count)), named: "x") }
      #expect(try bytes(parts.finished(named: "x")) == whole, "\(count) parts")
    }
  }

  @Test func whatIsMissingIsNamed() throws {
    let formula = try Formula("y ~ x + zip"), texts = Self.files[1]
    var part = try share(formula, texts, Part(2, of: 5))
    let text = try #require(part.missingText)
    #expect(text == "blocks 1–5 of 0.csv and blocks 3–18 of 2.csv")
    let error = TabularError.unusable(
      file: "x", message: "it lacks \(text); merge the other parts, or add --incomplete to do without")
    #expect(throws: error) { try part.share(allowsMissing: false, named: "x") }
    // What is there is solved as if it were all.
    let alone = try part.share(allowsMissing: true, named: "x")
    #expect(alone.observations == part.observations && alone.observations > 100)
    #expect(
      throws: TabularError.unusable(
        file: "y",
        message:
          "blocks 6–7 of 0.csv, 1.csv and blocks 1–2 of 2.csv are here and before; merge each part once")
    ) { try part.merge(share(formula, texts, Part(2, of: 5)), named: "y") }
    #expect(
      throws: TabularError.unusable(
        file: "y", message: "it is a part of another fit; merge parts of one formula, with the same options")
    ) { try part.merge(share(Formula("y ~ x + w"), texts, Part(1, of: 5)), named: "y") }
  }

  /// Rows of a level that the design does not know would count as those of another.
  @Test func aLevelThatIsUnknownIsDamage() throws {
    let share = try Share(Formula("y ~ x + zip"), reading: reader([Self.rows.joined()]))
    var file = OpenedFile(share.fileBytes)
    func read() throws -> Share { try Share(RandomAccessFile(file.sealed(Share.envelope), name: "x")) }
    #expect(try read() == share)
    // Words stand in the design and behind it in each part.
    let word = try #require(file.arrays.indices.last { file.arrays[$0...].starts(with: "L4".utf8) })
    file.arrays[word] = UInt8(ascii: "K")
    #expect(
      throws: TabularError.model(
        path: "x", message: "the share is damaged: its contents do not fit together; accumulate it again")
    ) { try read() }
  }
}
