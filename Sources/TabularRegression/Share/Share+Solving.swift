internal import LinearAlgebra
public import LinearRegression

extension Share {
  /// The fit of all rows, without reading them again.
  ///
  /// - Parameters:
  ///   - method: the settings; its intercept is the formula's unless `intercept` says otherwise, and its kind of
  ///     weights that of the share.
  ///   - intercept: whether the model has an intercept; nil as the formula says.
  ///   - dropped: what to leave out: a number or a category of the formula with all its products, or a single column by
  ///     the name that the fit prints.
  ///   - newTarget: another column to predict; the former target, and what else is formed from the new one, is then
  ///     left out. Nil for the formula's.
  ///   - file: what the share is called in messages.
  /// - Throws: ``TabularError``: a column that is not there, no rows, no feature left, a category whose levels have no
  ///   columns without an intercept, several targets, what `LeastSquares` refuses.
  /// - Complexity: O(p³)
  public func solve(
    _ method: LeastSquares = LeastSquares(), intercept: Bool? = nil, dropping dropped: [String] = [],
    target newTarget: String? = nil, named file: String = "the share"
  ) throws(TabularError) -> FittedModel {
    if newTarget == nil, targetCount > 1 {
      throw .unusable(
        file: file,
        message: "there are several targets, \(listed(targetNames)); choose one, or solve for each")
    }
    return try solvePerTarget(
      method, intercept: intercept, dropping: dropped, target: newTarget, named: file)[0]
  }

  private var targetNames: [String] { Formula.names(of: design.targets) }

  /// The fits of all targets, without reading the rows again; of one, where `newTarget` names it: see
  /// ``solve(_:intercept:dropping:target:named:)``.
  ///
  /// - Returns: a model for each target, in order.
  /// - Throws: ``TabularError``, as the fit of one target.
  /// - Complexity: O((p + k)³)
  public func solvePerTarget(
    _ method: LeastSquares = LeastSquares(), intercept: Bool? = nil, dropping dropped: [String] = [],
    target newTarget: String? = nil, named file: String = "the share"
  ) throws(TabularError) -> [FittedModel] {
    let features = features, targets = targetNames
    let responses = newTarget.map { [$0] } ?? targets
    var chosen = targets.indices.filter { responses.contains(targets[$0]) }.map { features.count + $0 }
    // Of two targets of one name the first.
    chosen = Array(chosen.prefix(responses.count))
    if chosen.isEmpty { chosen = [try design.column(toPredict: responses[0], file)] }
    if let both = responses.first(where: dropped.contains) {
      throw .unusable(
        file: file, message: "\"\(printable(both))\" is the target; leave out another column")
    }
    var left: Set<Int> = []
    for name in dropped {
      let columns = try design.columns(under: name, file)
      if columns.isEmpty, !targets.contains(name) {
        throw Self.noColumn(name, design.droppable + targets, file)
      }
      left.formUnion(columns)
    }
    var expressions: [Expression] = [], design = design
    for (column, response) in zip(chosen, responses) {
      guard
        let expression = column < features.count
          ? design.number(column) : design.targets[column - features.count]
      else {
        throw .unusable(
          file: file,
          message:
            "\"\(printable(response))\" is a part of a term, not a number of its own; predict another column")
      }
      expressions.append(expression)
      if column < features.count {
        left.formUnion(design.columns(formedFrom: Set(expression.columns)))
        // An offset belongs to the target that it was taken from.
        design.offsets = []
      }
    }
    let kept = features.indices.filter { !left.contains($0) }
    if kept.isEmpty, !features.isEmpty || intercept == false {
      throw .unusable(
        file: file, message: "no column is left to predict \"\(printable(responses[0]))\" from")
    }
    var method = method
    method.intercept = intercept ?? design.hasIntercept
    return try models(
      method, Chosen(design: design, kept: kept, columns: chosen, targets: expressions), named: file)
  }

  /// Which columns of the share a fit has.
  struct Chosen {
    /// The share's, without what belongs to a target that is not predicted.
    let design: Design
    /// The features that are kept.
    let kept: [Int]
    /// The columns of [X y] that are predicted, and what they are.
    let columns: [Int]
    let targets: [Expression]
    /// The formula without offsets; nil for one of the names of the columns.
    var formula: String?
  }

  /// The models of some of the columns.
  func models(
    _ method: LeastSquares, _ chosen: Chosen, named file: String
  ) throws(TabularError) -> [FittedModel] {
    let (design, kept, expressions) = (chosen.design, chosen.kept, chosen.targets)
    var method = method
    method.weightKind = design.weightKind
    if let category = design.categoryWithoutReference(kept, intercept: method.intercept) {
      throw .unusable(
        file: file,
        message:
          "without what is left out \"\(printable(category))\" needs columns for its first level too, which this share lacks; accumulate the shorter formula, or leave out the category as well"
      )
    }
    let narrowed = design.keeping(kept, targets: expressions, intercept: method.intercept)
    for variable in narrowed.variables {
      guard let levels = variable.levels, levels.contains(Design.otherLevel) else { continue }
      throw Design.tooFewLevels(variable.variable.columns[0], levels, file)
    }
    let isWhole =
      kept.count == design.columns.count && method.intercept == self.design.hasIntercept
      && expressions == self.design.targets
    let within = try reduced(method, narrowed, kept: kept, targets: chosen.columns, file)
    if within == nil, let fault = design.columnsFault { throw .unusable(file: file, message: fault) }
    let rows = try within == nil ? withColumns(named: file).rows(named: file).factor : nil
    do throws(DataError) {
      let fit =
        if let within {
          try within.rows.solve(method, columns: within.columns)
        } else {
          try rows!.solve(method, features: kept, targets: chosen.columns)
        }
      let text =
        isWhole
        ? formula
        : [
          chosen.formula ?? Formula.text(expressions, narrowed.names, intercept: method.intercept),
          narrowed.offsetText,
        ]
        .compactMap { $0 }.joined(separator: " + ")
      return expressions.indices.map {
        FittedModel(text, narrowed, fit, target: $0, method: method, droppedRows: droppedRows)
      }
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
  ///   - targets: the columns of [X y] that are predicted.
  ///   - file: what the share is called in messages.
  private func reduced(
    _ method: LeastSquares, _ narrowed: Design, kept: [Int], targets: [Int], _ file: String
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
      features: kept.filter { !columns.range.contains($0) }.map(position), targets: targets.map(position))
    return (rows, absorption.columns)
  }
}
