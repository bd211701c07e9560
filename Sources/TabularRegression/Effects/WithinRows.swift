internal import LinearAlgebra
internal import LinearRegression

/// What takes the effects out of rows, once they are known: on the rank that has found them, and on others.
struct WithinRows: Sendable {
  let design: Design
  let levels: EffectLevels
  let transformation: WithinTransformation
  /// Nil on the other ranks.
  let problem: FixedEffectsProblem?
  /// Whether the digits are used that are known of columns beyond Doubles, as they are of rows in memory.
  let isExtended: Bool

  init(_ design: Design, _ levels: EffectLevels, _ problem: FixedEffectsProblem, isExtended: Bool) {
    (self.design, self.levels, self.problem, self.isExtended) = (design, levels, problem, isExtended)
    transformation = problem.within
  }

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
    let codes = try levels.codes(block)
    let left = transformation(
      block.X.high, block.response, low: (block.X.low, block.lowY), weights: block.weights, codes: codes)
    return (left, codes)
  }

  /// The factor of rows less their effects.
  func factor(_ rows: DesignRows) throws(TabularError) -> LeastSquares.Factor {
    let codes = try levels.codes(rows)
    do throws(DataError) {
      return try transformation.factor(
        rows.X.high, rows.response, low: (rows.X.low, rows.lowY), weights: rows.weights, codes: codes)
    } catch {
      throw rows.tabular(error)
    }
  }

  /// What rank 0 has found, on all ranks; nil where it has found nothing.
  static func broadcast(
    on communicator: any Communicator, _ find: () throws(TabularError) -> WithinRows?
  ) throws(TabularError) -> WithinRows? {
    if communicator.size == 1 { return try find() }
    var found: WithinRows?
    func bytes() throws(TabularError) -> [UInt8] {
      found = try find()
      return found.map { Envelope.ofRanks.bytes(of: $0) } ?? []
    }
    let message = try communicator.broadcast(try bytes())
    if message.isEmpty || communicator.rank == 0 { return found }
    return try Envelope.ofRanks.open(RandomAccessFile(message, name: "MPI")) as WithinRows
  }
}

extension WithinRows: Codable {
  private enum Key: String, CodingKey { case design, levels, transformation }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(design, forKey: .design)
    try container.encode(levels, forKey: .levels)
    try container.encode(transformation, forKey: .transformation)
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    design = try container.decode(Design.self, forKey: .design)
    levels = try container.decode(EffectLevels.self, forKey: .levels)
    transformation = try container.decode(WithinTransformation.self, forKey: .transformation)
    (problem, isExtended) = (nil, false)
    try container.check(
      design.fault == nil && transformation.levels == levels.words.map(\.count)
        && transformation.features == design.columns.count
        && transformation.targets == design.targets.count, .transformation, "effects of another design")
  }
}
