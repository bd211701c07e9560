internal import LinearAlgebra

/// Predictions, errors and what is summed up from them, for all rows in one pass.
struct LossPass<Scalar: BLASScalar> {
  let rows: Observations<Scalar>
  let parameters: Parameters

  /// w, p × k, and b, 1 × k.
  struct Parameters {
    let w: UnsafePointer<Scalar>?
    let b: UnsafePointer<Scalar>?
  }

  /// Calls `body` with the pass over X, n × p, and y, n × k, at w and b.
  static func with<Result>(
    _ X: some RowMajor<Scalar>, _ y: Matrix<Scalar>, _ w: Matrix<Scalar>, _ b: Matrix<Scalar>,
    _ body: (LossPass) -> Result
  ) -> Result {
    require(
      y.shape == Shape(X.rowCount, w.columnCount) && w.rowCount == X.columnCount
        && b.shape == Shape(1, w.columnCount),
      "X is \(X.shape), targets are \(y.shape), w is \(w.shape) and b is \(b.shape); they do not fit")
    return Observations.with(X, y) { rows in
      w.withUnsafeElements { w in
        b.withUnsafeElements { b in
          body(LossPass(rows: rows, parameters: Parameters(w: w.baseAddress, b: b.baseAddress)))
        }
      }
    }
  }

  /// Σ (ŷ − y)²/2 of each target, added up in Double.
  func losses() -> [Double] { run(gradient: false).losses }

  /// Xᵀ(ŷ − y) and Σ(ŷ − y).
  func gradient() -> Gradient<Scalar> {
    let sums = run(gradient: true)
    return Gradient(
      weights: Matrix(
        Matrix<Double>(rows: rows.featureCount, columns: rows.targetCount, elements: sums.weights)),
      bias: Matrix(Matrix<Double>(row: sums.bias)))
  }

  private func run(gradient: Bool) -> LossSums<Scalar> {
    let shape = BatchShape(rows: rows.rowCount, features: rows.featureCount, targets: rows.targetCount)
    return RowPass(rows: rows.rowCount, blockRows: shape.blockRows(Scalar.self)).reduce(rows) {
      LossSums(shape, parameters, gradient: gradient)
    }
  }
}

/// The losses of rows at fixed parameters, or their gradient.
private struct LossSums<Scalar: BLASScalar>: Reduction {
  let shape: BatchShape
  let parameters: LossPass<Scalar>.Parameters
  let wantsGradient: Bool
  var losses: [Double]
  var weights: [Double]
  var bias: [Double]

  init(_ shape: BatchShape, _ parameters: LossPass<Scalar>.Parameters, gradient: Bool) {
    self.shape = shape
    self.parameters = parameters
    wantsGradient = gradient
    losses = zeros(shape.targets)
    weights = zeros(gradient ? shape.features * shape.targets : 0)
    bias = zeros(shape.targets)
  }

  /// Room for one block: its errors, and its gradient, which is added to the sums in Double.
  struct Workspace {
    var errors: [Scalar]
    var weights: [Scalar]
    var bias: [Scalar]
  }

  func makeWorkspace(rows: Int) -> Workspace {
    Workspace(errors: zeros(rows * shape.targets), weights: zeros(weights.count), bias: zeros(bias.count))
  }

  mutating func add(_ rows: Observations<Scalar>, _ workspace: inout Workspace) {
    let block = BatchShape(rows: rows.rowCount, features: shape.features, targets: shape.targets)
    workspace.errors.withUnsafeMutableBufferPointer { errors in
      Kernel.predict(block, rows.X, parameters.w, parameters.b, into: errors.baseAddress)
      Kernel.subtract(rows.y, from: errors.baseAddress, count: block.rows * block.targets)
    }
    workspace.errors.withUnsafeBufferPointer { errors in
      guard wantsGradient else {
        return losses.withUnsafeMutableBufferPointer {
          Kernel.addSquaredLoss(block, errors: errors.baseAddress, into: $0.baseAddress)
        }
      }
      workspace.weights.withUnsafeMutableBufferPointer { weights in
        workspace.bias.withUnsafeMutableBufferPointer { bias in
          Kernel.addGradient(
            block, rows.X, errors: errors.baseAddress, weights: weights.baseAddress, bias: bias.baseAddress)
        }
      }
    }
    if wantsGradient {
      move(&workspace.weights, into: &weights)
      move(&workspace.bias, into: &bias)
    }
  }

  mutating func merge(_ later: LossSums) {
    axpy(1, later.losses, into: &losses)
    axpy(1, later.weights, into: &weights)
    axpy(1, later.bias, into: &bias)
  }
}

/// sums ← sums + block, block ← 0
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func move<Scalar: BLASScalar>(_ block: inout [Scalar], into sums: inout [Double]) {
  for i in block.indices {
    sums[i] += Double(block[i])
    block[i] = 0
  }
}

/// Zeros of a type that is known where it is specialised: `Array(repeating: 0, …)` of an unspecialised generic is slow.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func zeros<Scalar: BLASScalar>(_ count: Int) -> [Scalar] { Array(repeating: 0, count: count) }
