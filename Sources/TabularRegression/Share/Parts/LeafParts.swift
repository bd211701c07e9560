internal import LinearRegression

/// What some of the leaves of files were reduced to, on the way to what all of them are.
struct LeafParts<Value: Sendable>: Sendable {
  let leaves: FileLeaves

  /// Apart from each other, in the order of their leaves.
  private(set) var sections: [Section] = []

  /// Consecutive leaves.
  struct Section: Sendable {
    var range: Range<Int>
    var tree: MergeTree<Value>
  }

  /// - Parameters:
  ///   - division: the leaves of all files, and which were read.
  ///   - tree: what these were reduced to.
  init(_ division: Division, _ tree: MergeTree<Value>) {
    leaves = division.leaves
    if !division.range.isEmpty { sections = [Section(range: division.range, tree: tree)] }
  }

  /// Sections that were read from a file; nil where they are not apart from each other, in order and leaves of the
  /// files.
  init?(_ leaves: FileLeaves, _ sections: [Section]) {
    var end = -1
    for section in sections {
      guard section.range.lowerBound > end, !section.range.isEmpty else { return nil }
      end = section.range.upperBound
    }
    if !leaves.isSound || end > leaves.count { return nil }
    (self.leaves, self.sections) = (leaves, sections)
  }

  /// The leaves that are not there.
  var missing: [Range<Int>] {
    var missing: [Range<Int>] = [], end = 0
    for section in sections {
      if section.range.lowerBound > end { missing.append(end..<section.range.lowerBound) }
      end = section.range.upperBound
    }
    return end < leaves.count ? missing + [end..<leaves.count] : missing
  }

  /// "blocks 17–18 of b.csv", the leaves that are not there; nil where none are missing.
  var missingText: String? { missing.isEmpty ? nil : leaves.text(of: missing) }

  /// Why another part cannot be taken in: it is one of other files, or a leaf of it is there already. Nil where it can.
  func fault(with other: LeafParts) -> String? {
    if leaves != other.leaves {
      let files = zip(leaves.files, other.leaves.files)
      guard leaves.files.count == other.leaves.files.count,
        let (mine, theirs) = files.first(where: { !$0.isSame(as: $1) })
      else { return "it is a part of other files; merge parts of the same files in the same order" }
      return mine.name == theirs.name
        ? "\(printable(mine.name)) had another size or width when this part was made; make all parts again from the same file"
        : "it is a part of \(printable(theirs.name)), and those before are of \(printable(mine.name)); merge parts of the same files in the same order"
    }
    let twice = common(with: other)
    if twice.isEmpty { return nil }
    let isOne = twice.reduce(0) { $0 + $1.count } == 1
    return "\(leaves.text(of: twice)) \(isOne ? "is" : "are") here and before; merge each part once"
  }

  /// The leaves that are there as well as among others.
  private func common(with other: LeafParts) -> [Range<Int>] {
    sections.flatMap { mine in other.sections.map { mine.range.clamped(to: $0.range) } }
      .filter { !$0.isEmpty }
  }

  /// Takes other leaves of the same files in; neighbours are joined.
  ///
  /// - Parameter join: takes a later value into an earlier one.
  /// - Precondition: ``fault(with:)`` finds nothing.
  mutating func insert<Failure>(
    _ other: LeafParts, _ join: (inout Value, consuming Value) throws(Failure) -> Void
  ) throws(Failure) {
    precondition(fault(with: other) == nil)
    var joined: [Section] = []
    for section in (sections + other.sections).sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      if joined.last?.range.upperBound == section.range.lowerBound {
        try joined[joined.count - 1].take(section, join)
      } else {
        joined.append(section)
      }
    }
    sections = joined
  }

  /// All that is there, as if the leaves that are missing did not exist.
  func joined<Failure>(
    _ join: (inout Value, consuming Value) throws(Failure) -> Void
  ) throws(Failure) -> MergeTree<Value> {
    guard var all = sections.first else { return MergeTree() }
    for section in sections.dropFirst() { try all.take(section, join) }
    return all.tree
  }
}

extension LeafParts.Section {
  fileprivate mutating func take<Failure>(
    _ later: LeafParts.Section, _ join: (inout Value, consuming Value) throws(Failure) -> Void
  ) throws(Failure) {
    try tree.append(contentsOf: later.tree, join)
    range = range.lowerBound..<later.range.upperBound
  }
}
