internal import LinearAlgebra

extension VarianceReducedDescent {
  var parameters: (weights: Matrix<Double>, bias: Matrix<Double>) {
    (
      Matrix(rows: shape.features, columns: shape.targets, elements: Array(now.snapshot[..<weightCount])),
      Matrix(row: Array(now.snapshot[weightCount...]))
    )
  }

  var state: DescentState {
    var state = now
    state.offset = Array(offset.buffer)
    return .varianceReduced(state)
  }

  func restore(_ state: DescentState) -> Bool {
    guard case .varianceReduced(let state) = state, state.snapshot.count == now.snapshot.count,
      state.offset.count == now.snapshot.count, state.newtonStep.count == now.snapshot.count,
      state.losses.count == shape.targets, state.biasResidual.shape == now.biasResidual.shape,
      state.residual.shape == now.residual.shape,
      // One more segment may follow before a run ends by them.
      state.failures <= mostFailures + 1,
      [
        state.snapshot, state.offset, state.newtonStep, state.losses, state.biasResidual.elements,
        state.residual.elements,
      ].joined().allSatisfy(\.isFinite)
    else { return false }
    now = state
    for i in offset.buffer.indices {
      offset.buffer[i] = state.offset[i]
      newtonStep.buffer[i] = state.newtonStep[i]
    }
    return true
  }
}

/// Everything that a run goes on from. Weights, p × k, stand above biases, 1 × k.
struct VarianceReducedState: Codable, Equatable {
  /// w̃
  @StoredArray var snapshot: [Double]
  /// v − w̃
  @StoredArray var offset: [Double]
  /// −T Tᵀ g̃: Newton's step from the snapshot.
  @StoredArray var newtonStep: [Double]
  /// Steps since the snapshot; a short batch is a fraction of one.
  var steps: Double
  /// t₀
  var gainOffset: Double
  /// Segments in a row that led nowhere.
  var failures: Int
  /// ‖Tᵀ g̃‖; nil before the first full gradient.
  var residualNorm: Double?
  /// The largest norm of a target's gradient.
  var gradientNorm = 0.0
  /// Mean squared loss of each target at the snapshot.
  @StoredArray var losses: [Double] = []
  var residual = Matrix<Double>.zeros(0, 0)
  var biasResidual = Matrix<Double>.zeros(0, 0)

  /// Whether numbers that were decoded can be those of a run.
  var isSound: Bool {
    steps >= 0 && steps.isFinite && gainOffset >= 0 && gainOffset.isFinite && 0...1 << 53 ~= failures
      && residualNorm.map { $0 >= 0 } ?? true && gradientNorm >= 0
  }
}
