import LinearRegression
import Testing

/// What is said of settings that are not allowed, or not those of a state.
@Suite struct SGDSettingsTests {
  /// One change for each setting.
  static let changes: [(any PartialKeyPath<SGD> & Sendable, @Sendable (inout SGD) -> Void)] = [
    (\.epochs, { $0.epochs = 50 }), (\.batchSize, { $0.batchSize = 7 }),
    (\.learningRate, { $0.learningRate = .step(0.01) }), (\.momentum, { $0.momentum = 0.5 }),
    (\.nesterov, { $0.nesterov = true }), (\.weightDecay, { $0.weightDecay = 1 }),
    (\.averaging, { $0.averaging = .all }), (\.order, { $0.order = .inOrder }), (\.seed, { $0.seed = 1 }),
    (\.tolerance, { $0.tolerance = 0.1 }), (\.standardize, { $0.standardize = false }),
    (\.measuresDistance, { $0.measuresDistance = false }),
    (\.validationFraction, { $0.validationFraction = 0.5 }), (\.patience, { $0.patience = 6 }),
  ]

  @Test func everySettingIsToldApart() {
    #expect(Self.changes.map { SGD.Setting($0.0) } == SGD.Setting.all)
    for (setting, change) in Self.changes {
      var method = SGD()
      change(&method)
      #expect(method.conflicts(withEarlier: SGD()) == [SGD.Setting(setting)])
    }
  }

  @Test func epochsMayGrowWhereNoStepDependsOnThem() {
    for rate in [.automatic, .constant(0.1), .inverseScaling(0.1), .step(0.1)] as [LearningRate] {
      #expect(SGD(learningRate: rate).conflicts(withEarlier: SGD(epochs: 10, learningRate: rate)) == [])
    }
    #expect(
      SGD(learningRate: .cosine(0.1)).conflicts(withEarlier: SGD(epochs: 10, learningRate: .cosine(0.1)))
        == [SGD.Setting(\.epochs)])
    #expect(
      SGD(learningRate: 1, averaging: .tail(0.5)).conflicts(
        withEarlier: SGD(epochs: 10, learningRate: 1, averaging: .tail(0.5))) == [SGD.Setting(\.epochs)])
  }

  @Test func faultsNameTheSettingAndTheRule() {
    func fault(_ change: (inout SGD) -> Void) -> String? {
      var method = SGD(learningRate: 1)
      change(&method)
      return method.fault?.described(\.name)
    }
    #expect(fault { _ in } == nil)
    #expect(fault { $0.epochs = -1 } == "epochs is -1; it is 0 or more")
    #expect(fault { $0.momentum = .nan } == "momentum is nan; it is 0 or more and below 1")
    #expect(fault { $0.nesterov = true } == "nesterov goes with momentum")
    #expect(
      fault { $0.averaging = .tail(1) } == "averaging is a tail of 1.0; the share is above 0 and below 1")
    #expect(
      fault { $0.learningRate = -1 } == "learningRate is -1.0; it is a positive number, or automatic")
    #expect(
      fault { $0.learningRate = .step(1, factor: 2) }
        == "learningRate is 1 times 2 every 10 epochs; the factor is above 0 and at most 1, the epochs are 1 or more"
    )
    #expect(
      fault {
        $0.learningRate = .automatic
        $0.weightDecay = 1
      } == "weightDecay goes with learningRate")
  }

  @Test func settingsFromOutsideAreCheckedWithoutATrap() {
    #expect(throws: SettingError("SGD: epochs is -1; it is 0 or more")) { try SGD(epochs: -1).validate() }
    #expect(throws: SettingError("LeastSquares: a ridge penalty of -2.0; it is a number, 0 or more")) {
      try LeastSquares(ridgePenalty: -2).validate()
    }
    #expect(throws: Never.self) {
      try SGD().validate()
      try LeastSquares().validate()
    }
  }

  @Test func mismatchesAreOneLine() {
    #expect(
      "\(TrainingError.state(.settings([SGD.Setting(\.seed), SGD.Setting(\.order)])))"
        == "the state belongs to a run with other settings: seed, order; go on with the same")
    #expect("\(StateMismatch.data)" == "the state belongs to a run on other data; go on with the same")
    #expect("\(StateMismatch.contents)" == "the state's contents do not fit together; begin anew")
  }

  /// One step per epoch: the loss of the first is fine, that of where it leads is beyond Double.
  @Test func noReportTellsAnInfiniteLoss() throws {
    let X: Matrix<Double> = [[1], [2], [3], [5]], y: Matrix<Double> = [[1], [2], [3], [4]]
    for validation in [nil, (X: X, y: y)] {
      let training = try Training(SGD(batchSize: 4, learningRate: 1e200), X, y, validation: validation)
      #expect {
        _ = try training.next()
      } throws: { error in
        guard case .diverged(let divergence)? = error as? TrainingError else { return false }
        return divergence.epoch == 1
      }
      #expect(training.epochs.isEmpty && training.model.weights.elements.allSatisfy { abs($0) < 1 })
    }
  }
}
