internal import LinearAlgebra
internal import LinearRegression

extension FittedModel {
  /// What columns that were left out depend on.
  var dependencyNotes: [String] {
    let redundant = certificate?.redundant ?? []
    let notes = redundant.indices.prefix(10).map { dependencyText($0, width: 80) }
    return notes + (redundant.count > 10 ? ["and \(redundant.count - 10) more"] : [])
  }

  /// What depends on what, and what became of it.
  var redundancyNotes: [String] {
    guard let redundant = certificate?.redundant ?? training?.redundant, !redundant.isEmpty else { return [] }
    let areLeftOut = certificate.map { $0.solver != .svd } ?? false
    var lines = redundant.indices.prefix(10).map { number in
      dependencyText(number, width: 80 - (areLeftOut ? 10 : 0)) + (areLeftOut ? ": left out" : "")
    }
    if redundant.count > lines.count { lines.append("and \(redundant.count - lines.count) more") }
    if effects == nil, observations < design.columns.count + (hasIntercept ? 1 : 0) {
      let holdsOut = training.map { $0.method.validationFraction > 0 } ?? false
      lines.append("there are fewer rows than coefficients\(holdsOut ? "; hold out fewer" : "")")
    }
    if let training {
      if training.redundancy == .minimumNorm {
        lines.append("the solution of least norm in standardised units; fit leaves the columns out")
      }
    } else if !areLeftOut {
      lines.append("of all solutions this is the one of least norm in standardised units")
    }
    return lines
  }

  /// Statistics and certificate of an exact fit.
  var exactFooter: [String] {
    var lines = robustLines
    lines += errorLine
    lines += rSquaredLine
    if let f = statistics.fStatistic {
      let freedom =
        robustCovariance == nil
        ? observations - statistics.degreesOfFreedom - (hasIntercept || effects != nil ? 1 : 0)
        : testedCoefficients
      let name = robustCovariance == nil ? "F" : "Wald's F"
      let p = statistics.fPValue.map { ", p \(probability($0))" } ?? ""
      lines.append(
        "\(name) \(number(f)) on \(freedom) and \(inferenceDegreesOfFreedom) degrees of freedom\(p)")
    }
    if let reason = whyNoWaldTest, !hasFewClusters { lines.append("no F of all: \(reason)") }
    guard let certificate else { return lines }
    if statistics.residualSumOfSquares <= 1e-26 * statistics.totalSumOfSquares,
      statistics.totalSumOfSquares > 0, statistics.fStatistic != nil
    {
      lines.append("a perfect fit but for rounding: standard errors, t, F and p say nothing")
    }
    lines.append(
      "solver \(certificate.solver.rawValue) (\(certificate.reason)), \(certificate.passes) pass\(certificate.passes == 1 ? "" : "es")"
    )
    let digits = formatted(certificate.estimatedDigits.rounded(.down), significantDigits: 2)
    lines.append(
      "condition number \(formatted(certificate.conditionNumber, significantDigits: 3)), about \(digits) \(digits == "1" ? "digit" : "digits") right"
    )
    if let loss = certificate.readingLoss { lines += self.lines(of: loss) }
    return lines
  }

  /// What the text has lost when it was read, and how it can be kept.
  private func lines(of loss: Certificate.ReadingLoss) -> [String] {
    let targets = design.targets.map(Variable.expression)
    let name = (design.distinctNames + targets.map(\.name))[loss.column]
    let lost = formatted(loss.digits.rounded(), significantDigits: 2)
    let parts = loss.column < design.columns.count ? design.columns[loss.column].parts : []
    let variables =
      parts.isEmpty
      ? [targets[loss.column - design.columns.count]] : parts.map { design.variables[$0.variable].variable }
    let canBeKept =
      effects == nil && variables.count == 1 && design.offsets.isEmpty
      && variables[0].exactColumn.map(design.exactColumns.contains) ?? false
    let reason =
      if variables.count == 1, case .expression(.column) = variables[0] {
        "the text has more than a Double"
      } else {
        "it is computed in Doubles"
      }
    return [
      "\(printable(name)) loses \(lost) \(lost == "1" ? "digit" : "digits") beside its spread: \(reason)"
    ] + (canBeKept ? ["--precision extended keeps them"] : [])
  }

  /// Statistics of a model trained by SGD, and its distance to the exact one.
  var trainedFooter: [String] {
    var lines = training?.outcome ?? []
    lines += errorLine
    lines += rSquaredLine
    return lines
  }

  /// Without an intercept R² compares with zero and not with the mean of the target, as R's does: Σ w y² is its total.
  private var rSquaredLine: [String] {
    statistics.rSquared.map {
      let adjusted = statistics.adjustedRSquared.map { ", adjusted \(number($0))" } ?? ""
      let uncentred = hasIntercept || effects != nil ? "" : " (uncentred: against zero, not the mean)"
      let within = effects?.withinRSquared.map { ", within \(number($0))" } ?? ""
      return ["R² \(number($0))\(adjusted)\(within)\(uncentred)"]
    } ?? []
  }

  private var errorLine: [String] {
    statistics.residualStandardError.map {
      [
        "residual standard error \(number($0)) on \(counted(statistics.degreesOfFreedom, "degree")) of freedom"
      ]
    } ?? []
  }
}

/// Four significant digits unless said otherwise.
func number(_ value: Double, digits: Int = 4) -> String { formatted(value, significantDigits: digits) }

/// A p-value with three significant digits, as R writes it.
func probability(_ p: Double) -> String {
  p < Double.ulpOfOne ? "<2e-16" : formatted(p, significantDigits: 3)
}
