extension SGD {
  /// The promise of an automatic run.
  static var automaticTolerance: Double { 1e-10 }

  /// Rows of a batch where the user leaves that open: under an automatic rate enough to make preconditioning cheap, few
  /// enough for sixteen steps an epoch.
  func defaultBatchSize(rows n: Int, features p: Int) -> Int {
    isAutomatic ? max(1, min(max(32, 4 * p), n / 16)) : 32
  }
}
