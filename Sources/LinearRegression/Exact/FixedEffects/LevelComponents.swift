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
    for cell in 0..<table.count {
      let first = table.codes[categories[0]][cell]
      hasRows[Int(first)] = true
      for (place, category) in categories.enumerated().dropFirst() {
        let other = Int32(offsets[place]) + table.codes[category][cell]
        hasRows[Int(other)] = true
        let (a, b) = (root(first, &parents), root(other, &parents))
        if a != b { parents[Int(max(a, b))] = min(a, b) }
      }
    }
    var found: [Int32: Int32] = [:]
    numbers = categories.map { [Int32](repeating: -1, count: levels[$0]) }
    for place in categories.indices {
      for level in numbers[place].indices where hasRows[offsets[place] + level] {
        let top = root(Int32(offsets[place] + level), &parents)
        let number = found[top] ?? Int32(found.count)
        found[top] = number
        numbers[place][level] = number
      }
    }
    count = found.count
  }
}
