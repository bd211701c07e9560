package import LinearRegression

extension Design {
  /// A category whose levels a fit takes out of the rows, so that none has a column: it stands alone in one term, and
  /// so in no other.
  package struct Absorption: Hashable, Sendable {
    /// Which variable it is.
    package let variable: Int

    /// Where its columns are among the others.
    package let columns: LevelColumns

    /// Whether the design does not know the levels yet: they are counted as they come, and columns are a placeholder.
    package var isOpen = false

    /// The column of X of each of the other columns, where X lacks those of the levels.
    func position(ofOther column: Int, effects: Bool) -> Int {
      column < columns.first ? column : column - columns.count + (effects ? 1 : 0)
    }
  }

  /// The column of a table that a category's levels stand in.
  func column(of absorption: Absorption) -> String { variables[absorption.variable].variable.columns[0] }

  /// From so many levels on a category is taken out of the rows. With fewer the fit has a column for each, and all
  /// rungs of the ladder; rows that are few enough for residuals in double-double never have as many levels. With 200
  /// levels and 20 numbers it is three times as fast without the columns.
  package static let fewestAbsorbedLevels = 200

  /// The category with the most levels that can be taken out of the rows; nil where none has as many as `fewest`.
  package func absorption(fewest: Int = Self.fewestAbsorbedLevels) -> Absorption? {
    if !effects.isEmpty { return nil }
    struct Place {
      var first = 0
      /// Number of columns, those of the levels in order; −1 for others.
      var count = 0
    }
    let start = hasIntercept ? 1 : 0
    var places = Array(repeating: Place(), count: variables.count)
    for (position, column) in columns.enumerated() {
      switch column {
      case .part(let part):
        var place = places[part.variable]
        if place.count == 0 { place.first = position }
        let isNext = position == place.first + place.count && part.index == start + place.count
        place.count = place.count >= 0 && isNext ? place.count + 1 : -1
        places[part.variable] = place
      case .product(let parts):
        for part in parts { places[part.variable].count = -1 }
      }
    }
    var best: Absorption?
    for (variable, place) in places.enumerated() {
      guard variables[variable].variable.levelColumn != nil,
        let levels = variables[variable].levels?.count, levels >= fewest, place.count == levels - start,
        levels > best?.columns.levels ?? 0
      else { continue }
      best = Absorption(
        variable: variable,
        columns: LevelColumns(first: place.first, levels: levels, hasReference: hasIntercept))
    }
    return best
  }

  /// The design with other levels of a category that is taken out of the rows.
  func withLevels(_ levels: [String], of absorption: Absorption) -> Design {
    var design = self
    design.variables[absorption.variable].levels = levels
    let range = absorption.columns.range
    let indices = (absorption.columns.hasReference ? 1 : 0)..<levels.count
    design.columns.replaceSubrange(
      range, with: indices.map { .part(Part(variable: absorption.variable, index: $0)) })
    return design
  }
}

extension LeastSquares {
  /// Whether the method is least squares and nothing else, so that a category can be taken out of the rows.
  var isPlain: Bool {
    ridgePenalty == 0 && solver == .automatic && precision != .extended && redundancy != .minimumNorm
  }
}
