internal import LinearAlgebra
internal import LinearRegression

/// The rows of a training run under a design: features in memory, or, where they are many, in a temporary file.
struct TrainingRows: DesignedRows {
  let source: String
  private(set) var design: Design
  /// Rows that were left out.
  private(set) var droppedRows = 0
  private(set) var weights: [Double]?
  private var targets: [Double] = []
  private let features: TemporaryMatrix

  /// No rows.
  ///
  /// - Parameter bytesInMemory: features of so many bytes stay in memory.
  init(_ design: Design, source: String, bytesInMemory: Int = .max) {
    (self.design, self.source) = (design, source)
    features = TemporaryMatrix(columns: design.columns.count, source: source, bytesInMemory: bytesInMemory)
  }

  /// The rows of a table, in memory.
  init(_ design: Design, _ table: Table, for use: Design.Use = .fit) throws(TabularError) {
    self.init(design, source: table.source)
    try take(TrainingBlock(design.rows(of: table, for: use)), of: source)
  }

  /// The features.
  ///
  /// - Throws: ``TabularError`` where a temporary file cannot be read.
  func X() throws(TabularError) -> TemporaryMatrix.Contents { try features.contents() }

  var isInFile: Bool { features.isInFile }

  var y: Matrix<Double> { Matrix(column: targets) }
}

extension TrainingRows: RowReduction {
  static var countsLevels: Bool { false }
  static var keepsTriangles: Bool { false }

  static func part(_ rows: DesignRows) -> TrainingBlock { TrainingBlock(rows) }

  mutating func take(_ block: TrainingBlock, of _: String) throws(TabularError) {
    try features.append(
      Matrix(rows: block.targets.count, columns: design.columns.count, elements: block.features))
    targets += block.targets
    if let more = block.weights {
      if weights == nil { weights = more } else { weights! += more }
    }
    droppedRows += block.droppedRows
  }

  mutating func complete(_ design: Design) { self.design = design }
}

/// A block of the rows of a training run.
struct TrainingBlock: Sendable, Codable {
  /// Row after row.
  let features: [Double]
  let targets: [Double]
  let weights: [Double]?
  /// Rows that were left out.
  let droppedRows: Int

  init(_ rows: DesignRows) {
    (features, targets) = (rows.X.high.elements, rows.response.elements)
    (weights, droppedRows) = (rows.weights, rows.droppedRows)
  }

  private enum Key: String, CodingKey { case features, targets, weights, droppedRows }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(StoredArray(features), forKey: .features)
    try container.encode(StoredArray(targets), forKey: .targets)
    if let weights { try container.encode(StoredArray(weights), forKey: .weights) }
    try container.encode(droppedRows, forKey: .droppedRows)
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    targets = try container.numbers(.targets)
    features = try container.numbers(.features)
    weights = container.contains(.weights) ? try container.numbers(.weights, targets.count) : nil
    droppedRows = try container.decode(Int.self, forKey: .droppedRows)
    try container.check(
      features.isEmpty || features.count.isMultiple(of: max(1, targets.count)), .features,
      "another number of rows")
  }
}

extension TrainingRows {
  /// The rows of a formula, of which each rank reads its part: on rank 0; nil on the others. They are read twice, for
  /// what the design has to know of all, and for their columns, which are sent to rank 0.
  ///
  /// - Parameter rows: the rows of this rank.
  /// - Throws: ``TabularError``, as one process would; on ranks but the first ``TabularError/elsewhere``.
  static func of<Source: TableSource>(
    _ rows: FormulaRows<Source, TrainingRows>, on communicator: any Communicator, progress: (Int) -> Void
  ) throws(TabularError) -> TrainingRows? {
    let ranked = RankedSurvey(communicator: communicator, rows: rows), source = rows.source
    guard let survey = try ranked.survey(few: 0, progress: progress) else { throw .elsewhere }
    let design = try communicator.agree(try survey.design())
    var reduction = try rows.empty(design, nil), count = 0
    try communicator.forEachBlock(of: source, columns: design.tableColumns(for: .fit)) {
      (table) throws(TabularError) in
      TrainingBlock(try design.rows(of: table))
    } take: { (block) throws(TabularError) in
      try reduction.take(block, of: source.source)
      count += block.targets.count
      progress(count)
    }
    return communicator.rank == 0 ? reduction : nil
  }
}
