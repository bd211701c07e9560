internal import LinearAlgebra

/// Stepwise selection of the terms of a least-squares fit, as R's `step`: in each step the term is added or dropped that
/// makes the criterion n log(RSS / n) + k · (number of coefficients) least, until none makes it less.
///
/// The columns of a term come and go together. A term stays while a larger one contains it, and is not added before all
/// that it contains.
package struct StepwiseSelection: Sendable {
  /// The terms that were chosen, in their order.
  package private(set) var chosen: [Int]

  /// The way to them, the first model first.
  package private(set) var steps: [Step] = []

  /// A model on the way.
  package struct Step: Sendable, Equatable {
    /// Nil for the first model.
    package let change: Change?
    /// How many coefficients came or went.
    package let degreesOfFreedom: Int
    package let residualSumOfSquares: Double
    package let residualDegreesOfFreedom: Int
    package let criterion: Double
  }

  package enum Change: Sendable, Equatable {
    case add(Int)
    case drop(Int)
  }

  /// A term: its columns, and the terms within it, such as a and b within a:b.
  package struct Term: Sendable {
    package let columns: [Int]
    package let contained: Set<Int>

    package init(columns: [Int], contained: Set<Int>) {
      (self.columns, self.contained) = (columns, contained)
    }
  }

  /// What is looked at in each step.
  package struct Rule: Sendable {
    /// k, 2 for Akaike's criterion, log n for the Bayesian one.
    package var penalty: Double
    /// n; with frequency weights a row is several.
    package var observations: Int
    package var adds: Bool
    package var drops: Bool
    /// Terms that are never dropped.
    package var kept: Set<Int>

    package init(penalty: Double, observations: Int, adds: Bool, drops: Bool, kept: Set<Int>) {
      (self.penalty, self.observations) = (penalty, observations)
      (self.adds, self.drops, self.kept) = (adds, drops, kept)
    }
  }
}

extension StepwiseSelection {
  /// Steps without reading the rows: what the columns of a model leave of the others and of the target follows from the
  /// p × p triangle, its columns reordered.
  ///
  /// - Parameters:
  ///   - factor: the rows, with one target; its features are the columns of the terms.
  ///   - terms: all terms.
  ///   - start: those of the first model.
  /// - Throws: ``DataError``: no rows, redundant columns, overflow.
  /// - Precondition: the fit of all terms has degrees of freedom and residuals.
  /// - Complexity: O(p³) for each step.
  package init(
    _ factor: LeastSquares.Factor, _ terms: [Term], from start: Set<Int>, _ rule: Rule, intercept: Bool
  ) throws(DataError) {
    require(
      factor.targets == 1
        && terms.flatMap(\.columns).allSatisfy { $0 >= 0 && $0 < factor.features },
      "terms of columns that are not among \(factor.features)")
    let selected = try factor.selecting(
      Array(0..<factor.features), [factor.features], LeastSquares(intercept: intercept))
    let whole = Problem(selected), redundant = whole.independentFeatures().redundant
    if !redundant.isEmpty { throw .rankDeficient(redundant) }
    chosen = start.sorted()
    var model = Model(whole, terms, start, rule)
    steps = [model.step(nil, coefficients: 0)]
    // As many as R's.
    for _ in 0..<1000 {
      guard let change = model.best(than: steps[steps.count - 1].criterion) else { break }
      var next = model.terms
      let term: Int
      switch change {
      case .add(let index): (term, _) = (index, next.insert(index))
      case .drop(let index): (term, _) = (index, next.remove(index))
      }
      model = Model(whole, terms, next, rule)
      let step = model.step(change, coefficients: terms[term].columns.count)
      // Rounding could go around in circles.
      if !(step.criterion < steps[steps.count - 1].criterion) { break }
      steps.append(step)
      chosen = next.sorted()
    }
  }
}

/// A model on the way, and what its neighbours leave of the target.
private struct Model {
  let terms: Set<Int>
  private let all: [StepwiseSelection.Term]
  private let rule: StepwiseSelection.Rule

  /// The problem of the columns of the model, and behind them of those that may be added.
  private let problem: Problem

  /// The place of each column in there.
  private var places: [Int: Int] = [:]

  /// Number of columns of the model.
  private let size: Int

  /// RSS over the square of the target's norm.
  private let residual: Double

  init(
    _ whole: Problem, _ all: [StepwiseSelection.Term], _ terms: Set<Int>, _ rule: StepwiseSelection.Rule
  ) {
    (self.all, self.terms, self.rule) = (all, terms, rule)
    let own = all.indices.filter(terms.contains).flatMap { all[$0].columns }
    let others = all.indices.filter { !terms.contains($0) }.flatMap { all[$0].columns }
    let problem = whole.selecting(features: own + (rule.adds ? others : []))
    for (place, column) in (own + others).enumerated() { places[column] = place }
    size = own.count
    residual = (size..<max(size, problem.featureCount)).reduce(problem.leftovers[0]) {
      $0 + problem.projections[$1, 0] * problem.projections[$1, 0]
    }
    self.problem = problem
  }

  func step(_ change: StepwiseSelection.Change?, coefficients: Int) -> StepwiseSelection.Step {
    let norm = problem.norm(problem.featureCount)
    return StepwiseSelection.Step(
      change: change, degreesOfFreedom: coefficients, residualSumOfSquares: residual * norm * norm,
      residualDegreesOfFreedom: rule.observations - coefficientCount,
      criterion: criterion(residual, coefficientCount))
  }

  private var coefficientCount: Int { size + (problem.hasIntercept ? 1 : 0) }

  /// n log(RSS / n) + k · coefficients
  private func criterion(_ residual: Double, _ coefficients: Int) -> Double {
    let n = Double(rule.observations), norm = problem.norm(problem.featureCount)
    let logarithm = CLibrary.logarithm(residual) + 2 * CLibrary.logarithm(norm) - CLibrary.logarithm(n)
    return n * logarithm + rule.penalty * Double(coefficients)
  }

  /// The change that makes the criterion least, dropping before adding and in the order of the terms where several do;
  /// nil where none makes it less than it is.
  func best(than current: Double) -> StepwiseSelection.Change? {
    var best: (change: StepwiseSelection.Change, criterion: Double)?
    func look(_ change: StepwiseSelection.Change, _ residual: Double, _ coefficients: Int) {
      let value = criterion(residual, coefficients)
      if value < best?.criterion ?? current { best = (change, value) }
    }
    if rule.drops, let inverse = inverse {
      for term in all.indices where canDrop(term) {
        let left = projection(of: projections(0..<size), on: rows(of: term, in: inverse))
        look(.drop(term), residual + left, coefficientCount - all[term].columns.count)
      }
    }
    if rule.adds {
      let rest = size..<max(size, problem.featureCount)
      for term in all.indices where canAdd(term) {
        let vectors = all[term].columns.map { column in
          rest.map { $0 <= places[column]! ? problem.triangle[$0, places[column]!] : 0 }
        }
        let taken = projection(of: projections(rest), on: vectors)
        look(.add(term), max(0, residual - taken), coefficientCount + all[term].columns.count)
      }
    }
    return best?.change
  }

  /// Whether no other term of the model contains it.
  private func canDrop(_ term: Int) -> Bool {
    terms.contains(term) && !rule.kept.contains(term) && !terms.contains { all[$0].contained.contains(term) }
  }

  /// Whether all terms within it are there.
  private func canAdd(_ term: Int) -> Bool {
    !terms.contains(term) && all[term].contained.isSubset(of: terms)
  }

  /// Some rows of QᵀY.
  private func projections(_ rows: Range<Int>) -> [Double] { rows.map { problem.projections[$0, 0] } }

  /// R⁻¹ of the columns of the model.
  private var inverse: UpperTriangularMatrix<Double>? {
    var leading = UpperTriangularMatrix<Double>(order: size)
    for j in 0..<size { for i in 0...j { leading[i, j] = problem.triangle[i, j] } }
    return try? leading.inverse()
  }

  /// Rows of R⁻¹. With V_T for those of the coefficients b_T of a term, b_T = V_T s, and dropping the term adds
  /// b_Tᵀ (V_T V_Tᵀ)⁻¹ b_T to the residual sum of squares: the square of the projection of s on these rows.
  private func rows(of term: Int, in inverse: UpperTriangularMatrix<Double>) -> [[Double]] {
    all[term].columns.map { column in
      let row = places[column]!
      return (0..<size).map { $0 < row ? 0 : inverse[row, $0] }
    }
  }

  /// ‖P y‖², P being the projection on the span of some vectors: Gram and Schmidt's method, each vector twice.
  private func projection(of y: [Double], on vectors: [[Double]]) -> Double {
    var basis: [[Double]] = [], sum = 0.0, rest = y
    for vector in vectors {
      var own = vector
      for _ in 0..<2 { for unit in basis { axpy(-dot(unit, own), unit, into: &own) } }
      let length = norm(own)
      if length == 0 { continue }
      for i in own.indices { own[i] /= length }
      let part = dot(own, rest)
      axpy(-part, own, into: &rest)
      sum += part * part
      basis.append(own)
    }
    return sum
  }
}
