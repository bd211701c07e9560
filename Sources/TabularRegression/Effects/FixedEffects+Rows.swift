internal import LinearAlgebra
internal import LinearRegression

extension FittedModel {
  /// The features of rows of a model with fixed effects; what the effects add to a prediction is part of the rows'
  /// offset.
  ///
  /// - Parameters:
  ///   - rows: the rows of the block that can be used.
  ///   - policies: what becomes of rows with a level without an effect, and of those whose effects have no sum that the
  ///     fit determines.
  func featureRows(
    _ effects: FixedEffects, _ rows: DesignRows, _ table: Table, _ policies: Policies
  ) throws(TabularError) -> FeatureRows {
    var places: [[Int32]] = [], isUnseen = Array(repeating: false, count: rows.X.high.rowCount)
    for (number, levels) in rows.effectLevels.enumerated() {
      let known = levels.words.map { word in
        effects.position(word, of: number) ?? (policies.unseen == .reference ? 0 : -1)
      }
      let codes = levels.codes.map { known[Int($0)] }
      if policies.unseen == .error, let row = codes.firstIndex(of: -1) {
        let category = effects.categories[number], word = levels.words[Int(levels.codes[row])]
        throw table.fault(
          category.columns[0], row: rows.blockRow(row), count: codes.count { $0 < 0 },
          "the level \(shown(word))\(category.columns.count > 1 ? " of \(printable(category.name))" : "") has no effect, for the fit had no row of it or left its rows out; predict nothing for it (--unseen missing) or the first level's (--unseen reference)"
        )
      }
      for row in codes.indices where codes[row] < 0 { isUnseen[row] = true }
      places.append(codes)
    }
    let isSeen = isUnseen.indices.filter { !isUnseen[$0] }
    var kept =
      isSeen.count == isUnseen.count ? rows : rows.leavingOut(isUnseen.indices.filter { isUnseen[$0] })
    places = isSeen.count == isUnseen.count ? places : places.map { codes in isSeen.map { codes[$0] } }
    var offset = kept.offset ?? Array(repeating: 0, count: isSeen.count)
    for (category, codes) in zip(effects.categories, places) {
      for (row, code) in codes.enumerated() { offset[row] += category.estimates[Int(code)] }
    }
    kept.offset = offset
    let unmet = unmet(effects, kept.X.high, places)
    return FeatureRows(
      design: unmet.isEmpty || policies.unestimable == .keep ? kept : kept.leavingOut(unmet.map(\.row)),
      condensed: nil,
      unestimable: Dictionary(grouping: unmet, by: \.kind).sorted { $0.key < $1.key }.map { kind, rows in
        Unestimable(
          kind: kind < 0 ? "\(effects.name) (no rows connect the levels)" : dependencyText(kind),
          column: kind < 0 ? effects.name : design.distinctNames[certificate?.redundant[kind].feature ?? 0],
          rows: rows.map { kept.blockRow($0.row) })
      })
  }

  /// The rows, in order, that the fit does not determine the prediction of: −1 for effects whose sum it does not, or
  /// the number of the first dependency that a row does not have.
  private func unmet(
    _ effects: FixedEffects, _ X: Matrix<Double>, _ places: [[Int32]]
  ) -> [(row: Int, kind: Int)] {
    let redundant = certificate?.redundant ?? []
    var result: [(row: Int, kind: Int)] = []
    for row in 0..<X.rowCount {
      let alias = places.indices.reduce(0.0) { $0 + effects.categories[$1].aliases[Int(places[$1][row])] }
      if abs(alias) > 1e-6 {
        result.append((row, -1))
        continue
      }
      let kind = redundant.indices.first { number in
        let feature = redundant[number]
        var sum = X[row, feature.feature], size = abs(sum)
        for term in feature.dependsOn {
          sum -= term.factor * X[row, term.feature]
          size += abs(term.factor * X[row, term.feature])
        }
        for (place, levels) in zip(places, effects.dependencies[number].levels) {
          sum -= levels[Int(place[row])]
          size += abs(levels[Int(place[row])])
        }
        return abs(sum) > 1e-8 * size + feature.tolerance
      }
      if let kind { result.append((row, kind)) }
    }
    return result
  }

  /// "tenure = levels of firm", "total = ground + levels of firm + year", "total = ground + upper": what a redundant
  /// column depends on.
  func dependencyText(_ number: Int, width: Int = 60) -> String {
    guard let redundancy = (certificate?.redundant ?? training?.redundant)?[number] else { return "" }
    let names = design.distinctNames
    guard let effects else { return redundancy.described(width: width) { names[$0] } }
    let own = effects.dependencies[number].categories.first
    let levels = "levels of \(printable(own.map { effects.categories[$0].name } ?? effects.name))"
    if redundancy.dependsOn.isEmpty { return "\(printable(names[redundancy.feature])) = \(levels)" }
    let terms = redundancy.described(width: width - levels.count) { names[$0] }
    return effects.dependencies[number].levels.joined().contains { $0 != 0 } ? "\(terms) + \(levels)" : terms
  }
}

extension FittedModel {
  /// What the summary says of the effects.
  var effectsNotes: [String] {
    guard let effects else { return [] }
    var lines = effects.categories.map { category in
      let redundant = category.redundantLevels > 0 ? ", \(category.redundantLevels) redundant" : ""
      return "effects of \(printable(category.name)): \(counted(category.levels.count, "level"))\(redundant)"
    }
    if effects.categories.count > 2 {
      lines.append(
        "from the third category on redundant levels are by pairs, and at least so many")
    }
    if effects.singletons > 0 {
      lines.append(
        "\(counted(effects.singletons, "row")) left out: the only one\(effects.singletons == 1 ? "" : "s") of a level"
      )
    }
    return lines
  }

  /// Writes the fixed effects as CSV: a row for each level, under the header effect,level,estimate; with tabs where the
  /// file's name ends in .tsv.
  ///
  /// - Parameter path: the file; it is whole afterwards, or as it was before.
  /// - Throws: ``TabularError``: a model without fixed effects; a file that cannot be written.
  public func writeEffects(csv path: String) throws(TabularError) {
    guard let effects else {
      throw .unusable(file: path, message: "the model has no effects behind a bar, as in y ~ x | firm")
    }
    let names = effects.categories.flatMap { category in category.levels.map { _ in category.name } }
    let columns: [TableColumn] = [
      TableColumn(name: "effect", values: .words(TableColumn.Words(names.map(Optional.some)))),
      TableColumn(
        name: "level",
        values: .words(TableColumn.Words(effects.categories.flatMap(\.levels).map(Optional.some)))),
      TableColumn(name: "estimate", values: .numbers(effects.categories.flatMap(\.estimates))),
    ]
    try Table(
      source: path, columns: columns, rowCount: names.count, places: RowPlaces(file: path, firstLine: 2)
    )
    .write(path, CSVEncoder(endingOf: path))
  }
}
