internal import LinearRegression

extension DesignSurvey {
  /// Throws where the design takes means, deviations, moments or quantiles of all rows, and rows stand for several: the
  /// survey takes each row once.
  func requireEqualRows() throws(TabularError) {
    guard weightKind == .frequency, let (name, remedy) = computedFromAllRows else { return }
    throw .unusable(
      file: source,
      message:
        "\(printable(name)) is computed from all rows, which frequency weights do not count yet; write each row as often as it counts, or \(remedy)"
    )
  }

  /// The first part of the design that numbers are computed for from all rows, and what to write in its place.
  private var computedFromAllRows: (name: String, remedy: String)? {
    let terms = Set(expansion.terms.joined()).sorted().map { expansion.variables[$0] }
    for variable in terms + (formula.targets + formula.offsets).map(Variable.expression) {
      if case .spline(let call) = variable, !call.isComplete {
        return (variable.name, "give it knots and Boundary.knots")
      }
      if OrthogonalPolynomials.Key(variable) != nil { return (variable.name, "take raw powers") }
      if variable.expression?.centredOperands.isEmpty == false {
        return (variable.name, "write numbers in place of means and deviations")
      }
    }
    return missing == .mean
      ? ("the mean that fills a missing field", "drop such rows or fill in a number") : nil
  }
}
