internal import LinearAlgebra

extension Training {
  /// The model that the run has come to, in the units of the data. Its coefficients are finite.
  public var model: LinearModel {
    let (weights, bias) = descent.parameters
    return units.original(weights: weights, bias: bias)
  }

  /// The run as it stands: its model, or the one with the least validation loss where a run with a rate of your own
  /// validates.
  ///
  /// - Throws: ``TrainingError/data(_:)`` where a coefficient is beyond Double in the units of the data.
  public func run() throws(TrainingError) -> TrainingRun { try run(beside: pass) }

  /// Goes on to the end of the run.
  ///
  /// - Parameter report: called after each epoch.
  /// - Throws: ``TrainingError``, as ``next()``; ``DataError/cancelled`` where the run was stopped before its first step.
  func run(_ report: (EpochReport) -> Void) throws(TrainingError) -> TrainingRun {
    while let next = try next() { report(next) }
    if stopReason == .interrupted, rowsUsed == 0 { throw .data(.cancelled) }
    return try run()
  }

  /// The run as it stands, and the exact solution, which is found now where the run did not need it.
  package func runBesideExact() throws(TrainingError) -> TrainingRun {
    if exact != nil { return try run() }
    let pass: FirstPass
    do throws(DataError) {
      pass = try Rows.with(X, y, weights: weights) { (rows) throws(DataError) in
        try FirstPass.of(rows, wantsProblem: true, mostFeatures: .max)
      }
    } catch {
      throw .data(error)
    }
    return try run(beside: pass)
  }

  private func run(beside pass: FirstPass?) throws(TrainingError) -> TrainingRun {
    var (model, epoch) = (model, epochs.count)
    if validation != nil, !method.isAutomatic, let best {
      model = units.original(weights: best.weights, bias: best.bias)
      epoch = best.epoch
    }
    let exact = pass?.exact, problem = pass?.problem
    for model in [model, exact].compactMap({ $0 }) {
      if let column = units.firstOverflow(model) { throw .data(.overflow(.features, column: column)) }
    }
    return TrainingRun(
      model: model, epochs: epochs, stopReason: stopReason ?? .interrupted, epoch: epoch, method: method,
      batchSize: batchSize, validationRows: validation?.count ?? 0, exact: exact,
      rank: problem.map { $0.rank + 1 }, redundant: problem?.redundant ?? [])
  }

  /// The exact solution by the factor of the first pass, in the units of the data: what distances are measured to. Nil
  /// where they are not measured or p × p is too large.
  public var exact: LinearModel? { pass?.exact }

  /// The errors of a model on the rows that are learnt from, one evaluation for each target.
  package func evaluation(of model: LinearModel) throws(TrainingError) -> [Evaluation] {
    do throws(DataError) {
      return try model.evaluate(X, y, weights: weights)
    } catch {
      throw .data(error)
    }
  }
}
