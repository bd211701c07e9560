internal import LinearAlgebra

/// What a reduction takes of a block of rows that may have been read by another rank: the numbers of a design's columns,
/// and what stands beside them.
struct BlockRows: Codable, Sendable {
  /// The features, kept rows × columns.
  let X: Matrix<Double>

  /// The targets less the offset, kept rows × k.
  let response: Matrix<Double>

  /// What these lack beyond Doubles; nil for nothing.
  let low: (X: Matrix<Double>?, y: Matrix<Double>?)

  /// The error of the values of each column of [X y] where they were rounded when they were read; empty where none
  /// were.
  let roundings: [Double]

  private let storedWeights: StoredArray<Double>?

  /// The levels of each of the columns that have effects of their own.
  let effectLevels: [DesignRows.LevelCodes]

  private let storedKept: StoredArray<Int>?

  /// Rows of the block that were left out.
  let droppedRows: Int

  /// One weight per kept row; nil for 1.
  var weights: [Double]? { storedWeights?.wrappedValue }

  /// The rows of the block that are kept; nil for all.
  var kept: [Int]? { storedKept?.wrappedValue }

  init(_ rows: DesignRows) {
    (X, response, effectLevels) = (rows.X.high, rows.response, rows.effectLevels)
    (low, roundings) = ((rows.X.low, rows.lowY), rows.roundings)
    (storedWeights, storedKept) = (rows.weights.map { StoredArray($0) }, rows.kept.map { StoredArray($0) })
    droppedRows = rows.droppedRows
  }

  private enum Key: String, CodingKey {
    case X, response, lowX, lowY, roundings, weights, effectLevels, kept, droppedRows
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(X, forKey: .X)
    try container.encode(response, forKey: .response)
    try container.encodeIfPresent(low.X, forKey: .lowX)
    try container.encodeIfPresent(low.y, forKey: .lowY)
    try container.encode(StoredArray(roundings), forKey: .roundings)
    try container.encodeIfPresent(storedWeights, forKey: .weights)
    try container.encode(effectLevels, forKey: .effectLevels)
    try container.encodeIfPresent(storedKept, forKey: .kept)
    try container.encode(droppedRows, forKey: .droppedRows)
  }

  /// Decodes rows; what does not fit together is an error.
  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    X = try container.decode(Matrix<Double>.self, forKey: .X)
    response = try container.decode(Matrix<Double>.self, forKey: .response)
    low = (
      try container.decodeIfPresent(Matrix<Double>.self, forKey: .lowX),
      try container.decodeIfPresent(Matrix<Double>.self, forKey: .lowY)
    )
    roundings = try container.numbers(.roundings)
    storedWeights = try container.decodeIfPresent(StoredArray<Double>.self, forKey: .weights)
    effectLevels = try container.decode([DesignRows.LevelCodes].self, forKey: .effectLevels)
    storedKept = try container.decodeIfPresent(StoredArray<Int>.self, forKey: .kept)
    droppedRows = try container.count(.droppedRows)
    let counts = [response.rowCount, weights?.count, kept?.count] + effectLevels.map(\.codes.count)
    try container.check(
      counts.allSatisfy { $0 ?? X.rowCount == X.rowCount }
        && low.X?.shape ?? X.shape == X.shape && low.y?.shape ?? response.shape == response.shape
        && (roundings.isEmpty || roundings.count == X.columnCount + response.columnCount), .X,
      "parts of other rows")
  }
}

extension DesignRows.LevelCodes: Codable {
  private enum Key: String, CodingKey { case codes, words }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(StoredArray(codes), forKey: .codes)
    try container.encode(words, forKey: .words)
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let words = try container.decode(WordList.self, forKey: .words)
    codes = try container.decode(StoredArray<Int32>.self, forKey: .codes).wrappedValue
    self.words = words
    try container.check(codes.allSatisfy { words.indices.contains(Int($0)) }, .codes, "codes of no word")
  }
}

extension TableColumn.Words: Codable {
  private enum Key: String, CodingKey { case codes, levels }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(StoredArray(codes), forKey: .codes)
    try container.encode(levels, forKey: .levels)
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let levels = try container.decode(WordList.self, forKey: .levels)
    self.init(
      codes: try container.decode(StoredArray<Int32>.self, forKey: .codes).wrappedValue, levels: levels)
    try container.check(
      codes.allSatisfy { $0 == -1 || levels.indices.contains(Int($0)) }, .codes, "codes of no word")
  }
}
