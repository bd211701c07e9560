internal import LinearAlgebra
internal import LinearRegression

/// The rows of a training run under a design: their features in memory, or, where they are many, in a temporary file.
struct TrainingRows: DesignedRows {
  let source: String
  let design: Design
  let X: Features
  let y: Matrix<Double>
  let weights: [Double]?
  /// Rows that were left out.
  let droppedRows: Int

  enum Features {
    case memory(Matrix<Double>)
    case file(MappedMatrix<Double>)
  }
}

extension TrainingRows {
  /// The rows of a table, in memory.
  init(_ design: Design, _ table: Table, for use: Design.Use = .fit) throws(TabularError) {
    let rows = try design.rows(of: table, for: use)
    self.init(
      source: table.source, design: design, X: .memory(rows.X.high), y: rows.y, weights: rows.weights,
      droppedRows: table.rowCount - rows.y.rowCount)
  }

  /// Reads the rows of a formula, which need not fit in memory.
  ///
  /// Many rows are read twice, those of a pipe from a copy, where the design depends on them: by levels or means.
  /// - Parameter bytesInMemory: features of so many bytes stay in memory.
  /// - Throws: ``TabularError``: a column that is not there or does not hold what it has to; a missing field that the policy does
  ///   not allow; no feature, or too many; no place for a temporary file.
  init(
    _ formula: Formula, reading rows: some TableSource, weights: String?, missing: MissingPolicy,
    bytesInMemory: Int
  ) throws(TabularError) {
    let start = try DesignSurvey(
      formula, columns: rows.columnNames, weights: weights, missing: missing, source: rows.source)
    var first = start
    try first.add(rows.firstBlock())
    // Where it depends on nothing that other rows have, the first ones tell the design.
    let early = first.needsAllRows ? nil : try? first.design()
    if early == nil { try rows.prepareToRepeat() }
    let columns = Set(start.columns), width = max(columns.count, early?.columns.count ?? 0)
    var survey = start, few: JoinedRows? = JoinedRows(), file: TrainingFile?
    try rows.forEachBlock(columns: columns) { (table) throws(TabularError) in
      var survey = start
      try survey.add(table)
      // A missing field is told of once all have been counted.
      return (survey: survey, table: table, rows: survey.hasMissingFault ? nil : try early?.rows(of: table))
    } take: { (block) throws(TabularError) in
      try survey.merge(block.survey)
      if let rows = block.rows { try file?.append(rows) }
      few?.append(block.table)
      guard survey.rowCount * width * 8 > bytesInMemory, let begun = few else { return }
      few = nil
      if let early, !survey.hasMissingFault {
        file = try TrainingFile(early, source: rows.source)
        try file?.append(early.rows(of: Table(rows.source, begun)))
      }
    }
    if let few {
      let table = Table(rows.source, few)
      let design = try Design(formula, table, weights: weights, missing: missing)
      // Levels may have many columns.
      if early != nil || table.rowCount * design.columns.count * 8 <= bytesInMemory {
        try self.init(design, table)
        return
      }
    }
    let design = try survey.design()
    if let file {
      try self.init(design, file, of: survey.rowCount)
    } else {
      try self.init(design, reading: rows, columns: columns)
    }
  }

  /// Reads rows under a design that is there already, into a temporary file.
  init(
    _ design: Design, reading rows: some TableSource, columns: Set<String>? = nil, for use: Design.Use = .fit
  ) throws(TabularError) {
    var file = try TrainingFile(design, source: rows.source), count = 0
    try rows.forEachBlock(columns: columns) { (table) throws(TabularError) in
      (rows: try design.rows(of: table, for: use), count: table.rowCount)
    } take: { (block) throws(TabularError) in
      try file.append(block.rows)
      count += block.count
    }
    try self.init(design, file, of: count)
  }

  private init(_ design: Design, _ file: TrainingFile, of rowCount: Int) throws(TabularError) {
    self.init(
      source: file.source, design: design, X: .file(try file.features.mapped()), y: Matrix(column: file.y),
      weights: file.weights, droppedRows: rowCount - file.y.count)
  }
}

/// Rows as they come: features in a temporary file, the rest in memory.
private struct TrainingFile {
  let source: String
  let features: TemporaryMatrix
  private(set) var y: [Double] = []
  private(set) var weights: [Double]?

  init(_ design: Design, source: String) throws(TabularError) {
    self.source = source
    features = try TemporaryMatrix(columns: design.columns.count, source: source)
  }

  mutating func append(_ rows: DesignRows) throws(TabularError) {
    try features.append(rows.X.high)
    y += rows.y.elements
    if let more = rows.weights {
      if weights == nil { weights = [] }
      weights? += more
    }
  }
}
