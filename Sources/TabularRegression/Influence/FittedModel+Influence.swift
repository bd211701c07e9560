extension FittedModel {
  /// What the fit tells of each of its rows: leverage, standardised and studentised residual, Cook's distance and
  /// DFFITS, as R's `hatvalues`, `rstandard`, `rstudent`, `cooks.distance` and `dffits`.
  ///
  /// Of other rows than those of the fit only leverages have a meaning: the rest is what a row changes among the others.
  /// - Parameters:
  ///   - table: the rows of the fit, with its weights where it has some.
  ///   - unseen: what becomes of rows with a level that the fit did not see.
  ///   - unestimable: what becomes of rows whose prediction the fit does not determine.
  /// - Returns: an element per row; nil where a field is missing, and for a row of weight 0.
  /// - Throws: ``TabularError``: a column that is not there or does not hold what it has to, or a prediction that
  ///   overflows.
  /// - Complexity: O(rows · p²)
  public func diagnosedRows(
    of table: Table, unseen: UnseenPolicy = .error, unestimable: UnestimablePolicy = .missing
  ) throws(TabularError) -> [DiagnosedRow?] {
    let fit = Diagnostics.Fit(self)
    let rows = try ResidualRows(
      self, table, weights: weights, Policies(unseen: unseen, unestimable: unestimable), unit: fit.unit)
    var result = [DiagnosedRow?](repeating: nil, count: table.rowCount)
    for (row, place) in rows.rows.enumerated() { result[place] = rows.diagnosed(row, fit) }
    return result
  }
}
