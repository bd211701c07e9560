internal import LinearAlgebra

/// Rows of X and the place of their predictions.
struct PredictedRows<Scalar: BLASScalar>: RowSource {
  var X: UnsafePointer<Scalar>?
  var predictions: UnsafeMutablePointer<Scalar>?
  var rowCount: Int
  let featureCount: Int
  let targetCount: Int

  func block(_ rows: Range<Int>) -> PredictedRows {
    var block = self
    block.X = X.map { $0 + rows.lowerBound * featureCount }
    block.predictions = predictions.map { $0 + rows.lowerBound * targetCount }
    block.rowCount = rows.count
    return block
  }
}

/// Writes the predictions of rows to their place: a reduction that leaves nothing to merge.
struct PredictionWriter<Scalar: BLASScalar>: Reduction {
  private let predictor: BlockPredictor

  init(_ predictor: BlockPredictor) { self.predictor = predictor }

  func makeWorkspace(rows: Int) -> BlockPredictor.Workspace {
    predictor.makeWorkspace(rows: rows, Scalar.self)
  }

  mutating func add(_ block: PredictedRows<Scalar>, _ workspace: inout BlockPredictor.Workspace) {
    predictor.predict(
      Observations(
        X: block.X, lowX: nil, y: nil, weights: nil, rowCount: block.rowCount,
        featureCount: block.featureCount, targetCount: 0), &workspace)
    if let target = block.predictions {
      round(workspace.predictions, into: target, count: block.rowCount * block.targetCount)
    }
  }

  mutating func merge(_ later: PredictionWriter) {}
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func round<Scalar: BLASScalar>(
  _ source: [Double], into target: UnsafeMutablePointer<Scalar>, count: Int
) {
  precondition(count <= source.count)
  for i in 0..<count { target[i] = Scalar(source[i]) }
}
