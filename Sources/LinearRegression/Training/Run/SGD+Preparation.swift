internal import LinearAlgebra

// What a run prepares before its first step.

extension SGD {
  /// The promise of an automatic run.
  static var automaticTolerance: Double { 1e-10 }

  /// Rows of a batch: where the user leaves that open, 32, and under an automatic rate enough to make preconditioning
  /// cheap, few enough for sixteen steps an epoch.
  func batchSize(rows n: Int, features p: Int) -> Int {
    min(n, batchSize ?? (isAutomatic ? max(1, min(max(32, 4 * p), n / 16)) : 32))
  }

  /// Throws where there are more rows than a shuffle can put in order.
  func checkOrder(rows n: Int, batchSize: Int) throws(DataError) {
    let most = Int(Int32.max)
    if order == .shuffled, n > most {
      throw .setting(
        SettingError(
          "SGD: order is shuffled, and there are \(n) rows; up to \(most) can be: use shuffledBlocks"))
    }
    if order == .shuffledBlocks, batchSize > most / 2 {
      throw .setting(
        SettingError("SGD: batchSize is \(batchSize); with shuffledBlocks it is \(most / 2) at most"))
    }
  }

  /// The first pass over the rows that are learnt from; nil where nothing needs one.
  func firstPass<Scalar>(_ rows: Rows<Scalar>) throws(DataError) -> FirstPass? {
    guard isAutomatic || standardize || measuresDistance else { return nil }
    return try FirstPass.of(
      rows, wantsProblem: isAutomatic || measuresDistance, decay: weightDecay,
      decaysStandardized: standardize)
  }

  /// The units that parameters are in.
  ///
  /// - Throws: where a scale is beyond Double, or the square of a target's, which losses are told in, or a
  ///   coefficient's unit, the ratio of two; too large or too small.
  func units(
    _ pass: FirstPass?, features p: Int, targets k: Int
  ) throws(DataError) -> ProblemStandardization {
    let stored = ProblemStandardization(identity: p, k)
    let units = isAutomatic || standardize ? pass?.standardization ?? stored : stored
    if let column = (units.features.scales + units.targets.scales).firstIndex(where: { !$0.isFinite }) {
      throw .overflow(column: column, features: p)
    }
    let scales = (pass?.standardization ?? stored).targets.scales
    if let t = scales.firstIndex(where: { $0 != 0 && !($0 * $0).isNormal }) {
      throw .overflow(.targets, column: t)
    }
    if let pass, let least = scales.filter({ $0 > 0 }).min() {
      let largest = least / .leastCoefficient
      let j = pass.standardization.features.scales.firstIndex { $0 > largest }
      if let j { throw .overflow(.features, column: j) }
    }
    return units
  }

  /// The way to take steps. Initial weights are drawn from the generator where there are any.
  func descent<Scalar>(
    _ rows: Rows<Scalar>, _ pass: FirstPass?, _ units: ProblemStandardization, batchSize: Int,
    using generator: inout SeededGenerator
  ) -> any Descent<Scalar> {
    let (n, p, k) = (rows.rowCount, rows.featureCount, rows.targetCount)
    if let pass, isAutomatic {
      return VarianceReducedDescent(
        rows, pass, preconditioner: Preconditioner(rows, pass), batchSize: batchSize,
        tolerance: tolerance ?? Self.automaticTolerance)
    }
    func minibatches<Source: BatchSource>(_ source: Source) -> any Descent<Scalar>
    where Source.Input == Scalar {
      MinibatchDescent(
        self, BatchLoader(source, rows, batchSize: batchSize),
        BatchShape(rows: batchSize, features: p, targets: k),
        totalSteps: epochs * ((n + batchSize - 1) / batchSize),
        weights: Parameter<Source.Scalar>(normal: p, k, using: &generator).value)
    }
    let meanWeight = rows.weights == nil ? 1 : (pass?.weightSum ?? rows.totalWeight) / Double(n)
    return standardize
      ? minibatches(StandardizedBatches<Scalar>(units.units, meanWeight: meanWeight))
      : minibatches(StoredBatches(rows, meanWeight: meanWeight))
  }
}
