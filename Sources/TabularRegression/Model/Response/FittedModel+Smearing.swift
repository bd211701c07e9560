internal import LinearAlgebra
internal import LinearRegression

extension FittedModel {
  /// The models with what predictions on the scale of y need, from one more reading of the rows of the fit; the same
  /// where the targets are columns.
  ///
  /// - Parameters:
  ///   - models: those of all targets; on ranks but 0 none are needed.
  ///   - source: the rows of the fit, or this rank's part of them.
  ///   - communicator: the ranks; all call this at the same place.
  ///   - progress: called with the number of rows that were read.
  /// - Returns: the models; none on ranks but 0.
  static func smeared(
    _ models: [FittedModel], reading source: some TableSource,
    on communicator: any Communicator = SingleProcess(), progress: (Int) -> Void = { _ in }
  ) throws(TabularError) -> [FittedModel] {
    var models = models
    if communicator.size > 1 {
      let bytes = try communicator.broadcast(
        envelope.bytes(of: ModelContents(models[0], others: Array(models.dropFirst()))))
      if communicator.rank != 0 { models = try Self.models(RandomAccessFile(bytes, name: "MPI")) }
    }
    var sums = models.map { _ in SmearingSums() }, rowCount = 0
    let columns = models.reduce(into: Set<String>()) { $0.formUnion($1.design.tableColumns(for: .fit)) }
    try communicator.forEachBlock(of: source, columns: columns) { [models] (block) throws(TabularError) in
      var parts: [SmearingSums] = []
      for model in models { parts.append(try model.smearingSums(block)) }
      return SmearingBlock(sums: parts, rows: block.rowCount)
    } take: { (block) throws(TabularError) in
      for (index, part) in block.sums.enumerated() { sums[index].merge(part) }
      rowCount += block.rows
      progress(rowCount)
    }
    if communicator.rank != 0 { return [] }
    for index in models.indices {
      models[index].smearing = sums[index].smearing
    }
    return models
  }

  /// The models with what predictions on the scale of y need, from the rows of the fit in memory.
  static func smeared(_ models: [FittedModel], over table: Table) throws(TabularError) -> [FittedModel] {
    var models = models
    for index in models.indices where models[index].needsSmearing {
      models[index].smearing = try models[index].smearingSums(table).smearing
    }
    return models
  }

  private struct SmearingBlock: Codable, Sendable {
    let sums: [SmearingSums]
    let rows: Int
  }

  /// Whether the target is a function of y whose inverse is known.
  private var needsSmearing: Bool { Formula.needSmearing(design.targets) }

  /// The function of the target; nil for one whose inverse is not known.
  private var responseFunction: TargetFunction? { TargetFunction(design.targets[0]) }

  /// The sums of a block of rows of the fit.
  private func smearingSums(_ block: Table) throws(TabularError) -> SmearingSums {
    guard let function = responseFunction, function.needsSmearing else {
      return SmearingSums()
    }
    let rows = try rows(
      of: block, for: weights == nil ? .evaluation : .fit, weights: weights,
      // Rows whose level has no effect were left out of the fit.
      Policies(unseen: effects == nil ? .error : .missing, unestimable: .keep))
    let predictions = try predictions(rows, block), y = rows.design.y
    return SmearingSums(
      function, predictions.enumerated().map { y[$0, 0] - $1 }, weights: rows.design.weights)
  }
}

extension Formula {
  /// Whether a target is a function of y whose inverse is known, so that the residuals of its fit have to be read.
  static func needSmearing(_ targets: [Expression]) -> Bool {
    targets.contains { TargetFunction($0)?.needsSmearing ?? false }
  }

  /// Whether the residuals of the fit have to be read.
  var needsSmearing: Bool { Self.needSmearing(targets) }
}

// MARK: Predictions on the scale of y

extension FittedModel {
  /// What errors on the scale of y are the errors of: "log(y), on the scale of y".
  package var targetOnScaleOfResponse: String {
    let y = TargetFunction.operand(of: design.targets[0])
    return y == design.targets[0] ? target : "\(target), on the scale of \(Variable.expression(y).name)"
  }

  /// The function of the target, where predictions can be on the scale of y.
  ///
  /// - Throws: ``TabularError/unusable(file:message:)`` where its inverse is not known, or the model does not know the
  ///   residuals of its fit.
  func responseFunction(_ source: String) throws(TabularError) -> TargetFunction {
    guard let function = responseFunction else {
      throw .unusable(
        file: source,
        message:
          "the target \(printable(target)) has no inverse that predictions could take; there are those of log, log2, log10, log1p and sqrt of a column"
      )
    }
    if function.needsSmearing, !(smearing?.serves(function) ?? false) {
      throw .unusable(
        file: source,
        message:
          "the model does not know the residuals of its fit, from which predictions of y are formed where the target is \(printable(target)); fit the rows exactly, not by SGD or from a share"
      )
    }
    return function
  }

  /// Predictions on the scale of y, for rows that are predicted on that of the target.
  func onScaleOfResponse(
    _ predictions: [Double], _ rows: FeatureRows, _ table: Table
  ) throws(TabularError) -> [Double] {
    let function = try responseFunction(table.source)
    let values = predictions.map { function.mean($0, smearing ?? Smearing(factor: 1)) }
    if let row = values.firstIndex(where: { !$0.isFinite }) {
      throw table.rowFault(
        rows.design.blockRow(row),
        "the prediction is beyond a Double on the scale of y; check the units of its fields")
    }
    return values
  }

  /// The ends of intervals on the scale of y: what the inverse makes of them, so that they are of the median of y where
  /// the target is a logarithm.
  func onScaleOfResponse(
    _ intervals: [IntervalPrediction], _ predictions: [Double], _ table: Table
  ) throws(TabularError) -> [IntervalPrediction] {
    let function = try responseFunction(table.source)
    var result: [IntervalPrediction] = []
    for (interval, prediction) in zip(intervals, predictions) {
      // One without ends, of a row of weight 0, has none on any scale.
      let hasEnds = interval.lower.isFinite && interval.upper.isFinite
      let ends = [interval.lower, interval.upper].map { hasEnds ? function.inverse($0) : $0 }.sorted()
      if hasEnds, !ends.allSatisfy(\.isFinite) {
        throw .unusable(
          file: table.source,
          message: "an interval is beyond a Double on the scale of y; check the units of its fields")
      }
      result.append(IntervalPrediction(prediction: prediction, lower: ends[0], upper: ends[1]))
    }
    return result
  }
}
