internal import LinearAlgebra

// What a run reports: losses, and how far it is from the exact solution.

extension Training {
  func report(_ number: Int, _ seen: DescentReport) throws(StepFailure) -> EpochReport {
    let k = y.columnCount
    var losses = (0..<k).map { seen.losses[$0] * units.targetScale($0) * units.targetScale($0) }
    let distance = method.isAutomatic || method.measuresDistance ? distance(seen) : nil
    if let exact = distance?.losses { losses = exact }
    // The last step of an epoch may be the one that leads away.
    guard losses.allSatisfy(\.isFinite) else {
      descent.rollBack()
      throw .diverged
    }
    return EpochReport(
      epoch: number, loss: mean(losses), excessLoss: distance?.excesses.map(mean),
      gapToExact: distance?.gap, gradientNorm: distance?.gradientNorm, learningRate: seen.learningRate,
      validationLoss: try validationLoss())
  }

  private func mean(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
  }

  private struct Distance {
    var losses: [Double]?
    var excesses: [Double]?
    var gap: Double?
    var gradientNorm: Double?
  }

  /// How far the parameters are from the exact solution: by the gradient where the descent has formed it, else by the
  /// factor of the first pass, else by a gradient that is formed now.
  private func distance(_ seen: DescentReport) -> Distance? {
    guard let pass else { return nil }
    let k = y.columnCount, standard = pass.standardization
    func inUnits(_ values: [Double]) -> [Double] {
      (0..<k).map { values[$0] * standard.targetScale($0) * standard.targetScale($0) }
    }
    func largestNorm(_ moments: Matrix<Double>, _ bias: Matrix<Double>) -> Double {
      (0..<k).reduce(0) { max($0, LinearAlgebra.norm(moments[column: $1] + [bias[0, $1]])) }
    }
    let hidden = pass.problem?.expectedErrors.max() ?? 0
    if let (residual, bias) = seen.residual {
      guard let problem = pass.problem else {
        return Distance(losses: nil, excesses: nil, gap: nil, gradientNorm: seen.gradientNorm)
      }
      let newtonStep = gemm(problem.inverse, residual)
      return Distance(
        losses: nil, excesses: inUnits(problem.excesses(residual, bias: bias)),
        gap: largest(newtonStep, bias) + hidden,
        gradientNorm: largestNorm(gemm(problem.forward, residual, transposeA: .transpose), bias))
    }
    let parameters = descent.parameters
    let (weights, shiftedBias) = units.converted(parameters.weights, parameters.bias, to: standard)
    if let problem = pass.problem {
      let bias = problem.biasAtMeans(weights, shiftedBias)
      let residual = problem.residual(weights)
      return Distance(
        losses: inUnits(problem.losses(weights, bias: bias)),
        excesses: inUnits(problem.excesses(residual, bias: bias)),
        gap: largest(problem.solution - weights, bias) + hidden,
        gradientNorm: largestNorm(gemm(problem.forward, residual, transposeA: .transpose), bias))
    }
    let sums = Rows.with(X, y, weights: self.weights) { rows in
      ResidualSums.of(
        rows, DesignLayout(features: X.columnCount, targets: k, hasOnes: true), standard.units,
        Matrix<Double>(rows: X.columnCount + 1, columns: k) {
          $0 == 0 ? shiftedBias[0, $1] : weights[$0 - 1, $1]
        })
    }
    let moments = Matrix<Double>(rows: X.columnCount, columns: k) {
      sums.products[1 + $0, $1] / pass.weightSum - pass.penaltyRoots[$0]
        * (pass.penaltyRoots[$0] * weights[$0, $1])
    }
    let norm = largestNorm(
      moments, Matrix(rows: 1, columns: k) { sums.products[0, $1] / pass.weightSum })
    return Distance(
      losses: inUnits(sums.squares.map { $0 / pass.weightSum / 2 }), excesses: nil, gap: nil,
      gradientNorm: moments.firstNonFinite() == nil ? norm : nil)
  }

  private func largest(_ weights: Matrix<Double>, _ bias: Matrix<Double>) -> Double {
    (weights.elements + bias.elements).reduce(0) { max($0, abs($1)) }
  }

  private func validationLoss() throws(StepFailure) -> Double? {
    guard let validation else { return nil }
    do throws(DataError) {
      return try validation.loss(of: model)
    } catch {
      throw .data(error)
    }
  }

  // MARK: Divergence

  func divergence(_ rows: Rows<M.Scalar>) -> Divergence {
    let curvature = Curvature(rows, units.units)
    return Divergence(
      epoch: epochs.count + 1, learningRate: method.learningRate.initial ?? 0,
      largestLearningRate: curvature.largestRate(
        batchSize: batchSize, momentum: method.momentum, decay: method.weightDecay),
      lastFinite: model)
  }
}
