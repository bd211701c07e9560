package import Drawing
package import LinearRegression
internal import LinearAlgebra

extension TrainingRun {
  /// The loss above that of the exact solution and the distance to it over the epochs; without these the loss alone.
  package var charts: [Chart] {
    /// Below this there is nothing but rounding.
    let least = 1e-16
    func chart(
      _ title: String, _ label: String, _ values: [(epoch: Int, value: Double?)], isLogarithmic: Bool = true
    )
      -> Chart?
    {
      let points = values.compactMap { epoch, value in
        value.flatMap { $0.isFinite ? Point(x: Double(epoch), y: isLogarithmic ? max($0, least) : $0) : nil }
      }
      guard let first = points.first, let last = points.last else { return nil }
      let ys = points.map(\.y), low = ys.min()!, high = ys.max()!
      return Chart(
        title: title, summary: "\(title) over \(counted(points.count, "epoch")).",
        x: Axis(label: "epoch", range: first.x...max(last.x, first.x + 1)),
        y: Axis(
          label: label, range: isLogarithmic ? low / 2...high * 2 : span(ys),
          scale: isLogarithmic ? .log : .linear),
        layers: [
          .line(points, .data, isDashed: false),
          .points(points.count > 60 ? [points[0], last] : points, .data),
        ],
        height: 240)
    }
    let losses = epochs.map { ($0.epoch, $0.excessLoss) },
      distances = epochs.map { ($0.epoch, $0.gapToExact) }
    let above = [
      chart("Loss above the exact solution's", "excess loss", losses),
      chart("Distance to the exact solution", "distance", distances),
    ]
    .compactMap { $0 }
    if !above.isEmpty { return above }
    let isPositive = epochs.allSatisfy { $0.loss > 0 }
    return [chart("Loss", "loss", epochs.map { ($0.epoch, $0.loss) }, isLogarithmic: isPositive)].compactMap {
      $0
    }
  }
}

extension TrainingRun {
  /// How the run ended, as sentences.
  var outcomeSentence: String {
    outcome.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: ". ") + "."
  }
}

extension Report {
  /// Loss and distance to the exact solution over the epochs of a trained model; nil for an exact fit.
  var trainingPanel: Panel? {
    guard let training = model.training else { return nil }
    let title = "Training", charts = training.charts
    if charts.isEmpty { return nil }
    func text(_ value: Double?) -> String { value.map { number($0) } ?? "–" }
    let step = max(1, training.epochs.count / 20)
    let shown = training.epochs.enumerated().filter {
      $0.offset % step == 0 || $0.offset == training.epochs.count - 1
    }
    return Panel(
      name: "training", title: title,
      caption:
        "The loss is the mean of squared error / 2; the distance is that of the coefficient farthest from the exact one, in standardised units.",
      finding: Finding(
        title, isRemarkable: training.stopReason != .converged && training.stopReason != .epochs,
        training.outcomeSentence),
      charts: charts,
      tables: [
        PanelTable(
          title: "Epochs",
          columns: ["epoch", "loss", "above the exact one's", "distance", "validation loss"],
          rows: shown.map { _, epoch in
            [
              String(epoch.epoch), number(epoch.loss, digits: 6), text(epoch.excessLoss),
              text(epoch.gapToExact),
              text(epoch.validationLoss),
            ]
          })
      ])
  }

  /// What `check` says of the columns that the model reads.
  var checkPanel: Panel {
    let title = "The data",
      check = TableCheck(
        source: diagnostics.source, columns: diagnostics.profiles, target: diagnostics.fit.target)
    // What a fit would stop at, or take otherwise, has been decided; of some of the rows constants say nothing.
    let decided: Set<TableCheck.Finding.Kind> = [
      .allDifferent, .categoryLike, .identifierLike, .noFeature, .oneRow,
    ]
    let ofAll: Set<TableCheck.Finding.Kind> = [.constant, .oneLevel, .duplicate, .rowNumber]
    let found = check.findings.filter {
      !decided.contains($0.kind) && (diagnostics.isOfFit || !ofAll.contains($0.kind))
    }
    return Panel(
      name: "data", title: title,
      caption: "What `linreg check` says of the columns that the model reads.",
      finding: Finding(
        title, isRemarkable: !found.isEmpty,
        found.isEmpty
          ? "Nothing unusual."
          : found.count == 1 ? printable(found[0].message) : "\(found.count) remarks on the columns."),
      charts: [],
      tables: found.isEmpty
        ? []
        : [
          PanelTable(
            title: "Remarks", columns: ["line", "remark"],
            rows: found.map { [$0.line.map(String.init) ?? "", printable($0.message)] }, isOpen: true)
        ])
  }
}
