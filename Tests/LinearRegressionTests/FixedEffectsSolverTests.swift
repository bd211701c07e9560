import LinearAlgebra
import Testing

@testable import LinearRegression

/// The normal equations of fixed effects are solved whatever the graph of the levels.
@Suite struct FixedEffectsSolverTests {
  /// Sums of rows with the given levels, of a feature and a target that have nothing to do with them.
  func sums(_ codes: [[Int]], blocks: Int = 1) throws -> FixedEffectsSums {
    let n = codes[0].count, levels = codes.map { $0.max()! + 1 }
    var generator = SeededGenerator(seed: 7)
    let X = Matrix<Double>.normal(n, 1, using: &generator), y = Matrix<Double>.normal(n, 1, using: &generator)
    var sums = FixedEffectsSums(features: 1, targets: 1, categories: codes.count)
    for block in 0..<blocks {
      let rows = block * n / blocks..<(block + 1) * n / blocks
      func part(_ matrix: Matrix<Double>) -> Matrix<Double> {
        Matrix(rows: rows.count, columns: 1) { i, _ in matrix[rows.lowerBound + i, 0] }
      }
      try sums.add(
        part(X), part(y), weights: nil, codes: codes.map { $0[rows].map { Int32($0) } }, levels: levels)
    }
    return sums
  }

  /// Levels that meet their neighbours only: a ring, as long as there are levels.
  var ring: [[Int]] {
    let count = 3000
    return [(0..<4 * count).map { $0 / 4 }, (0..<4 * count).map { ($0 / 4 + $0 % 2) % count }]
  }

  /// Persons of ten years each, at firms that come one after the other: the difficult case of fixest's benchmark.
  var difficult: [[Int]] {
    let n = 20_000
    return [(0..<n).map { $0 / 10 }, (0..<n).map { $0 % 10 }, (0..<n).map { $0 % (n / 160) }]
  }

  @Test func poorlyConnectedLevelsTakeFewIterations() throws {
    for (codes, most) in [(ring, 80), (difficult, 100)] {
      let problem = try FixedEffectsProblem(sums(codes))
      #expect(problem.solver.iterations <= most)
      #expect(problem.solver.residual < 1e-9)
      // What is left of each column is orthogonal to every level: Dᵀ X̃ = 0.
      let sums = try sums(codes), q = 2
      let system = problem.solver.system
      var theta = [SIMD2<Double>](repeating: .zero, count: system.count), product = theta
      for (position, category) in system.order.enumerated() {
        for level in 0..<system.levels[position] {
          let effects = problem.within.effects[category]
          theta[system.offsets[position] + level] = SIMD2(effects[level * q], effects[level * q + 1])
        }
      }
      system.multiply(theta, &product)
      for (position, category) in system.order.enumerated() {
        for level in 0..<system.levels[position] {
          let found = product[system.offsets[position] + level]
          for j in 0..<q {
            let expected = sums.sums[category][level * q + j] / sums.units.scales[j]
            #expect(abs(found[j] - expected) < 1e-7)
          }
        }
      }
    }
  }

  /// A residual of rounding errors is not followed into the null space, which would take digits of the effects.
  @Test func effectsHaveAllTheirDigits() throws {
    for seed in 1...40 as ClosedRange<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let n = 200
      let codes = [15, 8].map { count in
        (0..<n).map { _ in Int32.random(in: 0..<count, using: &generator) }
      }
      let X = Matrix<Double>.normal(n, 3, using: &generator)
      let y = Matrix<Double>(rows: n, columns: 1) { row, _ in
        X[row, 0] + Double(codes[0][row]) + generator.nextNormal()
      }
      var sums = FixedEffectsSums(features: 3, targets: 1, categories: 2)
      try sums.add(X, y, weights: nil, codes: codes, levels: [15, 8])
      let problem = try FixedEffectsProblem(sums)
      let fit = try problem.fit(
        problem.within.factor(X, y, weights: nil, codes: codes), LeastSquares(),
        order: [Array(0..<15), Array(0..<8)])
      #expect(fit.residual <= 16 * .ulpOfOne, "seed \(seed): \(fit.residual)")
    }
  }

  /// Few levels, in several components: the iterations end in rounding after a step or two.
  @Test func fewLevelsAreSolvedExactly() throws {
    for seed in 1...300 as ClosedRange<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let n = Int.random(in: 10..<100, using: &generator)
      let counts = (0..<2 + Int(seed % 2)).map { _ in Int.random(in: 2..<9, using: &generator) }
      var codes = counts.map { count in
        (0..<n).map { _ in Int32.random(in: 0..<Int32(count), using: &generator) }
      }
      for row in 0..<n where Double.random(in: 0..<1, using: &generator) < 0.6 {
        codes[1][row] = codes[0][row] * Int32(counts[1]) / Int32(counts[0])
      }
      let X = Matrix<Double>(rows: n, columns: 2) { row, column in
        Double(codes[0][row]) * (column == 0 ? 3 : -1) + generator.nextNormal()
      }
      var sums = FixedEffectsSums(features: 1, targets: 1, categories: codes.count)
      let x = Matrix(rows: n, columns: 1) { row, _ in X[row, 0] }
      let y = Matrix(rows: n, columns: 1) { row, _ in X[row, 1] }
      try sums.add(x, y, weights: nil, codes: codes, levels: counts)
      let problem = try FixedEffectsProblem(sums)
      #expect(problem.errors.allSatisfy { $0 < 1e-11 }, "seed \(seed): \(problem.errors)")
      // The dense matrix has the same solution.
      let system = problem.solver.system
      let any = (0..<system.count).map { _ in SIMD2(generator.nextNormal(), generator.nextNormal()) }
      var b = any
      system.multiply(any, &b)
      let dense = try #require(problem.solver.denseSolution(b)), left = system.residual(b, dense.x)
      #expect(all(left.square .<= left.size * 1e-28), "seed \(seed): \(left)")
      #expect(
        all(dense.error .<= left.size * 1e-26) && all(dense.error .>= 0), "seed \(seed): \(dense.error)")
      let rest = problem.within(x, y, weights: nil, codes: codes)
      for (codes, count) in zip(codes, counts) {
        var totals = Array(repeating: 0.0, count: 2 * count)
        for row in 0..<n {
          totals[2 * Int(codes[row])] += rest.X[row, 0]
          totals[2 * Int(codes[row]) + 1] += rest.y[row, 0]
        }
        let size = X.elements.reduce(0) { $0 + abs($1) }
        #expect(totals.allSatisfy { abs($0) <= 16 * .ulpOfOne * size }, "seed \(seed): \(totals)")
      }
    }
  }

  @Test func combinationsAreTheSameInBlocks() throws {
    let whole = try FixedEffectsProblem(sums(difficult))
    let parts = try FixedEffectsProblem(sums(difficult, blocks: 7))
    #expect(whole.table.codes == parts.table.codes && whole.table.weights == parts.table.weights)
    #expect(whole.table.count == 20_000)
    for threads in [1, 2, 8] {
      let other = try Parallelism.$threads.withValue(threads) { try FixedEffectsProblem(sums(difficult)) }
      #expect(other.within.effects == whole.within.effects)
    }
  }

  /// The Laplacian of a tree is factorised without sampling.
  @Test func theFactorOfATreeIsExact() {
    let n = 500
    var generator = SeededGenerator(seed: 3)
    let edges = (1..<n).map {
      ($0, Int.random(in: 0..<$0, using: &generator), Double.random(in: 1...9, using: &generator))
    }
    let factor = ApproximateCholesky(vertices: n, seed: 1) { join in
      for (a, b, weight) in edges { join(Int32(a), Int32(b), weight) }
    }
    var right = (0..<n).map { _ in SIMD2<Double>(Double.random(in: -1...1, using: &generator), 1) }
    let mean = right.reduce(.zero, +) / Double(n)
    right = right.map { $0 - mean }
    var x = right
    factor.solve(&x)
    var product = [SIMD2<Double>](repeating: .zero, count: n)
    for (a, b, weight) in edges {
      product[a] += (x[a] - x[b]) * weight
      product[b] += (x[b] - x[a]) * weight
    }
    #expect(zip(product, right).allSatisfy { abs($0[0] - $1[0]) < 1e-11 })
  }

  @Test func levelsAreNestedInClusters() {
    // Clusters of later rows have numbers of their own.
    let numbers: [Int32] = [6, 7, 5]
    var nesting = LevelNesting([1, 4, 1], clusters: [5, 6, 5])
    let later = LevelNesting([2, 4, 0, 9], clusters: [0, 0, 1, 2])
    nesting.merge(later, clusters: numbers)
    #expect(nesting.isNested)
    #expect(nesting == LevelNesting([9, 4, 2, 1, 0], clusters: [5, 6, 6, 5, 7]))
    #expect(!LevelNesting([0, 1, 0], clusters: [1, 1, 2]).isNested)
    nesting.merge(LevelNesting([1], clusters: [0]), clusters: numbers)
    #expect(!nesting.isNested)
    nesting.merge(later, clusters: numbers)
    #expect(!nesting.isNested)
  }

  /// Of a row alone its level's sums are the row: they leave all sums, and so do rows that are alone then.
  @Test func singletonsLeaveAllSums() throws {
    // A path: 0 0, 1 0, 1 1, 2 1, … and rows 0…3 of a dense block.
    let first = [0, 1, 1, 2, 2, 3] + [4, 4, 5, 5], second = [0, 0, 1, 1, 2, 2] + [3, 4, 3, 4]
    var sums = try sums([first, second])
    sums.dropSingletons()
    #expect(sums.singletons == 6 && sums.counts.observations == 4)
    #expect(sums.counts.weightSum == 4)
    for category in 0..<2 {
      let left = sums.sums[category].indices.filter { $0 % 2 == 0 }.reduce(0) { $0 + sums.sums[category][$1] }
      #expect(abs(left - sums.total(0)) < 1e-14)
      #expect(sums.sums[category].prefix(category == 0 ? 8 : 6).allSatisfy { abs($0) < 1e-14 })
    }
  }
}
