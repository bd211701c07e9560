internal import LinearAlgebra
internal import LinearRegression

extension Share {
  /// Chooses terms stepwise, without reading the rows again, as R's `step`: each step adds or drops the term that makes
  /// the criterion least, until none makes it less.
  ///
  /// The columns of a term (a category's, a polynomial's, those of a product) come and go together. A term stays while a
  /// product of it is there, and a product comes only where its parts are.
  /// - Parameters:
  ///   - criterion: what a model is judged by. Of rows that differ in weight the sums are weighted; rows of weight 0 do
  ///     not count.
  ///   - direction: where selection starts, and what a step may do.
  ///   - kept: terms that every model has, by the names that R prints, with the terms within them; a category also by
  ///     the name of its column.
  ///   - file: what the share is called in messages.
  /// - Throws: ``TabularError``: a term that is not there, several targets, probability weights, redundant columns, fewer rows than the
  ///   selection needs, a fit without residuals, a category that would need a column for its first level.
  /// - Complexity: O(p³) for each step. Uses `dtpqrt` and `dtrtri`.
  public func select(
    by criterion: TermSelection.Criterion = .aic, direction: TermSelection.Direction = .both,
    keeping kept: [String] = [], named file: String = "the share"
  ) throws(TabularError) -> TermSelection {
    if targetCount > 1 {
      throw .unusable(
        file: file, message: "terms are chosen for one target, and there are \(targetCount); accumulate one")
    }
    if weightKind == .probability {
      throw .unusable(
        file: file,
        message:
          "terms are chosen by a likelihood, which rows with probability weights have none of; compare models by robust tests"
      )
    }
    let full = try solve(LeastSquares(redundancy: .refuse), named: file)
    if let fault = Self.fault(full) { throw .unusable(file: file, message: fault) }
    if design.columns.isEmpty {
      throw .unusable(file: file, message: "the formula has no term beside the intercept to choose from")
    }
    let terms = DesignTerm.all(design), keptTerms = try Self.positions(kept, terms, file)
    try checkReferences(terms, keeping: keptTerms, file)
    let rows = try withColumns(named: file).rows(named: file).factor
    let rule = StepwiseSelection.Rule(
      penalty: criterion == .aic ? 2 : CLibrary.logarithm(Double(full.observations)),
      observations: full.observations, adds: direction != .backward, drops: direction != .forward,
      kept: keptTerms)
    let selection: StepwiseSelection
    do throws(DataError) {
      selection = try StepwiseSelection(
        rows,
        terms.map { term in
          StepwiseSelection.Term(
            columns: term.columns,
            contained: Set(
              terms.indices.filter { terms[$0].variables.isStrictSubset(of: term.variables) }))
        }, from: direction == .forward ? keptTerms : Set(terms.indices), rule, intercept: design.hasIntercept)
    } catch {
      throw design.tabular(error, file)
    }
    let chosen = selection.chosen.map { terms[$0] }
    return TermSelection(
      criterion: criterion, steps: selection.steps.map { TermSelection.Step($0, terms) },
      terms: chosen.map(\.name), model: try model(chosen, isWhole: chosen.count == terms.count, file))
  }

  /// The model of some terms.
  private func model(
    _ terms: [DesignTerm], isWhole: Bool, _ file: String
  ) throws(TabularError) -> FittedModel {
    let right = terms.isEmpty ? "1" : terms.map(\.text).joined(separator: " + ")
    let text = "\(design.targets[0]) ~ \(right)\(design.hasIntercept ? "" : " - 1")"
    return try models(
      LeastSquares(intercept: design.hasIntercept),
      Chosen(
        design: design, kept: terms.flatMap(\.columns).sorted(), columns: [features.count],
        targets: design.targets, formula: isWhole ? formula : text), named: file)[0]
  }

  /// Throws where a category would need a column for its first level once a term is dropped, which there is not: without
  /// an intercept one category has a column for each level, and others rely on that.
  private func checkReferences(
    _ terms: [DesignTerm], keeping kept: Set<Int>, _ file: String
  ) throws(TabularError) {
    for (index, term) in terms.enumerated() where !kept.contains(index) {
      let rest = terms.filter { !term.variables.isSubset(of: $0.variables) }
      if let category = design.categoryWithoutReference(
        rest.flatMap(\.columns).sorted(), intercept: design.hasIntercept)
      {
        throw .unusable(
          file: file,
          message:
            "without \"\(printable(term.name))\" the category \"\(printable(category))\" needs a column for its first level too, which this share lacks; accumulate a formula with an intercept, or keep the term"
        )
      }
    }
  }

  /// Why no criterion can be formed; nil where one can.
  private static func fault(_ full: FittedModel) -> String? {
    let statistics = full.statistics
    if statistics.degreesOfFreedom < 1 {
      return
        "\(counted(full.observations, "row")) and as many coefficients in the model of all terms: nothing is left to judge it by; accumulate more rows, or fewer terms"
    }
    if statistics.totalSumOfSquares == 0 {
      return "the target is constant, so that there is nothing to choose terms for"
    }
    if statistics.residualSumOfSquares <= 1e-26 * statistics.totalSumOfSquares {
      return
        "the model of all terms is a perfect fit but for rounding, so that the criterion is the logarithm of rounding errors; leave out the terms that the target is made of"
    }
    return nil
  }

  /// The terms of some names, and all within them.
  private static func positions(
    _ names: [String], _ terms: [DesignTerm], _ file: String
  ) throws(TabularError) -> Set<Int> {
    var kept: Set<Int> = []
    for name in names {
      guard let place = terms.firstIndex(where: { $0.name == name || $0.plainName == name }) else {
        let guess = nearest(name, terms.map(\.name)).map { "is \"\(printable($0))\" meant? the" } ?? "the"
        throw .unusable(
          file: file,
          message:
            "there is no term \"\(printable(name))\"; \(guess) terms are \(listed(terms.map(\.name)))")
      }
      kept.formUnion(terms.indices.filter { terms[$0].variables.isSubset(of: terms[place].variables) })
    }
    return kept
  }
}

extension TermSelection.Step {
  fileprivate init(_ step: StepwiseSelection.Step, _ terms: [DesignTerm]) {
    switch step.change {
    case nil: change = ""
    case .add(let term): change = "+ \(terms[term].name)"
    case .drop(let term): change = "- \(terms[term].name)"
    }
    degreesOfFreedom = step.degreesOfFreedom
    residualSumOfSquares = step.residualSumOfSquares
    residualDegreesOfFreedom = step.residualDegreesOfFreedom
    criterion = step.criterion
  }
}
