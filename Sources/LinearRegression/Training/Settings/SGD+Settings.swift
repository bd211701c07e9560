extension SGD {
  /// What is wrong with settings.
  package enum Fault: Equatable, Sendable {
    /// A value that a setting cannot have; the rule is a clause, such as "it is 1 or more".
    case value(Setting, String, rule: String)

    /// A setting that has a meaning beside another one only.
    case without(Setting, Setting)

    /// One clause, or two, with the names that settings have for the reader.
    package func described(_ name: (Setting) -> String) -> String {
      switch self {
      case .value(let setting, let value, let rule): "\(name(setting)) is \(value); \(rule)"
      case .without(let setting, let other): "\(name(setting)) goes with \(name(other))"
      }
    }
  }

  /// What is wrong with the settings; nil if nothing is.
  package var fault: Fault? {
    if epochs < 0 { return .value(Setting(\.epochs), "\(epochs)", rule: "it is 0 or more") }
    if epochs > Int32.max {
      return .value(Setting(\.epochs), "\(epochs)", rule: "it is \(Int32.max) at most")
    }
    if let batchSize, batchSize < 1 {
      return .value(Setting(\.batchSize), "\(batchSize)", rule: "it is 1 or more")
    }
    if let (value, rule) = learningRate.fault { return .value(Setting(\.learningRate), value, rule: rule) }
    if !(momentum >= 0 && momentum < 1) {
      return .value(Setting(\.momentum), "\(momentum)", rule: "it is 0 or more and below 1")
    }
    if !(weightDecay >= 0 && weightDecay.isFinite) {
      return .value(Setting(\.weightDecay), "\(weightDecay)", rule: "it is 0 or more")
    }
    if case .tail(let share) = averaging, !(share > 0 && share < 1) {
      return .value(Setting(\.averaging), "a tail of \(share)", rule: "the share is above 0 and below 1")
    }
    if let tolerance, !(tolerance > 0 && tolerance < 1) {
      return .value(Setting(\.tolerance), "\(tolerance)", rule: "it is above 0 and below 1")
    }
    if !(validationFraction >= 0 && validationFraction < 1) {
      return .value(
        Setting(\.validationFraction), "\(validationFraction)", rule: "it is 0 or more and below 1")
    }
    if patience < 1 { return .value(Setting(\.patience), "\(patience)", rule: "it is 1 or more") }
    if isAutomatic {
      if momentum > 0 { return .without(Setting(\.momentum), Setting(\.learningRate)) }
      if weightDecay > 0 { return .without(Setting(\.weightDecay), Setting(\.learningRate)) }
      if averaging != .none { return .without(Setting(\.averaging), Setting(\.learningRate)) }
    }
    if nesterov && momentum == 0 { return .without(Setting(\.nesterov), Setting(\.momentum)) }
    return nil
  }

  /// Checks the settings, which a user of the program may have chosen.
  /// - Throws: the first that is not allowed, and its rule.
  public func validate() throws(SettingError) {
    if let fault { throw SettingError("SGD: \(fault.described(\.name))") }
  }

  /// Throws where the settings are not allowed.
  func checkSettings() throws(DataError) {
    do { try validate() } catch { throw .setting(error) }
  }

  // MARK: Going on

  /// The setting by which steps depend on the number of epochs: a rate or an average that looks ahead to the end of the
  /// run. Nil where none does, so that a run can be given more epochs.
  package var settingWithHorizon: Setting? {
    if case .cosine = learningRate { return Setting(\.learningRate) }
    if case .tail = averaging { return Setting(\.averaging) }
    return nil
  }

  /// The settings that keep a run under these from going on where one under `earlier` ones stood: those that differ,
  /// but for a number of epochs that has grown where no step depends on it.
  package func conflicts(withEarlier earlier: SGD) -> [Setting] {
    Setting.all.filter { setting in
      setting == Setting(\.epochs)
        ? epochs < earlier.epochs || epochs > earlier.epochs && settingWithHorizon != nil
        : !setting.isSame(self, earlier)
    }
  }
}
