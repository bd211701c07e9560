/// What a file holds and what would go wrong with it in a fit, found in one pass.
package struct TableCheck: Sendable {
  /// The file's name.
  package let source: String
  /// What messages call a place in the file.
  let lineNoun: String
  /// Number of rows; of those before the damage where the file is damaged.
  package private(set) var rowCount = 0
  package private(set) var columns: [ColumnProfile] = []
  /// What was found: first what would stop a fit, each in the order of the columns.
  package private(set) var findings: [Finding] = []

  /// Rows of another number of fields than the header's.
  private var ragged: TableColumn.Fault?

  /// Something about a file that its user should know.
  package struct Finding: Sendable, Equatable {
    package let kind: Kind
    /// The column it is about; nil for the file.
    package let column: String?
    /// The line on which it is first seen; nil where it is about all of them.
    package let line: Int?
    /// What was found, and what to do.
    package let message: String

    package enum Kind: String, Sendable {
      case damage, ragged, missing, infinite, mixed, targetWords, noFeature, oneLevel, allDifferent
      case disguisedNumbers
      case lostDigits, oneRow, constant, duplicate, targetCopy, targetCorrelation, categoryLike,
        identifierLike, rowNumber
    }

    /// Whether a fit that uses the column stops at it.
    package var stopsFit: Bool {
      switch kind {
      case .damage, .ragged, .missing, .infinite, .mixed, .targetWords, .noFeature, .oneLevel, .allDifferent,
        .disguisedNumbers:
        true
      case .lostDigits, .oneRow, .constant, .duplicate, .targetCopy, .targetCorrelation, .categoryLike,
        .identifierLike,
        .rowNumber:
        false
      }
    }
  }

  /// Whether there is something that would stop a fit.
  package var stopsFit: Bool { findings.contains(where: \.stopsFit) }

  /// Checks a file.
  ///
  /// - Parameters:
  ///   - path: the file, or "-" for standard input.
  ///   - format: its format.
  ///   - target: the column that is to be predicted, if that is known.
  ///   - options: how text is read.
  ///   - communicator: the ranks, each of which reads its part; the check is rank 0's.
  /// - Throws: ``TabularError``: a file that cannot be read, or has no such target. Damage is a finding.
  package init(
    _ path: String, _ format: TableFormat, target: String? = nil,
    options: ReadingOptions = ReadingOptions(), on communicator: any Communicator = SingleProcess()
  ) throws(TabularError) {
    source = path == "-" ? "standard input" : path
    lineNoun = format == .npy ? "row" : "line"
    var damage: Finding?
    do throws(TabularError) {
      let file = try communicator.agree(
        try TableFile([path], format, options: options, countsRaggedRows: true, part: communicator.part))
      try communicator.locate(file)
      try read(file, target, communicator)
    } catch {
      damage = try finding(error)
    }
    conclude(
      [damage, findingOfRaggedRows, damage == nil ? findingOfSize : nil].compactMap { $0 }, target)
  }

  /// What is to be said of columns that have been read for something else.
  init(source: String, columns: [ColumnProfile], target: String?) {
    (self.source, lineNoun, self.columns) = (source, "line", columns)
    rowCount = columns.first?.rowCount ?? 0
    conclude([], target)
  }

  /// Takes what was found in the file, and adds what is found in its columns.
  private mutating func conclude(_ ofFile: [Finding], _ target: String?) {
    let alike = Dictionary(grouping: columns.indices) { columns[$0].digest }
    let all = ofFile + columns.flatMap { findings(of: $0, target, alike) }
    findings = all.filter(\.stopsFit) + all.filter { !$0.stopsFit }
  }

  /// What is found in a block.
  private struct Part: Codable, Sendable {
    let profiles: [ColumnProfile]
    let ragged: TableColumn.Fault?
  }

  private mutating func read(
    _ file: TableFile, _ target: String?, _ communicator: any Communicator
  ) throws(TabularError) {
    try communicator.forEachBlock(of: file, columns: nil) { (block) throws(TabularError) in
      if let target { try block.require(target) }
      // A target of words is a finding of its own.
      let targets = target.flatMap { try? block.numbers($0) }
      let profiles = block.columns.map {
        ColumnProfile($0, in: block, target: $0.name == target ? nil : targets)
      }
      return Part(profiles: profiles, ragged: block.ragged)
    } take: { (part) throws(TabularError) in
      let (profiles, ragged) = (part.profiles, part.ragged)
      if self.ragged == nil { self.ragged = ragged } else { self.ragged?.count += ragged?.count ?? 0 }
      rowCount += profiles.first?.rowCount ?? 0
      if columns.isEmpty { return columns = profiles }
      for index in columns.indices { columns[index].merge(profiles[index]) }
    }
  }

  /// The finding that reading ended in.
  private func finding(_ error: TabularError) throws(TabularError) -> Finding {
    switch error {
    case .malformed(let file, _, _, _) where file != source:
      // The file of the names beside a matrix.
      Finding(kind: .damage, column: nil, line: nil, message: error.description)
    case .malformed(_, let line, let field, let message):
      Finding(
        kind: .damage, column: nil, line: line, message: field.map { "field \($0): \(message)" } ?? message)
    case .matrix(_, let message), .unusable(_, let message):
      Finding(kind: .damage, column: nil, line: nil, message: message)
    default: throw error
    }
  }

  // MARK: Findings

  private var findingOfRaggedRows: Finding? {
    ragged.map {
      Finding(
        kind: .ragged, column: nil, line: $0.line,
        message: "field \($0.field): \($0.message)\($0.count > 1 ? " (\($0.count) such rows)" : "")")
    }
  }

  /// Whether there are enough columns and rows.
  private var findingOfSize: Finding? {
    if columns.count == 1 {
      return Finding(
        kind: .noFeature, column: nil, line: nil,
        message: "there is one column only, and nothing to predict it from"
          + (lineNoun == "line" ? "; see whether -d or -t splits it" : ""))
    }
    return rowCount == 1
      ? Finding(
        kind: .oneRow, column: nil, line: nil,
        message: "there is one row only; a fit needs more rows than columns")
      : nil
  }

  /// - Parameter alike: the columns of each digest.
  private func findings(
    of column: ColumnProfile, _ target: String?, _ alike: [UInt64: [Int]]
  ) -> [Finding] {
    var findings: [Finding] = []
    if column.name == Table.rowNames, columns.first?.name == Table.rowNames { return [] }
    func note(_ kind: Finding.Kind, line: Int? = nil, _ message: String) {
      findings.append(Finding(kind: kind, column: column.name, line: line, message: message))
    }
    let name = "\"\(printable(column.name))\"", values = column.values?.texts.count
    if column.kind == .missing {
      note(.missing, "\(name) has no value in any row; leave it out")
    } else if column.missing.count > 0 {
      note(
        .missing, line: column.missing.firstLine,
        "\(name) lacks \(column.missing.count) of \(rowCount) values, here the first; fill them in or drop their rows"
      )
    }
    if column.infinite.count > 0 {
      note(
        .infinite, line: column.infinite.firstLine,
        "\(name) has \(column.infinite.count) infinite \(column.infinite.count == 1 ? "number" : "numbers"), here the first; correct or drop them"
      )
    }
    if column.kind == .mixed, let fault = column.fault, fault.losesDigits {
      note(
        .lostDigits, line: fault.line,
        "\(name) holds whole numbers beyond Doubles, here the first of \(fault.count); fit keeps their digits in a file up to 4 MB, or with --precision extended, and other commands refuse them"
      )
    } else if column.kind == .mixed {
      note(
        .mixed, line: column.fault?.line,
        (column.name == target ? column.fault : column.fault?.ofPossibleCategory)?.findingMessage
          ?? "\(name) holds numbers and words; correct it or leave it out")
    }
    if column.name == target && column.hasWords {
      note(.targetWords, "the target \(name) holds words; predict a column of numbers")
    }
    if column.isConstant, column.name == target {
      if rowCount > 1 {
        note(.constant, "the target \(name) is the same in every row: nothing is to explain")
      }
    } else if column.isConstant, column.hasWords {
      note(.oneLevel, "\(name) holds the same word in every row; leave it out")
    } else if column.isConstant, rowCount > 1 {
      note(.constant, "\(name) is the same in every row; leave it out")
    }
    if column.kind != .missing, rowCount > 1, let original = original(of: column, alike), original != target {
      note(.duplicate, "\(name) is equal to \"\(printable(original))\" in every row; leave one of them out")
    }
    if let target, column.name != target, let correlation = column.withTarget.correlation {
      if column.withTarget.differences == 0 {
        note(
          .targetCopy,
          "\(name) is equal to the target in every row; leave it out unless it is known beforehand")
      } else if abs(correlation) > 1 - 1e-12 {
        note(
          .targetCorrelation,
          "\(name) determines the target: their correlation is \(correlation < 0 ? "−1" : "1"); leave it out unless it is known beforehand"
        )
      }
    }
    // Few whole numbers, each many times, are more often names than measurements.
    if column.kind == .integer, column.name != target, let values, values > 2, values <= 20,
      rowCount >= 10 * values
    {
      note(
        .categoryLike,
        "\(name) has only \(values) different whole numbers; if they are names, take C(\(FormulaParser.quoted(column.name)))"
      )
    }
    if column.countsRows {
      note(
        .rowNumber,
        "\(name) holds each whole number from \(Int(column.moments.minimum)) to \(Int(column.moments.maximum)) once; leave it out if it numbers the rows"
      )
    }
    if column.kind != .words || column.isConstant { return findings }
    let disguise = column.disguise
    if let disguise { note(.disguisedNumbers, line: disguise.line, disguise.message) }
    if disguise == nil, values == rowCount, column.name != target {
      note(
        .allDifferent,
        "\(name) holds another word in every row; leave it out, or write C(\(FormulaParser.quoted(column.name))) if it is a category"
      )
    } else if disguise == nil, rowCount >= 20, values.map({ $0 > max(100, rowCount / 2) }) ?? true {
      note(
        .identifierLike,
        "\(name) has \(values.map(String.init) ?? "more than \(ColumnProfile.valueLimit)") different words in \(rowCount) rows; leave it out if they are identifiers"
      )
    }
    return findings
  }

  /// The first column that is equal to one behind it.
  private func original(of column: ColumnProfile, _ alike: [UInt64: [Int]]) -> String? {
    let first = alike[column.digest]?.lazy.map { columns[$0] }.first {
      $0.kind == column.kind && $0.moments == column.moments && $0.missing == column.missing
        && $0.kind != .mixed && (!$0.hasWords || $0.values?.texts == column.values?.texts)
    }
    return first.flatMap { $0.name == column.name ? nil : $0.name }
  }
}

extension TableColumn.Fault {
  fileprivate var findingMessage: String {
    count > 1 ? "\(message) (\(count) such fields in the column)" : message
  }
}
