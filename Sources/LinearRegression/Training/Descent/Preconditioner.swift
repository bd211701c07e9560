internal import LinearAlgebra

/// T, with T Tᵀ near the inverse of the curvature ZᵀZ/n in standardised units, and how large a row Tᵀ z can be.
struct Preconditioner {
  /// T, p × rank; nil for 1 / √(largest eigenvalue) times the identity.
  private let matrix: Matrix<Double>?
  private let featureCount: Int
  private let scale: Double

  /// The largest w (1 + ‖Tᵀ z‖²) of a row, w being its weight over the mean of all.
  let largestRow: Double

  /// Tᵀ g, rank × k.
  private let whitened: Scratch<Double>

  /// - Parameters:
  ///   - pass: what the first pass found: T is R⁻¹ of its factor; without one, columns are only scaled.
  /// - Complexity: one more pass, 2 n p min(p, 16) flops; without a factor 23 of at most 4 n p flops, for the largest
  ///   eigenvalue.
  init<Scalar>(_ rows: Rows<Scalar>, _ pass: FirstPass) {
    matrix = pass.problem?.inverse
    featureCount = rows.featureCount
    if let matrix {
      scale = 1
      whitened = Scratch(matrix.columnCount * rows.targetCount, repeating: 0)
    } else {
      let curvature = Curvature(rows, pass.standardization.units)
      scale = 1 / max(1, curvature.largestEigenvalue).squareRoot()
      whitened = Scratch(0, repeating: 0)
    }
    largestRow = Self.largestRow(rows, pass, matrix, scale: scale)
  }

  /// Whether the curvature in the coordinates of T is the identity, and not only bounded by it.
  var whitens: Bool { matrix != nil }

  /// Tᵀ G of moments, p × k.
  func whiten(_ moments: Matrix<Double>) -> Matrix<Double> {
    matrix.map { gemm($0, moments, transposeA: .transpose) } ?? scale * moments
  }

  /// T ρ
  func unwhiten(_ residual: Matrix<Double>) -> Matrix<Double> {
    matrix.map { gemm($0, residual) } ?? scale * residual
  }

  /// target ← T Tᵀ g above the bias, which is left as it is: columns are centred. Both (p + 1) × k.
  func apply(_ g: UnsafeMutablePointer<Double>, _ target: UnsafeMutablePointer<Double>, targets k: Int) {
    let biases = featureCount * k..<(featureCount + 1) * k
    for t in biases { target[t] = g[t] }
    guard let matrix else {
      for i in 0..<featureCount * k { target[i] = scale * scale * g[i] }
      return
    }
    let (p, rank) = (matrix.rowCount, matrix.columnCount)
    matrix.withUnsafeElements { T in
      guard let T = T.baseAddress, let whitened = whitened.pointer else {
        for i in 0..<p * k { target[i] = 0 }
        return
      }
      if k == 1 {
        Double.routines.gemv(.transpose, p, rank, 1, T, rank, g, 0, whitened)
        Double.routines.gemv(.none, p, rank, 1, T, rank, whitened, 0, target)
      } else {
        Double.routines.gemm(.transpose, .none, rank, k, p, 1, T, rank, g, k, 0, whitened, k)
        Double.routines.gemm(.none, .none, p, k, rank, 1, T, rank, whitened, k, 0, target, k)
      }
    }
  }

  /// The largest w (1 + ‖Tᵀz‖²): norms are exact where T has at most 16 columns or only scales, else estimated from 16
  /// random directions (Drineas, Magdon-Ismail, Mahoney and Woodruff 2012, JMLR 13), each to about a third.
  private static func largestRow<Scalar>(
    _ rows: Rows<Scalar>, _ pass: FirstPass, _ T: Matrix<Double>?, scale: Double
  ) -> Double {
    var directions = T
    if let T, T.columnCount > 16 {
      var generator = SeededGenerator(seed: 0)
      let random = Matrix<Double>(rows: T.columnCount, columns: 16) { _, _ in generator.nextNormal() / 4 }
      directions = gemm(T, random)
    }
    let units = pass.standardization.units
    let layout = DesignLayout(features: rows.featureCount, targets: rows.targetCount, hasOnes: true)
    let blockRows = rowsPerCacheBlock(rowBytes: layout.order * MemoryLayout<Double>.stride)
    let largest = RowPass(rows: rows.rowCount, blockRows: blockRows).reduce(rows) {
      LargestRow<Scalar>(layout: layout, units: units, directions: directions, scale: scale)
    }
    return largest.value * Double(rows.rowCount) / pass.weightSum
  }
}

/// The largest w (1 + ‖Gᵀz‖²) of rows, G being some directions or a scale times the identity.
private struct LargestRow<Scalar: BLASScalar>: Reduction {
  let layout: DesignLayout
  let units: ColumnUnits
  let directions: Matrix<Double>?
  let scale: Double
  var value = 0.0

  struct Workspace {
    var block: StandardizedBlock
    var products: [Double]
  }

  func makeWorkspace(rows: Int) -> Workspace {
    Workspace(
      block: StandardizedBlock(
        layout, rows: rows, rowStride: layout.order, columnStride: 1, count: rows * layout.order),
      products: zeros(rows * (directions?.columnCount ?? 0)))
  }

  mutating func add(_ block: Rows<Scalar>, _ workspace: inout Workspace) {
    var counts = RowCounts()
    workspace.block.fill(block, units, &counts)
    let (n, p, order) = (block.rowCount, layout.features, layout.order)
    workspace.block.elements.withUnsafeBufferPointer { rows in
      workspace.products.withUnsafeMutableBufferPointer { products in
        guard let rows = rows.baseAddress else { return }
        let features = rows + layout.firstFeature, q = directions?.columnCount ?? 0
        directions?.withUnsafeElements { directions in
          guard p > 0, let directions = directions.baseAddress, let products = products.baseAddress else {
            return
          }
          Double.routines.gemm(.none, .none, n, q, p, 1, features, order, directions, q, 0, products, q)
        }
        for i in 0..<n {
          let root = rows[i * order],
            norm = directions == nil ? scale * Double.routines.nrm2(p, features + i * order) : 0
          var sum = root * root + norm * norm
          for j in 0..<q { sum += products[i * q + j] * products[i * q + j] }
          value = max(value, sum)
        }
      }
    }
  }

  mutating func merge(_ later: LargestRow) { value = max(value, later.value) }
}
