internal import LinearAlgebra

/// The gradient of the summed squared loss at fixed parameters: predictions, errors and gradient of a block while it is
/// in the cache.
struct GradientSums<Scalar: BLASScalar>: Reduction {
  let shape: BatchShape

  /// w, p × k, and b, 1 × k.
  let w: UnsafePointer<Scalar>?
  let b: UnsafePointer<Scalar>?

  // Sums over blocks, in Double.
  private var weights: [Double]
  private var bias: [Double]

  private init(_ shape: BatchShape, _ w: UnsafePointer<Scalar>?, _ b: UnsafePointer<Scalar>?) {
    self.shape = shape
    self.w = w
    self.b = b
    weights = zeros(shape.features * shape.targets)
    bias = zeros(shape.targets)
  }

  /// Xᵀ(ŷ − y) and Σ(ŷ − y) at w and b, for X, n × p, and y, n × k.
  @inline(__always)
  static func gradient(
    _ X: some RowMajor<Scalar>, _ y: Matrix<Scalar>, _ w: Matrix<Scalar>, _ b: Matrix<Scalar>
  ) -> Gradient<Scalar> {
    require(
      y.shape == Shape(X.rowCount, w.columnCount) && w.rowCount == X.columnCount
        && b.shape == Shape(1, w.columnCount),
      "gradient: X is \(X.shape), targets are \(y.shape), w is \(w.shape) and b is \(b.shape); they do not fit"
    )
    let shape = BatchShape(rows: X.rowCount, features: X.columnCount, targets: y.columnCount)
    let (blockRows, leafRows) = (shape.blockRows(Scalar.self), shape.leafRows(Scalar.self))
    let sums = Rows.with(X, y) { rows in
      w.withUnsafeElements { w in
        b.withUnsafeElements { b in
          RowPass(rows: shape.rows, blockRows: blockRows, leafRows: leafRows).reduce(rows) {
            GradientSums(shape, w.baseAddress, b.baseAddress)
          }
        }
      }
    }
    return Gradient(
      weights: Matrix(Matrix<Double>(rows: shape.features, columns: shape.targets, elements: sums.weights)),
      bias: Matrix(Matrix<Double>(row: sums.bias)))
  }

  /// Room for one block: its errors, and its gradient, which is added to the sums in Double.
  struct Workspace {
    var errors: [Scalar]
    var weights: [Scalar]
    var bias: [Scalar]
  }

  func makeWorkspace(rows: Int) -> Workspace {
    Workspace(
      errors: zeros(rows * shape.targets), weights: zeros(weights.count), bias: zeros(bias.count))
  }

  mutating func add(_ rows: Rows<Scalar>, _ workspace: inout Workspace) {
    let block = BatchShape(rows: rows.rowCount, features: shape.features, targets: shape.targets)
    let (w, b) = (w, b)
    workspace.errors.withUnsafeMutableBufferPointer { errors in
      workspace.weights.withUnsafeMutableBufferPointer { weights in
        workspace.bias.withUnsafeMutableBufferPointer { bias in
          Products.differentiate(
            block, rows.X, rows.y, stride: block.targets, w, b, errors: errors.baseAddress,
            into: weights.baseAddress, bias: bias.baseAddress)
        }
      }
    }
    move(&workspace.weights, into: &weights)
    move(&workspace.bias, into: &bias)
  }

  mutating func merge(_ later: GradientSums) {
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
