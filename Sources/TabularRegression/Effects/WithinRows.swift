internal import LinearAlgebra
internal import LinearRegression

/// Rows less their fixed effects, once these are known.
struct WithinRows: Sendable {
  let design: Design
  let rows: FixedEffectsRows
  let problem: FixedEffectsProblem

  /// The rows that take part in the fit less their effects, and for each category the level of each row of the block.
  ///
  /// - Throws: ``TabularError/unusable(file:message:)`` for a level that the first pass did not see.
  func block(
    _ block: DesignRows
  ) throws(TabularError) -> (left: WithinTransformation.Block, codes: [[Int32]]) {
    let codes = try rows.codes(block)
    return (problem.within(block.X.high, block.response, weights: block.weights, codes: codes), codes)
  }
}
