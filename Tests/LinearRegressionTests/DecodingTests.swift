import Foundation
import LinearRegression
import TestSupport
import Testing

/// What decodes can be used, and what cannot be used does not decode.
@Suite struct DecodingTests {
  let X: Matrix<Double> = [[1, 5], [2, 3], [3, 8], [4, 1], [5, 9]]
  let y: [Double] = [3.9, 7.1, 6.2, 11.8, 10.1]

  private static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  private static func decode<Value: Decodable>(_: Value.Type, _ text: String) throws -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(Value.self, from: Data(text.utf8))
  }

  /// Expects that a value comes back, and does not with any of the changes: a pattern, and what stands in its place.
  private func refused<Value: Codable & Equatable>(_ value: Value, _ changes: [(String, String)]) throws {
    let text = try Self.text(value)
    #expect(try Self.decode(Value.self, text) == value)
    for (pattern, replacement) in changes {
      let changed = text.replacing(try Regex(pattern), with: replacement, maxReplacements: 1)
      #expect(changed != text, "\(pattern)")
      #expect(throws: DecodingError.self, "\(changed)") { try Self.decode(Value.self, changed) }
    }
  }

  // MARK: Settings

  @Test func settingsThatAreNotAllowedAreRefused() throws {
    try refused(LeastSquares(), [(#""ridgePenalty":0"#, #""ridgePenalty":-1"#)])
    try refused(LeastSquares(), [(#""ridgePenalty":0"#, #""ridgePenalty":"inf""#)])
    try refused(
      LearningRate.step(1), [(#""every":10"#, #""every":0"#), (#""factor":0.5"#, #""factor":2"#)])
    try refused(LearningRate.inverseScaling(1), [(#""power":0.25"#, #""power":"nan""#)])
    try refused([LearningRate.constant(0.5)], [("0.5", "-0.5")])
    try refused([SGD.Averaging.tail(0.5)], [("0.5", "1.5"), ("0.5", "-0.5"), ("0.5", #""nan""#)])
  }

  // MARK: Sums

  @Test func sumsOfAPassAreThoseOfRows() throws {
    // Columns that are nearly the same take a second pass, without BᵀB.
    let X: Matrix<Double> = [[1, 1.0005], [2, 2.0003], [3, 3.0008], [4, 4.0001], [5, 5.0009]]
    var factor = LeastSquares.Factor(features: 2)
    try factor.add(X, y)
    var fit = try ExtendedFit(factor, LeastSquares(), low: (X: false, y: false)), passes: [ExtendedSums] = []
    _ = fit.refine { plan in
      passes.append(
        ExtendedSums(ExtendedMatrix(high: X), Matrix(column: y), low: nil, weights: nil, plan))
      return passes.last!
    }
    let changes = [
      (#""order":3"#, #""order":2"#), (#""order":3"#, #""order":-1"#), (#""targets":1"#, #""targets":2"#),
      (#""products":\[[^,]*"#, #""products":["inf""#), (#""lowProducts":\[[^,]*"#, #""lowProducts":[1"#),
      (#""squares":\[[^,\]]*"#, #""squares":[-1"#), (#""lowSquares":\[[^,\]]*"#, #""lowSquares":["nan""#),
    ]
    #expect(passes.count > 1)
    try refused(
      passes[0], changes + [(#""cross":\[[^,]*"#, #""cross":[-1"#), (#""cross":\[[^,]*,"#, #""cross":["#)])
    try refused(passes.last!, changes)
  }

  // MARK: Runs

  @Test func countsOfAnOnlineModelAreThoseOfRows() throws {
    var online = OnlineSGD(features: 2)
    try online.partialFit(X, y)
    try refused(
      online,
      [
        (#""rows":5"#, #""rows":9223372036854775807"#), (#""rows":5"#, #""rows":0"#),
        (#""steps":1"#, #""steps":9223372036854775807"#), (#""steps":1"#, #""steps":6"#),
        (#""weight":5"#, #""weight":0"#), (#""weight":5"#, #""weight":"nan""#),
        (#""curvature":[^,]*"#, #""curvature":-1"#), (#""means":\[[^,]*"#, #""means":["inf""#),
        (#""direction":\[[^,]*"#, #""direction":["nan""#),
      ])
  }

  @Test func sumsOfSquaresALittleBelowZeroAreNone() throws {
    var online = OnlineSGD(features: 2)
    try online.partialFit(X, y)
    var changed = try Self.decode(
      OnlineSGD.self,
      Self.text(online).replacing(#/"squares":\[[^,]*/#, with: #""squares":[-1e-20"#))
    try changed.partialFit(X[rows: 0..<0], [])
    #expect(changed.model.weights[0, 0] == 0 && changed.model.weights[1, 0].isFinite)
  }

  @Test func countsOfAStateAreThoseOfARun() throws {
    let most = "9223372036854775807"
    let plain = try Training(SGD(epochs: 3, batchSize: 2, learningRate: 0.1, averaging: .all), X, y)
    _ = try plain.next()
    _ = try plain.advance(rows: 2)
    try refused(
      plain.state,
      [
        (#""steps":\d+"#, #""steps":\#(most)"#), (#""steps":\d+"#, #""steps":-1"#),
        (#""losses":\["#, #""losses":[-"#),
        (#""averaged":\d+"#, #""averaged":\#(most)"#), (#""averaged":\d+"#, #""averaged":-1"#),
        (#""weight":\d+"#, #""weight":-1"#), (#""firstLoss":[^,}]*"#, #""firstLoss":"nan""#),
        (#""epochsWithoutImprovement":0"#, #""epochsWithoutImprovement":2"#),
        (#""epochsDone":1"#, #""epochsDone":2"#), (#""epoch":1"#, #""epoch":2"#),
        (#""rowsDone":2"#, #""rowsDone":-2"#),
      ])
    let automatic = try Training(SGD(epochs: 3), X, y)
    _ = try automatic.next()
    try refused(
      automatic.state,
      [
        (#""failures":\d"#, #""failures":\#(most)"#), (#""steps":[^,]*"#, #""steps":-1"#),
        (#""gainOffset":[^,]*"#, #""gainOffset":"nan""#),
        (#""residualNorm":[^,]*"#, #""residualNorm":"nan""#),
      ])
  }

  /// Sums that are not there would be read beyond their end, and steps be counted beyond what decodes again.
  @Test func countsOfAStateAreThoseOfTheSameRun() throws {
    for (method, count, change) in [
      (SGD(epochs: 3, batchSize: 2, learningRate: 0.1), #""averaged":0"#, #""averaged":1"#),
      (SGD(epochs: 3, batchSize: 2, learningRate: 0.1), #""steps":3"#, #""steps":10"#),
      (SGD(epochs: 3), #""failures":\d"#, #""failures":8"#),
    ] {
      let training = try Training(method, X, y)
      _ = try training.next()
      let text = try Self.text(training.state)
      try training.restore(Self.decode(TrainingState.self, text))
      let changed = text.replacing(try Regex(count), with: change, maxReplacements: 1)
      #expect(changed != text)
      let state = try Self.decode(TrainingState.self, changed)
      #expect(throws: TrainingError.state(.contents)) { try training.restore(state) }
    }
  }

  @Test func partsOfARunFitEachOther() throws {
    let wide = Matrix<Double>(rows: 5, columns: 3) { i, j in j < 2 ? X[i, j] : X[i, 0] + X[i, 1] }
    let run = try SGD(epochs: 2).train(wide, y)
    try refused(
      run,
      [
        (#""batchSize":\d"#, #""batchSize":0"#), (#""validationRows":0"#, #""validationRows":-1"#),
        (#""epoch":2,"#, #""epoch":9,"#), (#""epoch":1"#, #""epoch":2"#), (#""rank":3"#, #""rank":5"#),
        (#""feature":0"#, #""feature":3"#), (#""feature":2,"#, #""feature":-1,"#),
        (
          #""exact":\{.*"method""#,
          #""exact":{"intercepts":[1],"weights":{"rows":0,"columns":1,"elements":[]}},"method""#
        ),
      ])
  }

  // MARK: Exact fits

  @Test func whatIsSaidOfAFitIsAboutOne() throws {
    let wide = Matrix<Double>(rows: 5, columns: 3) { i, j in j < 2 ? X[i, j] : X[i, 0] + X[i, 1] }
    let fit = try LeastSquares().fit(wide, y)
    try refused(
      fit.certificate,
      [
        (#""passes":\d"#, #""passes":-1"#), (#""rank":3"#, #""rank":-3"#),
        (#""estimatedDigits":[^,}]*"#, #""estimatedDigits":"inf""#),
        (#""feature":2,"#, #""feature":-2,"#), (#""feature":0"#, #""feature":-1"#),
        (#""tolerance":[^,}]*"#, #""tolerance":"nan""#), (#""size":[^,}]*"#, #""size":-1"#),
      ])
  }

  @Test func aCovarianceOfMoreFeaturesThanARowHas() throws {
    let fit = try LeastSquares().fit(X, y), covariance = try #require(fit.covariance)
    try refused(covariance, [(#""features":\[0,1\]"#, #""features":[0,9223372036854775807]"#)])
    let other = try Self.decode(
      UnscaledCovariance.self, Self.text(covariance).replacing("[0,1]", with: "[0,7]"))
    #expect(other.varianceInflationFactors(of: 2) == [covariance.varianceInflationFactors(of: 2)[0], nil])
    let text = "leverages: row 1 (counted from 0) has 2 elements, but feature 8 was kept"
    #expect(throws: DataError.shapes(text)) {
      try other.leverages(for: [[1, 0, 0, 0, 0, 0, 0, 5], [1, 5]])
    }
    #expect(
      try covariance.leverages(for: X.rows.map { Array($0) }) == X.rows.map { covariance.leverage($0) })
  }

  // MARK: Factors

  @Test func aFactorIsOfNoMoreColumnsThanFollow() throws {
    let factor = LeastSquares.Factor(features: 2)
    let text = try Self.text(factor)
    #expect(try Self.decode(LeastSquares.Factor.self, text) == factor)
    // The triangle of a million columns would take 8 TB.
    for change in [#""features":1000000"#, #""features":3"#] {
      #expect(throws: DecodingError.self) {
        try Self.decode(LeastSquares.Factor.self, text.replacing(#""features":2"#, with: change))
      }
    }
    #expect(throws: DecodingError.self) {
      try Self.decode(
        LeastSquares.Factor.self, text.replacing(#""triangle":[0"#, with: #""triangle":[1"#))
    }
  }

  @Test func countsOfAFactorAreThoseOfRows() throws {
    var factor = LeastSquares.Factor(features: 2)
    try factor.add(X, y)
    try refused(
      factor,
      [
        (#""observations":5"#, #""observations":9223372036854775807"#),
        (#""merges":\d"#, #""merges":9223372036854775807"#), (#""weightSum":5"#, #""weightSum":7"#),
        (#""triangle":\[[^,]*"#, #""triangle":[0"#),
        (#""scales":\[[^,]*"#, #""scales":[8.98846567431158e307"#),  // 2¹⁰²³, times the shift 3
      ])
    // Two of the largest numbers that are read are more than can be counted.
    let text = try Self.text(factor).replacing(
      #""observations":5"#, with: #""observations":9007199254740992"#)
    var large = try Self.decode(LeastSquares.Factor.self, text)
    let before = large
    #expect(throws: DataError.shapes("merge: 9007199254740992 and 5 rows are more than can be counted")) {
      try large.merge(factor)
    }
    #expect(throws: DataError.self) { try large.add(X, y) }
    #expect(large == before)
  }

  @Test func factorsOfOtherGroupsAreNotMerged() throws {
    var factor = LeastSquares.Factor(features: 2)
    try factor.add(X, y)
    var plain = LeastSquares.Factor(features: 2, targets: 1, grouping: .none)
    try plain.add(X, y)
    let decoded = try Self.decode(LeastSquares.Factor.self, Self.text(plain))
    let merge = "merge: the rows of one factor are centred, those of the other not centred"
    #expect(throws: DataError.shapes(merge)) { try factor.merge(decoded) }
    var levels = try Self.decode(
      LeastSquares.Factor.self,
      Self.text(LeastSquares.Factor(features: 2, targets: 1, grouping: .levels)))
    let add = "add: the rows of the factor are in levels, those that are added are not"
    #expect(throws: DataError.shapes(add)) { try levels.add(X, y) }
  }

  /// Singular values of what is not finite cannot be found.
  @Test func aRidgePathOfColumnsBeyondDoubleIsRefused() throws {
    var factor = LeastSquares.Factor(features: 2)
    try factor.add(X, y)
    let text = try Self.text(factor)
    // The column of the second feature, and the shift of the first.
    for (pattern, numbers) in [
      (#"("triangle":\[(?:[^,]*,){3})[^,]*,[^,]*,[^,]*"#, "1.7e308,1.7e308,1.7e308"),
      (#"("shifts":\[)[^,]*"#, "1.7e308"),
    ] {
      let changed = text.replacing(try Regex(pattern, as: (Substring, Substring).self)) {
        "\($0.1)\(numbers)"
      }
      #expect(changed != text)
      let large = try Self.decode(LeastSquares.Factor.self, changed)
      for intercept in [true, false] {
        let method = LeastSquares(intercept: intercept)
        _ = try? large.solve(method)
        _ = try? large.ridgePath([0, 1], method)
      }
      #expect(throws: DataError.self) { try large.ridgePath([0, 1], LeastSquares(intercept: false)) }
    }
  }
  @Test func aMeanBeyondDoubleIsRefused() throws {
    var factor = LeastSquares.Factor(features: 2)
    try factor.add(X, y)
    let text = try Self.text(factor)
      .replacing(#""leastWeight":1,"#, with: #""leastWeight":1e-300,"#)
      .replacing(#""weightSum":5"#, with: #""weightSum":1e-300"#)
      .replacing(try Regex(#""triangle":\[[^,]*,[^,]*"#), with: #""triangle":[1e-150,1e200"#)
    let light = try Self.decode(LeastSquares.Factor.self, text)
    #expect(throws: DataError.overflow(.features, column: 0)) { try light.solve() }
    #expect(throws: DataError.overflow(.features, column: 0)) { try light.ridgePath([1]) }
  }
}
