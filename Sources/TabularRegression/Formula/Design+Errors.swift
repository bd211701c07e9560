internal import LinearRegression

extension Design {
  /// The error under the names of the columns. A table holds finite numbers only, so that what is not finite is a power.
  func tabular(_ error: DataError) -> TabularError {
    func unusable(_ column: String, _ message: String) -> TabularError {
      .unusable(file: source, message: "column \"\(printable(column))\"\(message)")
    }
    func name(_ variable: DataError.Variable, _ column: Int) -> String {
      switch variable {
      case .features: terms[column].name
      case .targets: target
      case .weights: weightsColumn ?? "weights"
      }
    }
    switch error {
    case .overflow(.weights, _):
      return unusable(name(.weights, 0), ": the sum of the weights is beyond a Double; use smaller ones")
    case .overflow(let variable, let column):
      return unusable(
        name(variable, column),
        " has values whose spread, squares or coefficient are beyond a Double; use another unit")
    case .nonFinite(let variable, let row, let column):
      return unusable(
        name(variable, column), " is beyond a Double in row \(row + 1) below the header; use another unit")
    case .negativeWeight(let row):
      return unusable(
        name(.weights, 0),
        ": the weight in row \(row + 1) below the header is negative; weights are zero or more")
    case .noWeight:
      return unusable(name(.weights, 0), ": all weights are zero; give at least one row a weight")
    case .rankDeficient(let redundant):
      return .rankDeficient(file: source, dependencies: redundant.map { $0.described(terms.map(\.name)) })
    case .noRows, .columnsDiffer, .fewerRowsThanFolds:
      return .unusable(file: source, message: error.description)
    }
  }
}

extension Design {
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
  func described(_ names: [String], width: Int = 80) -> String {
    let texts = (1...4).map { terms in described(terms: terms) { printable(names[$0]) } }
    return texts.last { $0.count <= width } ?? texts[0]
  }
}
