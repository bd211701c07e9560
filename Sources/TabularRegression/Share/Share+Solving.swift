internal import LinearAlgebra
public import LinearRegression

extension Share {
  /// The fit of all rows, without reading them again.
  ///
  /// - Parameters:
  ///   - method: the settings; its intercept is the formula's unless `intercept` says otherwise.
  ///   - intercept: whether the model has an intercept; nil as the formula says.
  ///   - dropped: what to leave out: a number or a category of the formula with all its products, or a single column by
  ///     the name that the fit prints.
  ///   - newTarget: another column to predict; the former target, and what else is formed from the new one, is then
  ///     left out. Nil for the formula's.
  ///   - file: what the share is called in messages.
  /// - Throws: ``TabularError``: a column that is not there, no rows, no feature left, a category whose levels have no
  ///   columns without an intercept, what `LeastSquares` refuses.
  /// - Complexity: O(p³)
  public func solve(
    _ method: LeastSquares = LeastSquares(), intercept: Bool? = nil, dropping dropped: [String] = [],
    target newTarget: String? = nil, named file: String = "the share"
  ) throws(TabularError) -> FittedModel {
    let features = features, response = newTarget ?? target
    if dropped.contains(response) {
      throw .unusable(
        file: file, message: "\"\(printable(response))\" is the target; leave out another column")
    }
    var left: Set<Int> = []
    for name in dropped {
      let columns = try design.columns(under: name, file)
      if columns.isEmpty, name != target { throw Self.noColumn(name, design.droppable + [target], file) }
      left.formUnion(columns)
    }
    let column = response == target ? features.count : try design.column(toPredict: response, file)
    guard let expression = column < features.count ? design.number(column) : design.targets[0] else {
      throw .unusable(
        file: file,
        message:
          "\"\(printable(response))\" is a part of a term, not a number of its own; predict another column")
    }
    if column < features.count { left.formUnion(design.columns(formedFrom: Set(expression.columns))) }
    let kept = features.indices.filter { !left.contains($0) }
    if kept.isEmpty, !features.isEmpty || intercept == false {
      throw .unusable(
        file: file, message: "no column is left to predict \"\(printable(response))\" from")
    }
    var method = method
    method.intercept = intercept ?? design.hasIntercept
    if let category = design.categoryWithoutReference(kept, intercept: method.intercept) {
      throw .unusable(
        file: file,
        message:
          "without what is left out \"\(printable(category))\" needs columns for its first level too, which this share lacks; accumulate the shorter formula, or leave out the category as well"
      )
    }
    var design = design
    // An offset belongs to the target that it was taken from.
    if column < features.count { design.offsets = [] }
    let narrowed = design.keeping(kept, target: expression, intercept: method.intercept)
    for variable in narrowed.variables {
      guard let levels = variable.levels, levels.contains(Design.otherLevel) else { continue }
      throw Design.tooFewLevels(variable.variable.columns[0], levels, file)
    }
    let isWhole = kept.count == features.count && method.intercept == design.hasIntercept
    let within = try reduced(method, narrowed, kept: kept, target: column, file)
    if within == nil, let fault = design.columnsFault { throw .unusable(file: file, message: fault) }
    let rows = try within == nil ? withColumns(named: file).rows(named: file).factor : nil
    do throws(DataError) {
      let fit =
        if let within {
          try within.rows.solve(method, columns: within.columns)
        } else {
          try rows!.solve(method, features: kept, targets: [column])
        }
      return FittedModel(
        isWhole
          ? formula
          : [
            Formula(target: response, features: narrowed.names, intercept: method.intercept).text,
            narrowed.offsetText,
          ].compactMap { $0 }.joined(separator: " + "),
        narrowed, fit, method: method, droppedRows: droppedRows)
    } catch {
      throw narrowed.tabular(error, file)
    }
  }

  private static func noColumn(_ name: String, _ names: [String], _ file: String) -> TabularError {
    .unusable(file: file, message: unknownColumn(name, names))
  }

  /// The rows without the levels of the category, for a fit that does without their columns; nil for others.
  ///
  /// - Parameters:
  ///   - narrowed: the design of the fit.
  ///   - kept: its columns among those of the share.
  ///   - target: the column of [X y] that is predicted.
  ///   - file: what the share is called in messages.
  private func reduced(
    _ method: LeastSquares, _ narrowed: Design, kept: [Int], target: Int, _ file: String
  ) throws(TabularError) -> (rows: LeastSquares.Factor, columns: LevelColumns)? {
    guard let whole = self.absorption, method.isPlain, let absorption = narrowed.absorption() else {
      return nil
    }
    let columns = whole.columns
    // Of another category the rows still have the levels.
    guard
      design.variables[whole.variable].variable
        == narrowed.variables[absorption.variable].variable
    else { return nil }
    guard absorption.columns.levels == columns.levels, absorption.columns.hasReference == columns.hasReference
    else { return nil }
    /// Position without the levels.
    func position(_ column: Int) -> Int { whole.position(ofOther: column, effects: false) }
    let rows = try rows(named: file).factor.selecting(
      features: kept.filter { !columns.range.contains($0) }.map(position), targets: [position(target)])
    return (rows, absorption.columns)
  }
}

extension Design {
  /// The columns that a name stands for: those of a number or a category, products among them, or the one that is
  /// printed under it.
  ///
  /// - Throws: ``TabularError/unusable(file:message:)`` where terms of different columns have the name.
  fileprivate func columns(under name: String, _ file: String) throws(TabularError) -> [Int] {
    let named = Set(
      variables.indices.filter { index in
        let variable = variables[index].variable
        return variable.name == name || variables[index].levels != nil && variable.levelColumn == name
      })
    let names = names, printed = columns.indices.filter { names[$0] == name }
    let members = columns.indices.filter { columns[$0].parts.contains { named.contains($0.variable) } }
    if members.isEmpty ? printed.count > 1 : !Set(printed).isSubset(of: members) {
      throw ambiguous(name, printed, file)
    }
    return members.isEmpty ? printed : members
  }

  /// The column that is predicted under a name: of several that are printed so, the one that is a number.
  ///
  /// - Throws: ``TabularError/unusable(file:message:)`` where there is none, or several are numbers.
  fileprivate func column(toPredict name: String, _ file: String) throws(TabularError) -> Int {
    let names = names, printed = columns.indices.filter { names[$0] == name }
    let numbers = printed.filter { number($0) != nil }
    if numbers.count > 1 { throw ambiguous(name, numbers, file) }
    guard let column = numbers.first ?? printed.first else {
      throw .unusable(file: file, message: unknownColumn(name, names + [target]))
    }
    return column
  }

  /// The error of a name that terms of different columns have.
  private func ambiguous(_ name: String, _ printed: [Int], _ file: String) -> TabularError {
    let sources = unique(
      printed.flatMap { columns[$0].parts.flatMap { variables[$0.variable].variable.columns } })
    return .unusable(
      file: file,
      message:
        "\"\(printable(name))\" is the name of \(printed.count) terms, of the columns \(listed(sources)); rename a column, and accumulate again"
    )
  }

  /// The columns that are formed from any of these columns of a table.
  fileprivate func columns(formedFrom sources: Set<String>) -> [Int] {
    columns.indices.filter { column in
      columns[column].parts.contains { !sources.isDisjoint(with: variables[$0.variable].variable.columns) }
    }
  }

  /// What can be left out: numbers, categories, single columns.
  fileprivate var droppable: [String] {
    unique(
      variables.map { ($0.levels == nil ? nil : $0.variable.levelColumn) ?? $0.variable.name } + names)
  }

  /// A category that lacks columns for its first level in a term, though nothing that is kept stands for that level;
  /// nil where there is none.
  ///
  /// The rest of a term, without the category, stands for it: the intercept where the rest is empty, or a term that has
  /// the rest and otherwise categories with columns for all levels.
  fileprivate func categoryWithoutReference(_ kept: [Int], intercept: Bool) -> String? {
    /// The variables of each term that is kept, and those among them with columns for their first level.
    var terms: [Set<Int>: Set<Int>] = [:]
    for column in kept {
      let parts = columns[column].parts
      let complete = parts.filter { variables[$0.variable].levels != nil && $0.index == 0 }.map(\.variable)
      terms[Set(parts.map(\.variable)), default: []].formUnion(complete)
    }
    func isSpanned(_ rest: Set<Int>) -> Bool {
      rest.isEmpty && intercept
        || terms.contains { rest.isSubset(of: $0.key) && $0.key.subtracting(rest).isSubset(of: $0.value) }
    }
    for (term, complete) in terms {
      for variable in term.subtracting(complete)
      where variables[variable].levels != nil && !isSpanned(term.subtracting([variable])) {
        return variables[variable].variable.levelColumn ?? variables[variable].variable.name
      }
    }
    return nil
  }
}
