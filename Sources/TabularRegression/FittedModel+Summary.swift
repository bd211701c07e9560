internal import LinearAlgebra
internal import LinearRegression

extension FittedModel {
  /// The model for a person to read: what was fitted and how, a table of coefficients, the statistics. At most 80
  /// columns wide where names allow it.
  public var summary: String {
    [[heading], [""], coefficientTable, [""], footer].joined().joined(separator: "\n")
  }

  private var heading: String {
    let count = features.count
    let start =
      "\(target) on \(count) \(count == 1 ? "feature" : "features"), \(observations) \(observations == 1 ? "observation" : "observations")"
    guard let training else {
      return
        "\(start)\(hasIntercept ? "" : ", no intercept"): exact least squares (\(certificate?.solver ?? "unknown solver"))"
    }
    let method = training.method
    return """
      \(start): SGD
      \(method.epochs) epochs, batch size \(method.batchSize), learning rate \(number(method.learningRate)), seed \(method.seed)
      """
  }

  private var coefficientTable: [String] {
    let terms = (hasIntercept ? [ModelRecord.interceptTerm] : []) + features
    func values(_ model: LinearModel) -> [Double] {
      (hasIntercept ? [model.intercept] : []) + model.coefficients
    }
    let columns =
      training.map { [("SGD", values(model)), ("exact", values($0.exact))] } ?? [("estimate", values(model))]
    let names = column("term", terms.map(shortened), .left)
    let numbers = columns.map { name, values in column(name, pointAligned(values), .right) }
    return names.indices.map { row in
      withoutTrailingSpaces(([names[row]] + numbers.map { $0[row] }).joined(separator: "  "))
    }
  }

  private var footer: [String] {
    var lines: [String] = []
    if let training, let last = training.epochs.last, let excess = last.excessLoss, let gap = last.gapToExact
    {
      let exactLoss = last.loss - excess
      let share = exactLoss > 0 ? " (\(number(100 * max(0, excess) / exactLoss, digits: 2)) % above)" : ""
      lines.append("loss \(number(last.loss)), exact solution \(number(exactLoss))\(share)")
      lines.append(
        "largest distance to an exact coefficient \(number(gap, digits: 2)), in \(training.method.standardize ? "standardised units" : "the units of the data")"
      )
    }
    if let error = statistics.residualStandardError {
      lines.append(
        "residual standard error \(number(error)) on \(statistics.degreesOfFreedom) degrees of freedom")
    }
    if let rSquared = statistics.rSquared {
      let adjusted = statistics.adjustedRSquared.map { ", adjusted \(number($0))" } ?? ""
      let f = statistics.fStatistic.map { ", F \(number($0))" } ?? ""
      lines.append("R² \(number(rSquared))\(adjusted)\(f)")
    }
    let parameters = features.count + (hasIntercept ? 1 : 0)
    let rank = observations - statistics.degreesOfFreedom
    if rank < parameters {
      let cause =
        observations < parameters
        ? "fewer rows than coefficients" : "a column is constant, or columns depend on each other"
      lines.append("rank \(rank) of \(parameters): \(cause);")
      lines.append("of all solutions this is the one of least norm in standardised units")
    }
    return lines
  }
}

/// Four significant digits unless said otherwise.
private func number(_ value: Double, digits: Int = 4) -> String {
  formatted(value, significantDigits: digits)
}

/// A name that fits a table: a long one is cut in the middle, for its two ends tell most.
private func shortened(_ name: String) -> String {
  let name = printable(name)
  return name.count <= 40 ? name : "\(name.prefix(24))…\(name.suffix(15))"
}

private func withoutTrailingSpaces(_ line: String) -> String {
  var line = line
  while line.last == " " { line.removeLast() }
  return line
}

/// A heading and its cells, filled up to the same width.
private func column(_ heading: String, _ cells: [String], _ alignment: Alignment) -> [String] {
  let cells = [heading] + cells
  let width = cells.map(\.count).max()!
  return cells.map { aligned($0, alignment, width: width) }
}

/// Numbers with six significant digits, padded behind so that their points stand below each other.
private func pointAligned(_ values: [Double]) -> [String] {
  let texts = values.map { formatted($0, significantDigits: 6) }
  let tails = texts.map { $0.firstIndex(of: ".") ?? $0.firstIndex(of: "e") ?? $0.endIndex }
  let lengths = zip(texts, tails).map { text, tail in text.distance(from: tail, to: text.endIndex) }
  let longest = lengths.max() ?? 0
  return zip(texts, lengths).map { text, length in aligned(text, .left, width: text.count + longest - length)
  }
}
