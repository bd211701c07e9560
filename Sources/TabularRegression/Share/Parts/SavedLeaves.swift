internal import LinearRegression

/// What rows were reduced to, as a file keeps it: all rows of files, or those of some of their leaves.
enum SavedLeaves<Value: Sendable>: Sendable {
  case whole(MergeTree<Value>)
  case part(LeafParts<Value>)

  /// - Parameters:
  ///   - division: which leaves of the files were read.
  ///   - tree: what these were reduced to.
  init(_ division: Division, _ tree: MergeTree<Value>) {
    self = division.isPart ? .part(LeafParts(division, tree)) : .whole(tree)
  }

  /// "blocks 17–18 of b.csv", what is missing; nil where nothing is.
  var missingText: String? {
    if case .part(let parts) = self { parts.missingText } else { nil }
  }

  var subtrees: [MergeTree<Value>.Subtree] {
    switch self {
    case .whole(let tree): tree.subtrees
    case .part(let parts): parts.sections.flatMap(\.tree.subtrees)
    }
  }

  /// Takes what others were reduced to: later rows, or other parts of the same files in any order.
  ///
  /// - Parameters:
  ///   - name: what the others are called in messages.
  ///   - noun: what a file of these is.
  ///   - join: takes a later value into an earlier one.
  /// - Throws: ``TabularError/unusable(file:message:)``: parts of other files, or that are there already; a part and what
  ///   is none.
  mutating func merge(
    _ other: SavedLeaves, named name: String, noun: String,
    _ join: (inout Value, consuming Value) throws(TabularError) -> Void
  ) throws(TabularError) {
    switch (self, other) {
    case (.whole(var tree), .whole(let later)):
      try tree.append(contentsOf: later, join)
      self = .whole(tree)
    case (.part(var parts), .part(let others)):
      if let fault = parts.fault(with: others) { throw .unusable(file: name, message: fault) }
      try parts.insert(others, join)
      self = .part(parts)
    // Of fewer leaves than parts some are empty.
    case (.whole, .part(let parts)) where parts.sections.isEmpty: break
    case (.part(let parts), .whole) where parts.sections.isEmpty: self = other
    default:
      throw .unusable(
        file: name,
        message:
          "a \(noun) of a part of files and one of others cannot be merged; merge those of all parts of the files first"
      )
    }
  }

  /// All that is there, as if what is missing did not exist.
  func joined<Failure>(
    _ join: (inout Value, consuming Value) throws(Failure) -> Void
  ) throws(Failure) -> MergeTree<Value> {
    switch self {
    case .whole(let tree): tree
    case .part(let parts): try parts.joined(join)
    }
  }
}

extension SavedLeaves where Value: Codable {
  private enum Key: String, CodingKey { case leaves, sections }

  /// Consecutive leaves.
  private struct Section: Codable {
    var first: Int?
    var end: Int?
    var parts: [Part]
  }

  private struct Part: Codable {
    var height: UInt64
    var rows: Value
  }

  func encode(to encoder: any Encoder) throws {
    func parts(_ tree: MergeTree<Value>) -> [Part] {
      tree.subtrees.map { Part(height: $0.before, rows: $0.value) }
    }
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .whole(let tree): try container.encode([Section(parts: parts(tree))], forKey: .sections)
    case .part(let found):
      try container.encode(found.leaves, forKey: .leaves)
      let sections = found.sections.map {
        Section(first: $0.range.lowerBound, end: $0.range.upperBound, parts: parts($0.tree))
      }
      try container.encode(sections, forKey: .sections)
    }
  }

  /// - Parameters:
  ///   - join: takes a later value into an earlier one.
  ///   - fits: whether a value can be joined with the others.
  init(
    from decoder: any Decoder, join: (inout Value, consuming Value) throws(TabularError) -> Void,
    fits: (Value) -> Bool
  ) throws {
    let container = try decoder.container(keyedBy: Key.self)
    var found: [LeafParts<Value>.Section] = []
    for section in try container.decode([Section].self, forKey: .sections) {
      var tree = MergeTree<Value>()
      for part in section.parts {
        try container.check(fits(part.rows), .sections, "rows of another fit")
        try tree.append(part.rows, before: part.height, join)
      }
      let (first, end) = (section.first ?? 0, section.end ?? 1)
      try container.check(0 <= first && first < end, .sections, "leaves \(first) to \(end)")
      found.append(.init(range: first..<end, tree: tree))
    }
    guard let leaves = try container.decodeIfPresent(FileLeaves.self, forKey: .leaves) else {
      try container.check(found.count == 1, .sections, "\(found.count) sections of whole files")
      self = .whole(found[0].tree)
      return
    }
    guard let parts = LeafParts(leaves, found) else {
      throw DecodingError.dataCorruptedError(
        forKey: .sections, in: container, debugDescription: "sections that are no leaves of the files")
    }
    self = .part(parts)
  }
}
