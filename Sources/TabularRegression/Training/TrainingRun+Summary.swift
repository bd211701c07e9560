internal import LinearAlgebra
internal import LinearRegression

extension TrainingRun {
  /// How the run was set up, for the head of a summary.
  var settings: [String] {
    var words = [
      method.isAutomatic ? "automatic steps" : "learning rate \(method.learningRate)",
      "batch size \(batchSize)", "seed \(method.seed)",
    ]
    if method.momentum > 0 {
      words.append("momentum \(number(method.momentum))\(method.nesterov ? " (Nesterov)" : "")")
    }
    if method.weightDecay > 0 { words.append("weight decay \(number(method.weightDecay))") }
    switch method.averaging {
    case .none: break
    case .all: words.append("all steps averaged")
    case .tail(let share): words.append("last \(number(100 * share)) % of the steps averaged")
    }
    if !method.standardize { words.append("columns as they are") }
    // As many to a line as fit in 80 columns.
    return words.reduce(into: [counted(epochs.count, "epoch")]) { lines, word in
      let last = lines.count - 1
      if lines[last].count + word.count + 2 <= 80 { lines[last] += ", \(word)" } else { lines.append(word) }
    }
  }

  /// What becomes of columns that depend on others; nil where there are none, or a decay makes the solution unique.
  var redundancy: LeastSquares.RedundancyPolicy? {
    redundant.isEmpty || method.weightDecay > 0 ? nil : .minimumNorm
  }

  /// Why the run ended and how far it came.
  var outcome: [String] {
    var lines = [ending]
    guard let last = epochs.first(where: { $0.epoch == epoch }) ?? epochs.last else { return lines }
    if let validation = last.validationLoss {
      lines.append(
        "loss on \(counted(validationRows, "validation row")) \(number(validation)) after epoch \(last.epoch)"
      )
    }
    if let excess = last.excessLoss, method.weightDecay > 0 {
      lines.append(
        "loss \(number(last.loss)); with the decay's share \(number(max(0, excess), digits: 2)) above the least"
      )
    } else if let excess = last.excessLoss {
      let exactLoss = max(0, last.loss - excess)
      let share =
        exactLoss > last.loss / 1000 && excess > 1e-12 * exactLoss
        ? " (\(number(100 * max(0, excess) / exactLoss, digits: 2)) % above)" : ""
      lines.append("loss \(number(last.loss)), exact solution \(number(exactLoss))\(share)")
    }
    if let gap = last.gapToExact {
      lines.append(
        "largest distance to an exact coefficient \(gap < 1e-12 ? "below 1e-12" : number(gap, digits: 2)), in standardised units"
      )
    } else if let norm = last.gradientNorm {
      lines.append(
        "norm of the gradient \(number(norm, digits: 2)), in standardised units; 0 at the exact solution")
    }
    return lines
  }

  private var ending: String {
    let count = counted(epochs.count, "epoch")
    return switch stopReason {
    case .converged:
      "converged after \(count): the exact fit's coefficients to \(agreement)"
    case .stalled: "stopped after \(count): rounding, or these rows, keep SGD from coming closer"
    case .noImprovement: "stopped after \(count): the loss no longer falls; best after epoch \(epoch)"
    case .epochs: "stopped after \(count): no more were asked for"
    case .interrupted: "interrupted after \(count)"
    }
  }

  /// The digits that all coefficients have in common with the exact ones. Beyond ten they depend on how a processor
  /// rounds.
  private var agreement: String {
    let exact = exact ?? model
    let pairs = zip([model.intercept] + model.coefficients, [exact.intercept] + exact.coefficients)
    let worst = pairs.reduce(Double.ulpOfOne) { worst, pair in
      let difference = abs(pair.0 - pair.1)
      // A coefficient of zero has no digits.
      return difference == 0 || pair.1 == 0 ? worst : max(worst, difference / abs(pair.1))
    }
    let digits = worst < 1 ? Int(-CLibrary.decimalLogarithm(worst)) : 0
    return digits >= 10 ? "10 digits or more" : counted(digits, "digit")
  }
}
