internal import LinearAlgebra
internal import LinearRegression

/// Rows less their fixed effects, once these are known.
struct WithinRows: Sendable {
  let design: Design
  let rows: FixedEffectsRows
  let problem: FixedEffectsProblem
  /// Whether the digits are used that are known of columns beyond Doubles.
  let isExtended: Bool

  /// The rows of a block.
  func rows(of block: Table) throws(TabularError) -> DesignRows {
    try design.rows(of: block, isExtended: isExtended)
  }

  /// The rows that take part in the fit less their effects, and for each category the level of each row of the block.
  ///
  /// - Throws: ``TabularError/unusable(file:message:)`` for a level that the first pass did not see.
  func block(
    _ block: DesignRows
  ) throws(TabularError) -> (left: WithinTransformation.Block, codes: [[Int32]]) {
    let codes = try rows.codes(block)
    let left = problem.within(
      block.X.high, block.response, low: (block.X.low, block.lowY), weights: block.weights, codes: codes)
    return (left, codes)
  }
}
