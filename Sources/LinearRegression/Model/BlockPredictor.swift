internal import LinearAlgebra

/// Predicts blocks of rows in Double, whatever the type of the data: ŷ = X w + b.
struct BlockPredictor {
  private let model: LinearModel
  private let identity: ColumnUnits

  init(_ model: LinearModel) {
    self.model = model
    identity = ColumnUnits(identity: model.featureCount)
  }

  /// Room for one block: its rows in Double, where they are not yet, and its predictions.
  struct Workspace {
    fileprivate var rows: [Double]
    fileprivate(set) var predictions: [Double]
  }

  func makeWorkspace<Scalar: BLASScalar>(rows: Int, _: Scalar.Type) -> Workspace {
    Workspace(
      rows: zeros(Scalar.self == Double.self ? 0 : rows * model.featureCount),
      predictions: zeros(rows * model.targetCount))
  }

  /// Rows of a block.
  static func blockRows<Scalar>(features: Int, targets: Int, _: Scalar.Type) -> Int {
    rowsPerCacheBlock(rowBytes: (features + targets) * MemoryLayout<Double>.stride)
  }

  /// The predictions of a block take the first places of the workspace's.
  func predict<Scalar>(_ block: Rows<Scalar>, _ workspace: inout Workspace) {
    let (p, k) = (model.featureCount, model.targetCount)
    let shape = BatchShape(rows: block.rowCount, features: p, targets: k)
    let predictions = workspace.predictions.withUnsafeMutableBufferPointer { $0.baseAddress }
    model.weights.withUnsafeElements { w in
      model.intercepts.withUnsafeBufferPointer { b in
        if let X = RowKernel<Scalar>.doubles(block.X) {
          Products.predict(shape, X, w.baseAddress, b.baseAddress, into: predictions)
        } else {
          workspace.rows.withUnsafeMutableBufferPointer { rows in
            RowKernel<Scalar>.standardize(
              block.X, rows: block.rowCount, identity, factors: nil, into: rows.baseAddress, rowStride: p,
              columnStride: 1)
            Products.predict(
              shape, UnsafePointer(rows.baseAddress), w.baseAddress, b.baseAddress, into: predictions)
          }
        }
      }
    }
  }
}
