import TestSupport
import Testing

@testable import LinearRegression

/// Values are texts that show how they were merged: "((0 1) 2)".
@Suite struct MergeTreeTests {
  private typealias Tree = MergeTree<String>

  private static func join(_ mine: inout String, _ later: consuming String) { mine = "(\(mine) \(later))" }

  /// Puts subtrees into a tree in some order and merges what can be merged.
  private func merged(_ subtrees: [Tree.Subtree], in order: [Int]? = nil) -> [Tree.Subtree] {
    var tree = Tree()
    for index in order ?? Array(subtrees.indices) {
      tree.insert(subtrees[index])
      while let (left, right) = tree.takePair() {
        var merged = left
        merged.merge(right, Self.join)
        tree.insert(merged)
      }
    }
    return tree.subtrees
  }

  private func numbered(_ count: Int) -> [Tree.Subtree] {
    (0..<count).map {
      Tree.Subtree(
        leaves: $0..<$0 + 1, before: Tree.height(before: $0, of: count),
        after: Tree.height(before: $0 + 1, of: count), value: "\($0)")
    }
  }

  @Test func numberedLeavesMakeTheBalancedTree() {
    #expect(merged(numbered(1)).map(\.value) == ["0"])
    #expect(merged(numbered(3)).map(\.value) == ["((0 1) 2)"])
    #expect(merged(numbered(8)).map(\.value) == ["(((0 1) (2 3)) ((4 5) (6 7)))"])
    #expect(merged(numbered(7)).map(\.value) == ["(((0 1) (2 3)) ((4 5) 6))"])
  }

  @Test func theOrderInWhichLeavesAreDoneDoesNotMatter() {
    var generator = SeededGenerator(seed: 1)
    for count in [2, 5, 13, 64, 100] {
      let leaves = numbered(count), inOrder = merged(leaves).map(\.value)
      #expect(inOrder.count == 1)
      for _ in 0..<5 {
        let order = generator.permutation(count).map { Int($0) }
        #expect(merged(leaves, in: order).map(\.value) == inOrder)
      }
    }
  }

  /// All leaves, whose heights are hashes; or a part, which does not know what follows.
  private func hashed(_ heights: [UInt64], isAll: Bool) -> [Tree.Subtree] {
    heights.indices.map {
      Tree.Subtree(
        leaves: $0..<$0 + 1, before: isAll && $0 == 0 ? .max : heights[$0],
        after: $0 + 1 < heights.count ? heights[$0 + 1] : isAll ? .max : nil, value: "\($0)")
    }
  }

  /// However often heights are equal, and wherever the leaves are divided.
  @Test(arguments: [UInt64.max, 1000, 3, 1]) func anyDivisionIntoPartsGivesTheSameTree(largest: UInt64) {
    var generator = SeededGenerator(seed: largest)
    for count in [1, 2, 10, 100] {
      let heights = (0..<count).map { _ in generator.next() % largest }
      let whole = merged(hashed(heights, isAll: true)).map(\.value)
      #expect(whole.count == 1)
      for _ in 0..<20 {
        let cuts = [0] + (0..<4).map { _ in Int(generator.next() % UInt64(count + 1)) }.sorted() + [count]
        let leaves = hashed(heights, isAll: false)
        let parts = zip(cuts, cuts.dropFirst()).flatMap { start, end in
          // A part does not know what follows.
          var part = Array(leaves[start..<end])
          if !part.isEmpty { part[part.count - 1].after = nil }
          return merged(part)
        }
        // Joined, each learns what follows it, and the first that it is the first.
        var joined = parts
        for index in joined.indices {
          joined[index].after = index + 1 < joined.count ? joined[index + 1].before : .max
        }
        joined[0].before = .max
        #expect(merged(joined).map(\.value) == whole)
      }
    }
  }

  @Test func fewSubtreesWait() {
    var generator = SeededGenerator(seed: 3)
    let heights = (0..<10_000).map { _ in generator.next() }
    // Twice the harmonic sum is 20.
    #expect(merged(hashed(heights, isAll: false)).count < 50)
  }
}
