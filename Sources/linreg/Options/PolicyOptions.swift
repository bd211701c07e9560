import ArgumentParser
import LinearRegression
import TabularRegression

/// What becomes of rows that a model's fit says nothing of.
struct PolicyOptions: ParsableArguments {
  @Option(
    help:
      "What to do with a level that the fit did not see: it is an error, counts as the reference, or the prediction is missing."
  )
  var unseen = UnseenPolicy.error

  @Option(
    help:
      "What to do with a row that does not have the dependencies of the columns that the fit left out, such as total = a + b, so that its prediction is not determined: it is missing, or formed from the other columns (keep)."
  )
  var unestimable = UnestimablePolicy.missing

  var policies: FittedModel.Policies { FittedModel.Policies(unseen: unseen, unestimable: unestimable) }

  /// What became of rows that are not estimable: "2 rows are not estimable and have no prediction, for in the fit's
  /// rows total = ground + upper (2); the first is new.csv:3; …"; nil where there are none.
  ///
  /// - Parameter missing: what became of one row, and of several, unless they are kept.
  func text(_ rows: RowTally, missing: (one: String, several: String)) -> String? {
    guard let first = rows.first else { return nil }
    let isOne = rows.rowCount == 1, isKept = unestimable == .keep
    let verb = isOne ? "row is" : "rows are"
    let fate =
      isKept
      ? "predicted though not estimable" : "not estimable and \(isOne ? missing.one : missing.several)"
    let remedy = isKept ? "" : "; --unestimable keep predicts \(isOne ? "it" : "them") all the same"
    return
      "\(rows.rowCount) \(verb) \(fate), for in the fit's rows \(rows.kinds); the first is \(first.file):\(first.line)\(remedy)"
  }
}

extension RowTally {
  /// "area (2), rooms (1)", those of most rows first, and five at most.
  var kinds: String {
    let counts = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) (\($0.value))" }
    return counts.prefix(5).joined(separator: ", ")
      + (counts.count > 5 ? " and \(counts.count - 5) more" : "")
  }
}
