internal import LinearAlgebra

/// Solves the normal equations of the fixed effects, DᵀWD θ = b, by conjugate gradients.
///
/// At first the category with the most levels is eliminated, and the rest scaled by the diagonal: where levels meet
/// often that takes few steps. Where it takes many, because levels are poorly connected, all are solved for with a
/// ``SchwarzPreconditioner``; where rounding stands in the way of that and levels are few, by a dense matrix.
struct FixedEffectsSolver: Sendable {
  let system: FixedEffectsSystem
  private var schwarz: SchwarzPreconditioner?

  /// Iterations of all solutions, of the column with the most; the largest residual.
  private(set) var iterations = 0
  private(set) var residual = 0.0

  /// Steps without the preconditioner of poorly connected levels, and with it.
  private static var fewSteps: Int { 40 }
  private static var manySteps: Int { 2000 }

  init(_ system: FixedEffectsSystem) { self.system = system }

  /// What a solution has, for each column.
  struct Solution {
    /// unknowns × columns
    var effects: [Double]
    /// Estimates of θᵀDᵀWDθ, and of the same of the error of θ.
    var energies: [Double]
    var errors: [Double]
  }

  /// Solves for several columns.
  ///
  /// - Parameters:
  ///   - b: unknowns × columns.
  ///   - goal: the energy of the error that is small enough for a column, from the energy so far.
  /// - Throws: ``DataError/notConverged(iterations:residual:)``
  /// - Complexity: O(combinations · categories) for each iteration and column.
  mutating func solve(
    _ b: [Double], columns: Int, goal: (_ column: Int, _ energy: Double) -> Double
  ) throws(DataError) -> Solution {
    var solution = Solution(effects: b, energies: zeros(columns), errors: zeros(columns))
    var first = 0
    while first < columns {
      let count = min(8, columns - first), range = first..<first + count
      switch count {
      case 1...2: try solve(SIMD2<Double>.self, b, columns, range, &solution, goal)
      case 3...4: try solve(SIMD4<Double>.self, b, columns, range, &solution, goal)
      default: try solve(SIMD8<Double>.self, b, columns, range, &solution, goal)
      }
      first += count
    }
    return solution
  }

  private mutating func solve<Lanes: DoubleLanes>(
    _: Lanes.Type, _ b: [Double], _ columns: Int, _ range: Range<Int>, _ solution: inout Solution,
    _ goal: (Int, Double) -> Double
  ) throws(DataError) {
    let right = (0..<system.count).map { unknown in
      var lanes = Lanes.zero
      for (lane, column) in range.enumerated() { lanes[lane] = b[unknown * columns + column] }
      return lanes
    }
    let goals = { (energies: Lanes) in
      var lanes = Lanes(repeating: .greatestFiniteMagnitude)
      for (lane, column) in range.enumerated() { lanes[lane] = goal(column, energies[lane]) }
      return lanes
    }
    var x = [Lanes](repeating: .zero, count: system.count)
    var progress = solve(right, &x, goals), reached = Reached(system.residual(right, x), goals)
    if schwarz == nil, !reached.isEnough {
      // Rounding was followed into the null space: once more, with the other preconditioner.
      schwarz = SchwarzPreconditioner(system)
      x = Array(repeating: .zero, count: system.count)
      progress = solve(right, &x, goals)
      reached = Reached(system.residual(right, x), goals)
    }
    if !progress.isConverged || !reached.isEnough, system.count <= Self.mostDense,
      let dense = denseSolution(right)
    {
      (x, progress.error, progress.isConverged) = (dense.x, dense.error, true)
      reached = Reached(system.residual(right, x), goals)
    }
    iterations = max(iterations, progress.iterations)
    residual = max(residual, reached.residual)
    if !progress.isConverged || !reached.isEnough {
      throw .notConverged(iterations: progress.iterations, residual: reached.residual)
    }
    for (lane, column) in range.enumerated() {
      for unknown in x.indices { solution.effects[unknown * columns + column] = x[unknown][lane] }
      solution.energies[column] = progress.energy[lane]
      solution.errors[column] = max(0, progress.error[lane])
    }
  }

  /// What the residual of a solution says of it, whatever the iterations say.
  private struct Reached {
    /// ‖b − A x‖ / ‖b‖ of the worst lane.
    let residual: Double
    /// Whether it is rounding, or of a column of which the levels have next to nothing.
    let isEnough: Bool

    init<Lanes: DoubleLanes>(_ norms: (square: Lanes, size: Lanes), _ goal: (Lanes) -> Lanes) {
      let (square, size) = norms
      residual = (square / size).replacing(with: 0, where: .!(size .> 0)).max().squareRoot()
      isEnough = all((square .<= size * 1e-20) .| (square .<= goal(size) * 100))
    }
  }

  private mutating func solve<Lanes: DoubleLanes>(
    _ b: [Lanes], _ x: inout [Lanes], _ goal: (Lanes) -> Lanes
  ) -> ConjugateGradients<Lanes>.Progress {
    let system = system
    var progress = ConjugateGradients<Lanes>.Progress()
    for unknown in 0..<system.count where system.diagonal[unknown] > 0 {
      progress.largest += b[unknown] * (b[unknown] / system.diagonal[unknown])
    }
    if schwarz == nil {
      for unknown in 0..<system.levels[0] where system.diagonal[unknown] > 0 {
        progress.energy += b[unknown] * (b[unknown] / system.diagonal[unknown])
      }
      if system.levels.count == 1 {
        system.substitute(b, &x)
        progress.isConverged = true
        return progress
      }
      let inverse = system.schurDiagonal.map { $0 > 0 ? 1 / $0 : 0 }
      let schur = ConjugateGradients<Lanes>(
        multiply: { system.multiplySchur($0, &$1) },
        precondition: { r, z in for i in system.rest { z[i] = r[i] * inverse[i] } })
      let reduced = system.eliminate(b)
      schur.solve(reduced, &x, &progress, limit: Self.fewSteps, goal: goal)
      system.substitute(b, &x)
      if progress.isConverged { return progress }
    }
    let preconditioner = schwarz ?? SchwarzPreconditioner(system)
    schwarz = preconditioner
    let whole = ConjugateGradients<Lanes>(
      multiply: { system.multiply($0, &$1) }, precondition: { preconditioner.apply($0, &$1) })
    whole.solve(b, &x, &progress, limit: Self.manySteps, goal: goal)
    return progress
  }
}
