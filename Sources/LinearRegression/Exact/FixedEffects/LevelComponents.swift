/// The connected components of the graph whose vertices are the levels of some categories, joined by the rows that have
/// both.
struct LevelComponents {
  /// For each of the categories the component of each level, from 0 in the order of the first category's levels; −1
  /// for a level without rows.
  private(set) var numbers: [[Int32]]
  private(set) var count = 0

  /// - Complexity: O(combinations · categories), nearly: by union and find with halved paths (Tarjan and van Leeuwen
  ///   1984, doi:10.1145/62.2160).
  init(_ table: CrossTabulation, categories: [Int], levels: [Int]) {
    let offsets = categories.indices.map { categories[..<$0].reduce(0) { $0 + levels[$1] } }
    var parents = Array(0..<Int32(categories.reduce(0) { $0 + levels[$1] }))
    var hasRows = Array(repeating: false, count: parents.count)
    func root(_ vertex: Int32, _ parents: inout [Int32]) -> Int32 {
      var vertex = vertex
      while parents[Int(vertex)] != vertex {
        parents[Int(vertex)] = parents[Int(parents[Int(vertex)])]
        vertex = parents[Int(vertex)]
      }
      return vertex
    }
    let firsts = table.codes[categories[0]]
    for (place, category) in categories.enumerated() {
      let codes = table.codes[category], offset = Int32(offsets[place])
      for cell in codes.indices {
        let other = offset + codes[cell]
        hasRows[Int(other)] = true
        if place == 0 { continue }
        let (a, b) = (root(firsts[cell], &parents), root(other, &parents))
        if a != b { parents[Int(max(a, b))] = min(a, b) }
      }
    }
    var found = [Int32](repeating: -1, count: parents.count)
    numbers = categories.map { [Int32](repeating: -1, count: levels[$0]) }
    for place in categories.indices {
      for level in numbers[place].indices where hasRows[offsets[place] + level] {
        let top = Int(root(Int32(offsets[place] + level), &parents))
        if found[top] < 0 {
          found[top] = Int32(count)
          count += 1
        }
        numbers[place][level] = found[top]
      }
    }
  }
}

/// The rank of the indicators of the levels of several categories.
struct LevelRank {
  /// For each category, how many of its levels those before it determine.
  private(set) var redundant: [Int]
  private(set) var total = 0

  /// Each connected component of two categories has one redundant level. Of three or more the largest number with any
  /// category before it is taken, which may be too few (as reghdfe's dofadjustments(pairwise)).
  ///
  /// - Parameters:
  ///   - hasRows: for each category whether each level has rows.
  ///   - categories: which of them count; nil for all.
  init(
    _ table: CrossTabulation, _ hasRows: [[Bool]], _ graph: LevelGraph? = nil, categories: [Int]? = nil
  ) {
    redundant = Array(repeating: 0, count: hasRows.count)
    let categories = categories ?? Array(hasRows.indices)
    for (place, category) in categories.enumerated() {
      for before in categories[..<place] {
        let components =
          (category == 1 ? graph?.pair : nil)
          ?? LevelComponents(table, categories: [before, category], levels: hasRows.map(\.count))
        redundant[category] = max(redundant[category], components.count)
      }
      total += hasRows[category].count { $0 } - redundant[category]
    }
  }
}

/// The connected components of the first two categories, and of all.
struct LevelGraph {
  let pair: LevelComponents
  let all: LevelComponents

  init(_ table: CrossTabulation, _ levels: [Int]) {
    pair = LevelComponents(table, categories: Array(levels.indices.prefix(2)), levels: levels)
    all = levels.count < 3 ? pair : LevelComponents(table, categories: Array(levels.indices), levels: levels)
  }
}
