internal import LinearAlgebra
internal import LinearRegression

extension FormulaRows where Reduction == Share {
  /// The share of the rows of a matrix file that the formula takes as they are; nil for other rows.
  ///
  /// - Parameter progress: called with the number of rows that were read.
  /// - Throws: ``TabularError``, as ``survey(keeping:progress:)``.
  func matrixShare(progress: (Int) -> Void) throws(TabularError) -> Share? {
    guard let matrix = source.matrix,
      let early = try surveyOfNone().early(with: source.firstBlock(), leavesLevels: false)
    else { return nil }
    let blocks = matrix.division.range.count
    try checkMemory(early.design, nil, blockRows: matrix.blockRows, blocks: blocks)
    return try MatrixRows(early.design, matrix)?.share(formula.text, progress: progress)
  }
}

/// Rows of a matrix file that a formula takes as they are, so that they need not become a table: each feature is a
/// column, and so is each target. Of 10⁶ × 100 Floats the share takes half the time that it takes of tables (AVX2).
struct MatrixRows {
  private let file: NPYFile
  private let design: Design
  /// Positions in the file of the columns that are used, in its order.
  private let columns: [Int]
  /// Positions among them.
  private let features: [Int]
  private let targets: [Int]

  /// - Returns: nil where values have to be computed, weighed, or looked at one by one.
  init?(_ design: Design, _ file: NPYFile) {
    func names(_ expressions: [Expression?]) -> [String]? {
      var names: [String] = []
      for expression in expressions {
        guard case .column(let name) = expression else { return nil }
        names.append(name)
      }
      return names
    }
    guard design.weights == nil, design.offsets.isEmpty, design.missing == .refuse, design.centers.isEmpty,
      file.isStored(as: Float.self) || file.isStored(as: Double.self),
      let features = names(design.columns.indices.map(design.number)), let targets = names(design.targets)
    else { return nil }
    let used = Set(features + targets)
    let columns = file.columnNames.indices.filter { used.contains(file.columnNames[$0]) }
    let positions = Dictionary(uniqueKeysWithValues: columns.enumerated().map { (file.columnNames[$1], $0) })
    (self.file, self.design, self.columns) = (file, design, columns)
    self.features = features.compactMap { positions[$0] }
    self.targets = targets.compactMap { positions[$0] }
    if columns.count != used.count || self.features.count + self.targets.count != used.count { return nil }
  }

  /// The share of all rows; nil where they cannot be reduced as they are, because a value is not finite, say: only a
  /// look at the rows tells why.
  ///
  /// - Parameter progress: called with the number of rows that were read.
  /// - Complexity: as `LeastSquares.Factor.add`.
  func share(_ formula: String, progress: (Int) -> Void) throws(TabularError) -> Share? {
    file.isStored(as: Float.self)
      ? try share(formula, Float.self, progress) : try share(formula, Double.self, progress)
  }

  /// False where sums are beyond a Double.
  private func add(_ block: ReducedBlock, to tree: inout MergeTree<ShareRows>) -> Bool {
    do throws(DataError) {
      try tree.append(ShareRows(block.rows), before: block.rows.hash) { (rows, later) throws(DataError) in
        try rows.merge(later)
      }
      return true
    } catch {
      return false
    }
  }

  private func share<Scalar: BLASScalar>(
    _ formula: String, _: Scalar.Type, _ progress: (Int) -> Void
  ) throws(TabularError) -> Share? {
    var tree = MergeTree<ShareRows>(), ranges = ColumnRanges(count: columns.count), count = 0
    var isFit = true
    do throws(TabularError) {
      let (features, targets) = (features, targets)
      try file.forEachMatrix(columns, of: Scalar.self) { (block) throws(TabularError) in
        ReducedBlock(block, features: features, targets: targets)
      } take: { (block) throws(TabularError) in
        isFit = block.map { add($0, to: &tree) } ?? false
        // Ends the reading.
        guard isFit, let block else {
          throw .unusable(file: file.source, message: "the rows cannot be reduced as they are")
        }
        ranges.merge(block.ranges)
        count += block.rows.observations
        progress(count)
      }
    } catch {
      if !isFit { return nil }
      throw error
    }
    var ranged = design
    for index in ranged.sources.indices {
      guard count > 0, let column = file.columnNames.firstIndex(of: ranged.sources[index].name),
        let position = columns.firstIndex(of: column)
      else { continue }
      // −0 is 0, so that it does not matter which part is merged into which.
      ranged.sources[index].range = [ranges.least[position] + 0, ranges.greatest[position] + 0]
    }
    return Share(formula: formula, design: ranged, absorption: nil, parts: tree)
  }
}

/// What a block of rows is reduced to.
private struct ReducedBlock: Sendable {
  var rows: LeastSquares.Factor
  var ranges: ColumnRanges

  /// - Parameters:
  ///   - features: which columns of the block are features, in order.
  ///   - targets: which are targets.
  /// - Returns: nil where a value is not finite, or squares are beyond Double.
  init?<Scalar: BLASScalar>(_ block: Matrix<Scalar>, features: [Int], targets: [Int]) {
    rows = LeastSquares.Factor(features: block.columnCount, targets: 0)
    ranges = ColumnRanges(block)
    do throws(DataError) {
      try rows.add(block, Matrix.zeros(block.rowCount, 0), levels: nil, isLeaf: true)
    } catch {
      return nil
    }
    rows = rows.selecting(features: features, targets: targets, epsilon: Double.ulpOfOne)
  }
}

/// The least and the greatest number of each column.
private struct ColumnRanges: Sendable {
  private(set) var least: [Double]
  private(set) var greatest: [Double]

  init(count: Int) {
    least = Array(repeating: .infinity, count: count)
    greatest = Array(repeating: -.infinity, count: count)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  init<Scalar: BLASScalar>(_ block: Matrix<Scalar>) {
    let count = block.columnCount
    var least = [Scalar](repeating: .infinity, count: count),
      greatest = [Scalar](repeating: -.infinity, count: count)
    block.withUnsafeElements { elements in
      least.withUnsafeMutableBufferPointer { least in
        greatest.withUnsafeMutableBufferPointer { greatest in
          // Column beside column: as many at a time as a vector holds; four rows for each reading of what was found
          // above them.
          let whole = block.rowCount / 4 * 4
          for row in stride(from: 0, to: whole, by: 4) {
            let (a, b, c, d) = (row * count, (row + 1) * count, (row + 2) * count, (row + 3) * count)
            for j in 0..<count {
              let (first, second) = (elements[a + j], elements[b + j])
              let (third, fourth) = (elements[c + j], elements[d + j])
              let (low, high) = first < second ? (first, second) : (second, first)
              let (lower, higher) = third < fourth ? (third, fourth) : (fourth, third)
              let (lowest, highest) = (low < lower ? low : lower, high > higher ? high : higher)
              least[j] = lowest < least[j] ? lowest : least[j]
              greatest[j] = highest > greatest[j] ? highest : greatest[j]
            }
          }
          for row in whole..<block.rowCount {
            for j in 0..<count {
              let value = elements[row * count + j]
              least[j] = value < least[j] ? value : least[j]
              greatest[j] = value > greatest[j] ? value : greatest[j]
            }
          }
        }
      }
    }
    self.least = least.map { Double($0) }
    self.greatest = greatest.map { Double($0) }
  }

  mutating func merge(_ later: ColumnRanges) {
    for j in least.indices {
      least[j] = min(least[j], later.least[j])
      greatest[j] = max(greatest[j], later.greatest[j])
    }
  }
}
