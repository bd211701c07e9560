package import LinearRegression

/// A checkpoint: the state of a training run in a file. Numbers come back with the same bits.
package struct TrainingCheckpoint: Codable {
  let formula: String
  let columns: [String]
  package let state: TrainingState

  static let envelope = Envelope(
    formatName: "linreg-checkpoint", version: 3, noun: "checkpoint",
    remedy: "begin anew under another name, or delete it",
    otherwise: ", and it is not overwritten; give another name")

  /// The checkpoint of a run as it stands.
  init(_ training: TableTraining) {
    formula = training.formula
    columns = training.columnNames
    state = training.state
  }

  /// Reads a checkpoint.
  ///
  /// - Throws: ``TabularError``: a file that cannot be read, is damaged or truncated, belongs to another version, or is
  ///   no checkpoint.
  package init(contentsOf path: String) throws(TabularError) {
    self = try Self.envelope.open(Self.envelope.file(path))
  }

  /// Writes a checkpoint: whole, or not at all.
  func write(to path: String) throws(TabularError) {
    try Self.envelope.write(self, to: path)
  }
}

extension TableTraining {
  /// Saves the run as it stands: whole, or not at all. A checkpoint that was there before stays as it was until the new
  /// one is on the disk.
  ///
  /// - Throws: ``TabularError/file(path:operation:reason:)``; the run can go on.
  /// - Complexity: O(p k) and a flush to the disk; the first time one pass over the data, for their fingerprint.
  public func writeCheckpoint(to path: String) throws(TabularError) {
    try TrainingCheckpoint(self).write(to: path)
  }

  /// Goes on from a checkpoint: the run ends with the bits that it would have had without the stop. The number of
  /// epochs may have grown since, where neither the learning rate nor an average looks ahead to their end.
  ///
  /// - Throws: ``TabularError``: a file that cannot be read, is damaged or truncated, belongs to another version, to
  ///   other data or to other settings. The run is then as it was.
  public func resume(fromCheckpoint path: String) throws(TabularError) {
    let checkpoint = try TrainingCheckpoint(contentsOf: path)
    func refused(_ owner: String, give remedy: String) -> TabularError {
      .model(
        path: path,
        message: "the checkpoint belongs to \(owner); give \(remedy), or begin anew under another name")
    }
    if checkpoint.formula != formula {
      throw refused("another formula, \(printable(checkpoint.formula))", give: "that one")
    }
    if checkpoint.columns != columnNames {
      throw refused("other columns: \(listed(checkpoint.columns))", give: "the file it was made from")
    }
    do throws(TrainingError) {
      try restore(checkpoint.state)
    } catch {
      switch error {
      case .state(.settings(let settings)):
        let earlier = checkpoint.state.method
        let differences = settings.map { method.difference(in: $0, fromEarlier: earlier) }
        throw refused("other settings: \(differences.joined(separator: ", "))", give: "the former ones")
      case .state(.data):
        throw refused("other data than \(source)", give: "the file it was made from")
      default: throw TrainingCheckpoint.envelope.damaged(name: path)
      }
    }
  }
}

extension SGD {
  /// "seed 7 instead of 42", the earlier value first.
  fileprivate func difference(in setting: Setting, fromEarlier earlier: SGD) -> String {
    let values = "\(setting.words) \(setting.text(earlier)) instead of \(setting.text(self))"
    guard setting == Setting(\.epochs), epochs > earlier.epochs, let settingWithHorizon else { return values }
    return "\(values), which the \(settingWithHorizon.words) depends on"
  }
}
