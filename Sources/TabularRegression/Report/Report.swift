internal import LinearAlgebra
internal import LinearRegression

/// A report of a fit: charts of residuals and influence, what is seen in each of them, and the numbers behind them, as
/// one page of HTML.
///
/// ```swift
/// let report = Report(model, try Diagnostics(model, homes))
/// for finding in report.findings where finding.isRemarkable { print(finding.panel, finding.text) }
/// print(report.html)
/// ```
public struct Report: Sendable {
  let model: FittedModel
  let diagnostics: Diagnostics

  /// - Parameters:
  ///   - model: the model.
  ///   - diagnostics: what its residuals tell, on the rows of its fit or on others.
  public init(_ model: FittedModel, _ diagnostics: Diagnostics) {
    (self.model, self.diagnostics) = (model, diagnostics)
  }

  /// What is seen in each panel, in the order of the page. Where a test stands behind it, nothing is said unless chance
  /// alone would show as much in less than one of a thousand.
  /// - Complexity: O(bins + terms); formed anew each time.
  public var findings: [Finding] { panels.map(\.finding) }

  /// The panels, in the order of the page.
  package var panels: [Panel] {
    let ofResiduals =
      diagnostics.hasNoResiduals
      ? [] : [residualPanel, quantilePanel, spreadPanel, neighbourPanel, influencePanel]
    return [coefficientPanel] + ofResiduals + [predictionPanel] + [inflationPanel].compactMap { $0 }
      + (diagnostics.hasNoResiduals ? [] : featurePanels) + levelPanels + [checkPanel]
      + [trainingPanel].compactMap { $0 }
  }

  /// The four panels that R's `plot(lm)` has: residuals, normal quantiles, scale–location, leverage.
  /// Where there are no residuals those of the coefficients and predictions.
  package var classicalPanels: [Panel] {
    diagnostics.hasNoResiduals
      ? [coefficientPanel, predictionPanel]
      : [residualPanel, quantilePanel, spreadPanel, influencePanel].filter { !$0.charts.isEmpty }
  }

  /// Why there is no chart of a panel.
  package func reasonForNone(_ name: String) -> String {
    let ofResiduals = ["residuals", "quantiles", "spread", "influence", "neighbours", "partial"]
    if diagnostics.hasNoResiduals, ofResiduals.contains(name) {
      return diagnostics.fit.degreesOfFreedom < 1
        ? "there are as many coefficients as rows, so that nothing is left over"
        : "the fit is perfect but for rounding, so that nothing is left over"
    }
    switch name {
    case "influence":
      return diagnostics.isOfFit
        ? "the model has no leverages: \(model.whyNoCovariance)"
        : "the rows are not those of the fit, or not all of them"
    case "training": return "the model was fitted exactly, not trained"
    case "inflation": return "variance inflation needs an intercept, two columns and standard errors"
    case "partial": return "the model has no column of numbers that varies"
    case "levels": return "the model has no category of at most 1000 levels"
    default: return "there is nothing to draw"
    }
  }

  /// The target's name, no longer than an axis has room for.
  var shortTarget: String {
    let name = printable(model.target)
    return name.count <= 30 ? name : "\(name.prefix(29))…"
  }
}

extension Report {
  /// What was fitted, in sentences.
  var introduction: [String] {
    let statistics = model.statistics, rows = counted(model.observations, "row")
    let penalty = model.method?.ridgePenalty ?? 0
    let how =
      model.training != nil
      ? "trained by minibatch SGD"
      : penalty > 0 ? "fitted with a ridge penalty of \(readable(penalty))" : "fitted by least squares"
    let dropped =
      model.droppedRows > 0
      ? "; \(counted(model.droppedRows, "row")) with a missing field \(model.droppedRows == 1 ? "was" : "were") left out"
      : ""
    let leftOut = model.coefficientStatistics.count { $0.estimate == nil }
    let columns =
      counted(model.features.count, "column") + (leftOut > 0 ? " (\(leftOut) of them left out)" : "")
    let filled: String
    switch model.missing {
    case .mean: filled = "; missing numbers were filled with the mean of their column"
    case .constant(let value): filled = "; missing numbers were filled with \(readable(value))"
    case .drop, .refuse: filled = dropped
    }
    let by = model.weights.map { ", weighted by \(printable($0))" } ?? ""
    var sentences = [
      model.features.isEmpty
        ? "\(printable(model.target)) is predicted by its mean over \(rows)\(by)\(filled)."
        : "A model of \(printable(model.target)), \(how) on \(columns) of \(rows)\(by)\(filled)."
    ]
    if let rSquared = statistics.rSquared {
      sentences.append(
        "R² is \(readable(rSquared))\(model.hasIntercept ? "" : " (against zero, not the mean, for there is no intercept)")\(statistics.residualStandardError.map { ", the residual standard error \(readable($0)) on \(counted(statistics.degreesOfFreedom, "degree")) of freedom" } ?? "")."
      )
    }
    if let certificate = model.certificate {
      let digits = Int(min(max(0, certificate.estimatedDigits.rounded(.down)), 99))
      sentences.append(
        "About \(counted(digits, "digit")) of the coefficients \(digits == 1 ? "is" : "are") right: the solver was \(certificate.solver.rawValue) (\(certificate.reason)), the condition number \(readable(certificate.conditionNumber, digits: 3))."
      )
    }
    if let training = model.training { sentences.append(training.outcomeSentence) }
    return sentences + rowSentences
  }

  /// Which rows the charts are of.
  private var rowSentences: [String] {
    let n = diagnostics.observations
    var sentences =
      diagnostics.isOfFit
      ? ["The charts are of the \(counted(n, "row")) of the fit."]
      : [
        "The charts are of \(counted(n, "row")) that are not those of the fit, or not all of them: residuals are in units of its σ, and leverages have no part in them."
      ]
    if diagnostics.hasNoResiduals {
      sentences.append(
        diagnostics.fit.degreesOfFreedom < 1
          ? "There are as many coefficients as rows, so that nothing is left over, and no residuals are drawn."
          : "The fit is perfect but for rounding: what is left over is rounding, and is not drawn.")
    }
    if diagnostics.rowsWithoutWeight > 0 {
      sentences.append(
        "\(counted(diagnostics.rowsWithoutWeight, "row")) of weight 0 \(diagnostics.rowsWithoutWeight == 1 ? "is" : "are") left out."
      )
    }
    if diagnostics.missingRows > 0 {
      sentences.append(
        "\(counted(diagnostics.missingRows, "row")) without a prediction \(diagnostics.missingRows == 1 ? "is" : "are") left out."
      )
    }
    if diagnostics.unestimable.rowCount > 0 {
      sentences.append(
        "\(counted(diagnostics.unestimable.rowCount, "row")) \(diagnostics.unestimable.rowCount == 1 ? "is" : "are") not estimable, and left out."
      )
    }
    return sentences
  }
}
