// Which columns a name stands for, where some are left out of a share or predicted from it.

extension Design {
  /// The columns that a name stands for: those of a number or a category, products among them, or the one that is
  /// printed under it.
  ///
  /// - Throws: ``TabularError/unusable(file:message:)`` where terms of different columns have the name.
  func columns(under name: String, _ file: String) throws(TabularError) -> [Int] {
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
  func column(toPredict name: String, _ file: String) throws(TabularError) -> Int {
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
  func columns(formedFrom sources: Set<String>) -> [Int] {
    columns.indices.filter { column in
      columns[column].parts.contains { !sources.isDisjoint(with: variables[$0.variable].variable.columns) }
    }
  }

  /// What can be left out: numbers, categories, single columns.
  var droppable: [String] {
    unique(
      variables.map { ($0.levels == nil ? nil : $0.variable.levelColumn) ?? $0.variable.name } + names)
  }

  /// A category that lacks columns for its first level in a term, though nothing that is kept stands for that level;
  /// nil where there is none.
  ///
  /// The rest of a term, without the category, stands for it: the intercept where the rest is empty, or a term that has
  /// the rest and otherwise categories with columns for all levels.
  func categoryWithoutReference(_ kept: [Int], intercept: Bool) -> String? {
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
