internal import LinearRegression

extension SavedSurvey {
  /// Writes a file: whole, or not at all.
  package func write(to path: String) throws(TabularError) { try Self.envelope.write(self, to: path) }

  var fileBytes: [UInt8] { Self.envelope.bytes(of: self) }

  /// Reads a file.
  ///
  /// - Parameter path: the file, or "-" for standard input.
  package init(contentsOf path: String) throws(TabularError) { try self.init(Self.envelope.file(path)) }

  init(_ file: RandomAccessFile) throws(TabularError) { self = try Self.envelope.open(file) }
}

extension SavedSurvey: Codable {
  package func encode(to encoder: any Encoder) throws { try Record(self).encode(to: encoder) }

  package init(from decoder: any Decoder) throws {
    guard let survey = try Record(from: decoder).survey() else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: Envelope.misfit))
    }
    self = survey
  }

  /// The contents of a survey's file.
  private struct Record: Codable {
    var none: DesignSurvey
    var blocks: Int
    var reading: String
    var files: [FileLeaves.File]
    /// The leaves of the files; not there where they are all.
    var leaves: FileLeaves?
    var sections: [Section]

    /// Consecutive leaves.
    struct Section: Codable {
      var first: Int?
      var end: Int?
      var parts: [Part]
    }

    struct Part: Codable {
      var height: UInt64
      var rows: DesignSurvey
    }

    init(_ survey: SavedSurvey) {
      func parts(_ tree: MergeTree<DesignSurvey>) -> [Part] {
        tree.subtrees.map { Part(height: $0.before, rows: $0.value) }
      }
      (none, blocks, reading, files) = (survey.none, survey.blocks, survey.reading, survey.files)
      switch survey.contents {
      case .whole(let tree): sections = [Section(parts: parts(tree))]
      case .part(let found):
        leaves = found.leaves
        sections = found.sections.map {
          Section(first: $0.range.lowerBound, end: $0.range.upperBound, parts: parts($0.tree))
        }
      }
    }

    /// The survey; nil where its parts do not fit.
    func survey() throws(TabularError) -> SavedSurvey? {
      guard 0...1 << 53 ~= blocks else { return nil }
      var found: [LeafParts<DesignSurvey>.Section] = []
      for section in sections {
        var tree = MergeTree<DesignSurvey>()
        for part in section.parts {
          guard part.rows.isOfSameFit(as: none) else { return nil }
          try tree.append(part.rows, before: part.height, SavedSurvey.join)
        }
        let (first, end) = (section.first ?? 0, section.end ?? 1)
        guard 0 <= first, first < end else { return nil }
        found.append(.init(range: first..<end, tree: tree))
      }
      let rows = sections.flatMap(\.parts).reduce(0.0) { $0 + Double($1.rows.rowCount) }
      if rows > 0x1p53 { return nil }
      guard let leaves else {
        return found.count == 1
          ? SavedSurvey(
            none: none, blocks: blocks, reading: reading, files: files, contents: .whole(found[0].tree)) : nil
      }
      return LeafParts(leaves, found).map {
        SavedSurvey(none: none, blocks: blocks, reading: reading, files: files, contents: .part($0))
      }
    }
  }
}
