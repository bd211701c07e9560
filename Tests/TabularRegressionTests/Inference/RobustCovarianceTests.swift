import LinearAlgebra
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

@Suite struct RobustCovarianceTests {
  /// n rows whose errors grow with x and depend on each other within clusters.
  static func text(_ n: Int, missingCluster: Int? = nil) -> String {
    var generator = SeededGenerator(seed: 5)
    var lines = ["x,z,firm,year,y"]
    for row in 0..<n {
      let x = Double.random(in: 0..<10, using: &generator), z = Double.random(in: 0..<1, using: &generator)
      let firm = Int.random(in: 0..<max(2, n / 9), using: &generator)
      let y = 1 + 2 * x - z + x * Double.random(in: -1..<1, using: &generator) + Double(firm % 7)
      lines.append("\(x),\(z),\(row == missingCluster ? "" : "f\(firm)"),\(2000 + row % 11),\(y)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  static let estimators: [CovarianceEstimator] = [
    .hc0, .hc1, .hc2, .hc3, .clustered(by: ["firm"]), .clustered(by: ["firm", "year"]), .neweyWest(lags: 0),
    .neweyWest(lags: 7),
  ]

  /// The sums of their definition, row by row.
  private func naive(
    _ estimator: CovarianceEstimator, _ X: Matrix<Double>, _ y: [Double], _ clusters: [[Int]]
  )
    throws -> [Double]
  {
    let n = X.rowCount, k = X.columnCount + 1
    let Z = Matrix<Double>(rows: n, columns: k) { $1 == 0 ? 1 : X[$0, $1 - 1] }
    let bread = try inverse(gemm(Z, Z, transposeA: .transpose))
    let beta = gemv(bread, gemv(Z, y, transpose: .transpose))
    let fitted = gemv(Z, beta), e = zip(y, fitted).map { $0 - $1 }
    let leverages = (0..<n).map { i in dot(Z[row: i], gemv(bread, Z[row: i])) }
    func products(_ sums: [[Double]]) -> Matrix<Double> {
      Matrix(rows: k, columns: k) { a, b in sums.reduce(0) { $0 + $1[a] * $1[b] } }
    }
    let scores = (0..<n).map { i in Z[row: i].map { $0 * e[i] } }
    func byCluster(_ keys: [[Int]]) -> Matrix<Double> {
      var sums: [[Int]: [Double]] = [:]
      for i in 0..<n {
        sums[keys.map { $0[i] }] = zip(sums[keys.map { $0[i] }] ?? Array(repeating: 0, count: k), scores[i])
          .map { $0 + $1 }
      }
      return products(Array(sums.values))
    }
    func lagged(_ lags: Int) -> Matrix<Double> {
      var sum = Matrix<Double>.zeros(k, k)
      for i in 0..<n {
        for j in max(0, i - lags)...min(n - 1, i + lags) {
          let weight = 1 - Double(abs(j - i)) / Double(lags + 1)
          for a in 0..<k { for b in 0..<k { sum[a, b] += weight * scores[i][a] * scores[j][b] } }
        }
      }
      return sum
    }
    func byClusters(_ ways: Int) -> Matrix<Double> {
      let used = Array(clusters.prefix(ways)), least = Double(used.map { Set($0).count }.min()!)
      let factor: Double = least / (least - 1) * Double(n - 1) / Double(n - k)
      if ways == 1 { return byCluster(used) * factor }
      let both = byCluster([used[0]]) + byCluster([used[1]])
      return (both - byCluster(used)) * factor
    }
    let ratio = Double(n) / Double(n - k)
    let middle: Matrix<Double> =
      switch estimator {
      case .hc0: products(scores)
      case .hc1: products(scores) * ratio
      case .hc2: products((0..<n).map { i in scores[i].map { $0 / (1 - leverages[i]).squareRoot() } })
      case .hc3: products((0..<n).map { i in scores[i].map { $0 / (1 - leverages[i]) } })
      case .clustered(let columns):
        byClusters(columns.count)
      case .neweyWest(let lags):
        lagged(lags) * ratio
      }
    let V = gemm(gemm(bread, middle), bread)
    return (0..<k).map { V[$0, $0].squareRoot() }
  }

  @Test(arguments: estimators)
  func agreeWithTheirDefinition(estimator: CovarianceEstimator) throws {
    let table = try Table(csvText: Self.text(400), source: "t")
    let X = try table.matrix(["x", "z"]), y = try table.column("y")
    let firm = try table.find("firm"), year = try table.column("year").map { Int($0) }
    guard case .words(let words) = firm.values else { return }
    let clusters = [words.codes.map(Int.init), year]
    let used = Array(clusters.prefix(estimator.clusters.count))
    let fit = try LeastSquares().fit(X, y)
    let errors = fit.coefficientStatistics(try fit.covariance(estimator, X, y, clusters: used)).map(
      \.standardError)
    for (a, b) in zip(errors, try naive(estimator, X, y, clusters)) {
      #expect(abs(try #require(a) - b) <= 1e-11 * b)
    }
  }

  /// Blocks of any size and threads of any number: the same numbers, and for threads the same bits.
  @Test(arguments: estimators)
  func areTheSameOfAnyDivision(estimator: CovarianceEstimator) throws {
    let text = Self.text(2000)
    let table = try Table(csvText: text, source: "t"), model = try FittedModel("y ~ x + z", table)
    func errors(blockSize: Int, threads: Int) throws -> [Double?] {
      try Parallelism.$threads.withValue(threads) {
        let reader = try TableReader(
          [.memory(Array(text.utf8), name: "t")], options: ReadingOptions(), blockSize: blockSize)
        let models = try FittedModel.withCovariance(estimator, of: [model], reading: reader)
        return models![0].coefficientStatistics.map(\.standardError)
      }
    }
    let whole = try model.withCovariance(estimator, of: table).coefficientStatistics.map(\.standardError)
    let one = try errors(blockSize: 5000, threads: 1)
    #expect(try errors(blockSize: 5000, threads: 2) == one && errors(blockSize: 5000, threads: 8) == one)
    for (a, b) in zip(one, whole) { #expect(abs(try #require(a) - b!) <= 1e-12 * b!) }
  }

  @Test(arguments: estimators)
  func areTheSameOnRanks(estimator: CovarianceEstimator) throws {
    let text = Array(Self.text(3000).utf8)
    let model = try FittedModel("y ~ x + z", Table(csvText: Self.text(3000), source: "t"))
    @Sendable func source(_ part: Part? = nil) throws(TabularError) -> TableReader {
      try TableReader([.memory(text, name: "t.csv")], options: ReadingOptions(), blockSize: 5000, part: part)
    }
    let alone = try FittedModel.withCovariance(estimator, of: [model], reading: source())
    for size in [2, 5] {
      let outcomes = LocalRanks.run(size) { (ranks) throws(TabularError) -> [FittedModel]? in
        let part = try source(ranks.part)
        try ranks.locate(.text(part))
        return try FittedModel.withCovariance(estimator, of: [model], reading: part, on: ranks)
      }
      #expect(try outcomes[0].get() == alone)
      for other in outcomes.dropFirst() { #expect(try other.get() == nil) }
    }
  }

  // MARK: What has no such covariance

  private func message(_ estimator: CovarianceEstimator, _ text: String, of fitted: String? = nil) throws
    -> String
  {
    let table = try Table(csvText: text, source: "t.csv")
    let model = try FittedModel("y ~ x", fitted.map { try Table(csvText: $0, source: "f.csv") } ?? table)
    return try #require(throws: TabularError.self) { try model.withCovariance(estimator, of: table) }
      .description
  }

  @Test func missingClusters() throws {
    let text = "x,y,g\n1,1,a\n2,3,b\n3,2,\n4,5,a\n5,7,b\n"
    #expect(
      try message(.clustered(by: ["g"]), text)
        == "t.csv:4:3: column \"g\": the row's cluster is missing; complete the field, or leave the row out of the fit"
    )
    #expect(try message(.clustered(by: ["h"]), text).hasPrefix("t.csv: there is no column \"h\""))
  }

  /// Rows of weight 0 are absent, and so are clusters of such rows alone.
  @Test(arguments: [WeightKind.analytic, .frequency, .probability])
  func clustersWithoutWeight(kind: WeightKind) throws {
    var generator = SeededGenerator(seed: 9)
    let lines = (0..<40).map { row in
      let x = Double.random(in: 0..<1, using: &generator), e = Double.random(in: 0..<1, using: &generator)
      return (text: "\(x),\(x + e),c\(row % 8),\(row % 8 < 3 ? 0 : 1 + row % 2)", isAbsent: row % 8 < 3)
    }
    let method = LeastSquares(weightKind: kind)
    let models = try [lines, lines.filter { !$0.isAbsent }].map { lines in
      let table = try Table(csvText: (["x,y,c,w"] + lines.map(\.text)).joined(separator: "\n"), source: "t")
      return try FittedModel("y ~ x", table, weights: "w", method: method)
        .withCovariance(.clustered(by: ["c"]), of: table)
    }
    #expect(models[0].robustCovariance?.clusterCounts == [5])
    let tables = models.map(\.coefficientStatistics)
    #expect(tables[0].degreesOfFreedom == 4 && tables[1].degreesOfFreedom == 4)
    for (one, other) in zip(tables[0].standardErrors, tables[1].standardErrors) {
      #expect(abs(one - other) <= 64 * .ulpOfOne * other)
    }
    let X = Matrix<Double>(rows: 6, columns: 1) { row, _ in Double(row * row) }
    let y: [Double] = [1, 3, 2, 5, 4, 9], weights: [Double] = [1, 1, 1, 1, 1, 0]
    let fit = try LeastSquares().fit(X, y, weights: weights)
    let robust = try fit.covariance(
      .clustered(by: ["c"]), X, y, weights: weights, clusters: [[1, 1, 2, 2, 3, 4]])
    #expect(robust.clusterCounts == [3])
  }

  /// What a category takes for one level is one cluster, one effect and one group.
  @Test func clustersInSeveralSpellings() throws {
    var generator = SeededGenerator(seed: 3)
    let lines = (0..<60).map { row in
      let x = Double.random(in: 0..<1, using: &generator), e = Double.random(in: 0..<1, using: &generator)
      return (
        x: x, y: x + e, code: ["a", "2001", "2002"][row % 3], flag: ["TRUE", "FALSE"][row % 2], row: row
      )
    }
    func table(_ code: (String, Int) -> String, _ flag: (String, Int) -> String) throws -> Table {
      let rows = lines.map { "\($0.x),\($0.y),\(code($0.code, $0.row)),\(flag($0.flag, $0.row))" }
      return try Table(csvText: (["x,y,code,flag"] + rows).joined(separator: "\n"), source: "t")
    }
    let clean = try table({ code, _ in code }, { flag, _ in flag })
    let mixed = try table(
      { code, row in row < 20 && code != "a" ? code + ".0" : code },
      { flag, row in
        row < 20 ? flag.lowercased() : row < 40 ? flag.prefix(1) + flag.dropFirst().lowercased() : flag
      })
    for name in ["code", "flag"] {
      let models = try [clean, mixed].map { table in
        try FittedModel("y ~ x", table).withCovariance(.clustered(by: [name]), of: table)
      }
      #expect(models[0].robustCovariance?.clusterCounts == [name == "code" ? 3 : 2])
      #expect(models[0].coefficientStatistics == models[1].coefficientStatistics)
      let effects = try [clean, mixed].map { try FittedModel(Formula("y ~ x | \(name)"), $0) }
      #expect(effects[0].effects == effects[1].effects)
      let groups = try [clean, mixed].map { try GroupedFits(Formula("y ~ x"), by: [name], $0) }
      #expect(groups[0].map(\.group) == groups[1].map(\.group))
      #expect(groups[0].map(\.coefficients) == groups[1].map(\.coefficients))
    }
  }

  @Test func aSingleCluster() throws {
    let text = "x,y,g\n1,1,a\n2,3,a\n3,2,a\n4,5,a\n"
    #expect(try message(.clustered(by: ["g"]), text).contains("all rows are in one cluster of g"))
  }

  @Test func perfectFits() throws {
    let text = "x,y,g\n1,1,a\n2,2,b\n3,3,a\n4,4,b\n"
    for estimator in [CovarianceEstimator.hc1, .clustered(by: ["g"])] {
      #expect(try message(estimator, text).contains("the fit is perfect"))
    }
    #expect(try message(.hc1, "x,y\n1,1\n2,4\n").contains("as many coefficients as rows"))
  }

  @Test func leveragesOfOne() throws {
    let text = "x,y\n0,1\n0,3\n0,2\n4,5\n"
    #expect(try message(.hc3, text).contains("a row alone determines a coefficient"))
    #expect(try message(.hc2, text).contains("take HC1"))
    let table = try Table(csvText: text, source: "t.csv")
    #expect(try FittedModel("y ~ x", table).withCovariance(.hc1, of: table).robustCovariance != nil)
  }

  @Test func otherRows() throws {
    let text = "x,y\n0,1\n1,3\n2,2\n4,5\n"
    #expect(
      try message(.hc1, text, of: "x,y\n0,1\n1,3\n2,2\n4,5\n5,5\n").contains(
        "the fit has 5 rows, and these are 4;"))
    #expect(try message(.hc1, text, of: "x,y\n0,1\n1,3\n2,2\n4,9\n").contains("not those of the fit"))
  }

  /// A row has as many before it as there are rows, less one.
  @Test func moreLagsThanRows() throws {
    let text = "x,y\n0,1\n1,3\n2,2\n4,5\n"
    #expect(
      try message(.neweyWest(lags: 4), text) == "t.csv: the fit has 4 rows, fewer than 5; take fewer --lags")
    let table = try Table(csvText: text, source: "t.csv"), model = try FittedModel("y ~ x", table)
    #expect(try model.withCovariance(.neweyWest(lags: 3), of: table).robustCovariance != nil)
  }

  /// A singular covariance has no F of all coefficients; the standard errors stay.
  @Test func fewerClustersThanCoefficients() throws {
    let table = try Table(
      csvText: "x,z,v,y,g\n1,2,1,3,a\n2,1,5,4,b\n3,7,2,1,a\n4,4,4,8,b\n5,1,0,2,a\n6,0,1,9,b\n", source: "t")
    let model = try FittedModel("y ~ x + z + v", table).withCovariance(.clustered(by: ["g"]), of: table)
    #expect(model.statistics.fStatistic == nil && model.statistics.fPValue == nil)
    #expect(model.coefficientStatistics.allSatisfy { $0.standardError != nil && $0.degreesOfFreedom == 1 })
    #expect(model.summary.contains("2 clusters for 4 coefficients"))
  }

  // MARK: What follows from it

  @Test func intervalsUseIt() throws {
    let table = try Table(csvText: Self.text(300), source: "t")
    let model = try FittedModel("y ~ x + z", table).withCovariance(.clustered(by: ["firm"]), of: table)
    let row: [String: Table.Field] = ["x": 0, "z": 0]
    let interval = try model.prediction(of: row, interval: .confidence)
    // Where all features are 0 the prediction is the intercept.
    let intercept = try #require(model.coefficientStatistics[0].confidenceInterval())
    #expect(abs(interval.lower - intercept.lowerBound) <= 1e-12 * abs(intercept.lowerBound))
    let s = try #require(model.statistics.residualStandardError),
      error = try #require(model.coefficientStatistics[0].standardError)
    let t = StudentT.quantile(level: 0.95, freedom: Double(model.inferenceDegreesOfFreedom))
    let one = try model.prediction(of: row, interval: .prediction)
    #expect(abs((one.upper - one.prediction) - t * (error * error + s * s).squareRoot()) <= 1e-10)
  }

  /// With a category taken out of the rows the errors of the other coefficients are those with its columns.
  @Test(arguments: [CovarianceEstimator.hc0, .hc1, .clustered(by: ["year"])])
  func levelsWithoutColumns(estimator: CovarianceEstimator) throws {
    let table = try Table(csvText: Self.text(2700), source: "t")
    let model = try FittedModel("y ~ x + z + firm", table)
    #expect(model.covariance?.levels != nil)
    let robust = try model.withCovariance(estimator, of: table)
    var method = LeastSquares(solver: .qr)
    method.measuresResidual = true
    let whole = try FittedModel("y ~ x + z + firm", table, method: method)
    #expect(whole.covariance?.levels == nil)
    let expected = try whole.withCovariance(estimator, of: table)
    for row in 1...2 {
      let (a, b) = (
        robust.coefficientStatistics[row].standardError, expected.coefficientStatistics[row].standardError
      )
      #expect(abs(try #require(a) - b!) <= 1e-9 * b!)
    }
    #expect(
      robust.coefficientStatistics[0].standardError == nil
        && robust.coefficientStatistics[3].standardError == nil)
    #expect(throws: TabularError.self) { try robust.predictions(from: table, interval: .confidence) }
  }

  /// Where eigenvalues were replaced by 0 too.
  @Test func repairedModelsCanBeReadBack() throws {
    var repaired = 0
    for seed in 0..<40 {
      var generator = SeededGenerator(seed: UInt64(seed))
      let x = (0..<10).map { _ in generator.nextNormal() }, y = (0..<10).map { _ in generator.nextNormal() }
      let g = (0..<10).map { _ in "g\(Int.random(in: 0..<3, using: &generator))" }
      let h = (0..<10).map { _ in "h\(Int.random(in: 0..<5, using: &generator))" }
      let table = try Table(columns: ["x": .numbers(x), "y": .numbers(y), "g": .words(g), "h": .words(h)])
      let model = try FittedModel("y ~ x", table).withCovariance(.clustered(by: ["g", "h"]), of: table)
      if model.robustCovariance?.isRepaired == true {
        repaired += 1
        #expect(model.statistics.fStatistic == nil)
        // V is singular: there is no F of several restrictions either, and of one there is t.
        let error = #expect(throws: TabularError.self) {
          try HypothesisTest("x, (Intercept)", on: model, named: "m")
        }
        #expect(error?.description.contains("the covariance had negative eigenvalues") == true)
        if let t = model.coefficientStatistics[1].tStatistic, t.isFinite {
          let test = try HypothesisTest("x = 0", on: model, named: "m")
          #expect(abs(test.restrictions[0].tStatistic - t) <= 1e-12 * abs(t))
        }
      }
      #expect(try FittedModel(json: model.json) == model)
    }
    #expect(repaired > 3)
  }

  @Test func modelFilesKeepIt() throws {
    let folder = TemporaryFolder()
    try withExtendedLifetime(folder) {
      let table = try Table(csvText: Self.text(300), source: "t")
      for estimator in Self.estimators {
        let model = try FittedModel("y ~ x + z", table).withCovariance(estimator, of: table)
        let path = folder.path("model")
        try model.write(to: path)
        #expect(try FittedModel(contentsOf: path) == model)
        #expect(try FittedModel(json: model.json) == model)
      }
    }
  }
}
