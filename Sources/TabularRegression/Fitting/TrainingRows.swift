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
    try take(design.rows(of: table, for: use), of: source)
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

  static func part(_ rows: DesignRows) -> DesignRows { rows }

  mutating func take(_ rows: DesignRows, of _: String) throws(TabularError) {
    try features.append(rows.X.high)
    targets += rows.response.elements
    if let more = rows.weights {
      if weights == nil { weights = more } else { weights! += more }
    }
    droppedRows += rows.droppedRows
  }

  mutating func complete(_ design: Design) { self.design = design }
}
