internal import LinearRegression

/// Rows whose columns have the names of a design.
protocol DesignedRows {
  /// Where they come from, for messages.
  var source: String { get }
  var design: Design { get }
}

extension Design {
  /// The error of rows under the names of the columns.
  ///
  /// - Parameter source: where the rows come from, for messages.
  func tabular(_ error: DataError, _ source: String) -> TabularError {
    func unusable(_ column: String, _ message: String) -> TabularError {
      .unusable(file: source, message: "column \"\(printable(column))\"\(message)")
    }
    func name(_ variable: DataError.Variable, _ column: Int) -> String {
      switch variable {
      case .features: distinctNames[column]
      case .targets: Variable.expression(targets[column]).name
      case .weights: weights ?? "weights"
      }
    }
    switch error {
    case .overflow(.weights, _) where weightKind == .frequency:
      return unusable(
        name(.weights, 0),
        ": the sum of the weights is beyond 2⁵³, up to which frequencies are counted exactly; use smaller ones"
      )
    case .overflow(.weights, _):
      return unusable(name(.weights, 0), ": the sum of the weights is beyond a Double; use smaller ones")
    case .overflow(let variable, let column):
      return unusable(
        name(variable, column),
        " has values whose spread, squares or coefficient are beyond a Double; use another unit")
    case .noWeight:
      return unusable(name(.weights, 0), ": all weights are zero; give at least one row a weight")
    case .rankDeficient(let redundant):
      let names = distinctNames
      return .rankDeficient(file: source, dependencies: redundant.map { $0.described { names[$0] } })
    case .cancelled: return .cancelled
    case .notConverged, .effectsInRounding: return .notConverged(file: source, message: error.description)
    // What is not finite or negative has been found before, with its line.
    case .onlySingletons, .noRows, .columnsDiffer, .fewerRowsThanFolds, .nonFinite, .negativeWeight,
      .fractionalWeight, .shapes, .setting, .noCovariance:
      return .unusable(file: source, message: error.description)
    }
  }
}

extension DesignedRows {
  /// The error under the names of the columns.
  func tabular(_ error: DataError) -> TabularError { design.tabular(error, source) }

  /// The error under the names of the columns.
  func tabular(_ error: TrainingError) -> TabularError {
    switch error {
    case .data(let error): tabular(error)
    case .diverged(let divergence): .diverged(divergence)
    case .state: .unusable(file: source, message: error.description)
    }
  }
}

extension Redundancy {
  /// "total = ground + upper", with as many terms as fit a width, but one at least.
  func described(width: Int = 80, _ name: (Int) -> String) -> String {
    let texts = (1...4).map { terms in described(terms: terms) { printable(name($0)) } }
    return texts.last { $0.count <= width } ?? texts[0]
  }
}
