import Foundation
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// Training runs on named columns, and their checkpoints.
@Suite struct TableTrainingTests {
  let folder = TemporaryFolder()
  var checkpoint: String { folder.path("c") }

  /// 40 rows, two columns and one that is their sum.
  static let table: Table = {
    let rows = (0..<40).map { i in
      let (a, b) = (Double(i * 7 % 11), Double(i * 5 % 13))
      return "\(a),\(b),\(a + b),\(1 + a - b + Double(i % 3))"
    }
    return try! Table(csvText: (["a,b,sum,y"] + rows).joined(separator: "\n"), source: "t.csv")
  }()

  func training(_ method: SGD, _ formula: String = "y ~ a + b") throws -> TableTraining {
    try TableTraining(Formula(formula), Self.table, method: method)
  }

  /// What going on under other settings from a checkpoint of an epoch and a half is refused with.
  func refusal(_ earlier: SGD, _ later: SGD) throws -> String? {
    let run = try training(earlier)
    _ = try run.next()
    _ = try run.advance(rows: 20)
    try run.writeCheckpoint(to: checkpoint)
    do {
      try training(later).resume(fromCheckpoint: checkpoint)
      return nil
    } catch {
      return "\(error)".replacing(folder.path(""), with: "")
    }
  }

  /// Any coefficient differs from zero by infinitely many times zero, and from a very small one too.
  @Test func theDigitsOfACoefficientOfZero() throws {
    let run = try SGD().train([[-1], [1], [-1], [1]] as Matrix<Double>, [1, 1, 2, 2])
    #expect(run.exact?.coefficients == [0] && run.stopReason == .converged)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(run), as: UTF8.self)
    func ending(_ coefficient: String, exact: String) throws -> String {
      var coefficients = [exact, coefficient]
      // The exact model's key comes before the model's.
      let changed = try #require(text.contains(#/"exact".*"model"/#) ? text : nil).replacing(
        #/"elements":\[[^\]]*\]/#
      ) { _ in "\"elements\":[\(coefficients.removeFirst())]" }
      return try JSONDecoder().decode(TrainingRun.self, from: Data(changed.utf8)).outcome[0]
    }
    #expect(try ending("1e-17", exact: "0").hasSuffix("to 10 digits or more"))
    #expect(try ending("1", exact: "1e-320").hasSuffix("to 0 digits"))
    #expect(try ending("0.1234", exact: "0.1233").hasSuffix("to 3 digits"))
  }

  @Test func aRunGivenMoreEpochsHasTheBitsOfOneThatBeganWithThem() throws {
    let methods = [
      SGD(batchSize: 4, tolerance: 1e-15), SGD(batchSize: 4, learningRate: 0.01, momentum: 0.5),
      SGD(batchSize: 4, learningRate: .inverseScaling(0.01), averaging: .all),
      SGD(batchSize: 4, learningRate: .step(0.01, every: 2), validationFraction: 0.2, patience: 9),
    ]
    for (first, rowsBefore) in [(3, 70), (3, 120), (1, 40)] {
      for var method in methods {
        method.epochs = 5
        let whole = try training(method)
        while try whole.next() != nil {}
        method.epochs = first
        let begun = try training(method)
        while begun.rowsUsed < rowsBefore { _ = try begun.advance(rows: 10) }
        try begun.writeCheckpoint(to: checkpoint)
        method.epochs = 5
        let resumed = try training(method)
        try resumed.resume(fromCheckpoint: checkpoint)
        #expect(resumed.rowsUsed == begun.rowsUsed)
        while try resumed.next() != nil {}
        #expect(try resumed.model() == whole.model() && resumed.epochs.count == whole.epochs.count)
      }
    }
  }

  @Test func epochsThatStepsDependOnStay() throws {
    let cosine = SGD(epochs: 5, learningRate: .cosine(0.01)), remedy = ", or begin anew under another name"
    var more = cosine
    more.epochs = 6
    #expect(
      try refusal(cosine, more)
        == "c: the checkpoint belongs to other settings: epochs 5 instead of 6, which the learning rate depends on; give the former ones\(remedy)"
    )
    let tail = SGD(epochs: 5, learningRate: 0.01, averaging: .tail(0.5))
    more = tail
    more.epochs = 6
    #expect(
      try refusal(tail, more)
        == "c: the checkpoint belongs to other settings: epochs 5 instead of 6, which the average depends on; give the former ones\(remedy)"
    )
    #expect(
      try refusal(more, tail)
        == "c: the checkpoint belongs to other settings: epochs 6 instead of 5; give the former ones\(remedy)"
    )
  }

  @Test func everySettingThatDiffersIsNamed() throws {
    let other = SGD(
      epochs: 2, batchSize: 8, learningRate: .inverseScaling(0.02), momentum: 0.5, nesterov: true,
      weightDecay: 0.1, averaging: .tail(0.25), order: .inOrder, seed: 3, tolerance: 0.1, standardize: false,
      measuresDistance: false, validationFraction: 0.1, patience: 4)
    #expect(
      try refusal(SGD(learningRate: 0.01), other) == """
        c: the checkpoint belongs to other settings: epochs 100 instead of 2, batch size automatic instead of 8, \
        learning rate 0.01 instead of 0.02 falling with the power 0.25 of the steps, momentum 0.0 instead of 0.5, \
        Nesterov off instead of on, weight decay 0.0 instead of 0.1, average none instead of tail 0.25, \
        order shuffled instead of inOrder, seed 0 instead of 3, tolerance default instead of 0.1, \
        standardisation on instead of off, distances on instead of off, validation fraction 0.0 instead of 0.1, \
        patience 5 instead of 4; give the former ones, or begin anew under another name
        """)
  }

  @Test func columnsThatDependOnOthersAreNamed() throws {
    let model = try FittedModel(training: Formula("y ~ a + b + sum"), Self.table)
    let training = try #require(model.training)
    #expect(training.redundant.map(\.description) == ["x2 = x0 + x1"])
    #expect(training.batchSize == 2)
    #expect(
      model.summary.contains(
        "\n\nsum = a + b\nthe solution of least norm in standardised units; fit leaves the columns out\n\n"))
    try model.write(to: folder.path("m.json"))
    #expect(try FittedModel(contentsOf: folder.path("m.json")) == model)
    let json = try #require(JSONSerialization.jsonObject(with: Data(model.json.utf8)) as? [String: Any])
    let redundant = try #require(json["redundant"] as? [[String: Any]])
    #expect(redundant.count == 1 && redundant[0]["term"] as? String == "sum")
    #expect(redundant[0]["dependsOn"] as? [String] == ["a", "b"])
    #expect(json["redundancy"] as? String == "minimum-norm" && json["batchSize"] as? Int == 2)
    // A decay chooses one solution, whatever depends on what.
    let decayed = try FittedModel(
      training: Formula("y ~ a + b + sum"), Self.table,
      method: SGD(epochs: 1, learningRate: 0.01, weightDecay: 0.1))
    #expect(decayed.summary.contains("\n\nsum = a + b\n\nstopped after 1 epoch: no more were asked for\n"))
    #expect(decayed.json.contains("\"redundancy\" : null") && decayed.json.contains("\"term\" : \"sum\""))
    let plain = try FittedModel(training: Formula("y ~ a + b"), Self.table)
    #expect(plain.json.contains("\"redundancy\" : null") && plain.json.contains("\"redundant\" : [\n\n  ]"))
  }

  @Test func heldOutRowsLeaveSomeToLearnFrom() throws {
    func summary(_ fraction: Double) throws -> String {
      try FittedModel(training: Formula("y ~ a + b"), Self.table, method: SGD(validationFraction: fraction))
        .summary
    }
    #expect(
      throws: TabularError.unusable(
        file: "t.csv",
        message:
          "with a validation fraction of 0.99 no row is left to learn from; use a smaller one, or none")
    ) { try summary(0.99) }
    #expect(try summary(0.95).contains("\nthere are fewer rows than coefficients; hold out fewer\n"))
  }
}
