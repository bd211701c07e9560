/// The subtrees of one fixed binary tree over numbered leaves, as far as they are complete.
///
/// Between two neighbouring leaves lies a boundary, and each boundary has a height. Two neighbouring subtrees are
/// merged when the boundary between them is lower than those on either side; of two equal heights the earlier one is
/// lower. So the heights alone decide which subtrees there are (the Cartesian tree of the heights: Vuillemin 1980,
/// doi:10.1145/358841.358852), and the same tree comes out in whichever order leaves are done, and whoever owns which
/// of them. What cannot be merged yet waits: of L leaves, of which some are missing, O(log L) subtrees.
///
/// Where leaves are counted, the height before leaf i is the number of zeros at the end of i in binary, and the tree is
/// the balanced one: [0, 8) is made of [0, 4) and [4, 8). Where it is not known how many leaves come before, as with
/// parts of a text, the height is a hash of what the leaf holds.
package struct MergeTree<Value> {
  /// What consecutive leaves were reduced to.
  package struct Subtree {
    /// Numbers of its leaves.
    package var leaves: Range<Int>

    /// Height of the boundary before its first leaf.
    package var before: UInt64

    /// Height of the boundary behind its last leaf; nil as long as that is not known.
    package var after: UInt64?

    package var value: Value

    package init(leaves: Range<Int>, before: UInt64, after: UInt64?, value: Value) {
      (self.leaves, self.before, self.after, self.value) = (leaves, before, after, value)
    }
  }

  /// Subtrees that wait for others, in the order of their leaves.
  package private(set) var subtrees: [Subtree] = []

  package init() {}

  /// The height of the boundary before a leaf, of `count` leaves that are numbered from 0.
  package static func height(before leaf: Int, of count: Int) -> UInt64 {
    leaf == 0 || leaf == count ? .max : UInt64(leaf.trailingZeroBitCount)
  }

  /// Takes a subtree in; its neighbours may be there or not.
  package mutating func insert(_ subtree: consuming Subtree) {
    let first = subtree.leaves.lowerBound
    let index = subtrees.firstIndex { $0.leaves.lowerBound > first } ?? subtrees.count
    subtrees.insert(subtree, at: index)
  }

  /// Takes two neighbours out that are to be merged next; nil where none are.
  package mutating func takePair() -> (Subtree, Subtree)? {
    for index in subtrees.indices.dropLast() {
      let (left, right) = (subtrees[index], subtrees[index + 1])
      guard left.leaves.upperBound == right.leaves.lowerBound, let after = right.after else { continue }
      if right.before < left.before, right.before <= after {
        subtrees.removeSubrange(index...index + 1)
        return (left, right)
      }
    }
    return nil
  }
}

extension MergeTree.Subtree {
  /// Takes the subtree behind this one in.
  package mutating func merge<Failure>(
    _ later: consuming MergeTree.Subtree, _ join: (inout Value, consuming Value) throws(Failure) -> Void
  ) throws(Failure) {
    (leaves, after) = (leaves.lowerBound..<later.leaves.upperBound, later.after)
    try join(&value, later.value)
  }
}

extension MergeTree {
  /// Puts what follows all that is there behind it, and merges what can then be merged.
  ///
  /// - Parameters:
  ///   - before: height of the boundary before it.
  ///   - join: takes a later value into an earlier one.
  package mutating func append<Failure>(
    _ value: consuming Value, before: UInt64, _ join: (inout Value, consuming Value) throws(Failure) -> Void
  ) throws(Failure) {
    let leaf = subtrees.last?.leaves.upperBound ?? 0
    // The highest is that of the ends.
    let before = min(before, .max - 1)
    if !subtrees.isEmpty { subtrees[subtrees.count - 1].after = before }
    insert(Subtree(leaves: leaf..<leaf + 1, before: before, after: nil, value: value))
    try mergePairs(join)
  }

  /// Puts the subtrees of leaves that follow all that are there behind them.
  ///
  /// - Parameter join: takes a later value into an earlier one.
  package mutating func append<Failure>(
    contentsOf later: MergeTree, _ join: (inout Value, consuming Value) throws(Failure) -> Void
  ) throws(Failure) {
    for part in later.subtrees { try append(part.value, before: part.before, join) }
  }

  /// What all leaves were reduced to, if nothing comes before and behind those that are there; nil where there are
  /// none.
  package consuming func whole<Failure>(
    _ join: (inout Value, consuming Value) throws(Failure) -> Void
  ) throws(Failure) -> Value? {
    if subtrees.isEmpty { return nil }
    subtrees[0].before = .max
    subtrees[subtrees.count - 1].after = .max
    try mergePairs(join)
    return subtrees[0].value
  }

  private mutating func mergePairs<Failure>(
    _ join: (inout Value, consuming Value) throws(Failure) -> Void
  ) throws(Failure) {
    while let (left, right) = takePair() {
      var merged = left
      try merged.merge(right, join)
      insert(merged)
    }
  }
}

extension MergeTree {
  /// Changes every value.
  package mutating func update<Failure>(_ body: (inout Value) throws(Failure) -> Void) throws(Failure) {
    for index in subtrees.indices { try body(&subtrees[index].value) }
  }
}

extension MergeTree: Equatable where Value: Equatable {
  /// Whether the same values lie between boundaries of the same heights, however their leaves are numbered.
  package static func == (a: MergeTree, b: MergeTree) -> Bool {
    a.subtrees.elementsEqual(b.subtrees) { $0.before == $1.before && $0.value == $1.value }
  }
}
extension MergeTree: Sendable where Value: Sendable {}
extension MergeTree.Subtree: Sendable where Value: Sendable {}
