/// The weight W of each level of a category and the mean m of its rows, as they come.
struct LevelMeans: Equatable, Sendable {
  /// Elements of a row.
  let width: Int

  /// Σ w of each level.
  private(set) var weights: [Double]

  /// Σ w z / Σ w of each level, levels × width, row-major; zeros where there are no rows.
  private(set) var elements: [Double]

  /// Levels without rows.
  init(levels: Int, width: Int) {
    self.init(width: width, weights: zeros(levels), elements: zeros(levels * width))
  }

  init(width: Int, weights: [Double], elements: [Double]) {
    precondition(elements.count == weights.count * width)
    (self.width, self.weights, self.elements) = (width, weights, elements)
    occupied = weights.count { $0 > 0 }
  }

  /// Number of levels.
  var count: Int { weights.count }

  /// Number of levels that have rows.
  private(set) var occupied: Int

  subscript(level: Int, column: Int) -> Double { elements[level * width + column] }

  /// Makes room for more levels.
  mutating func grow(to count: Int) {
    let more = count - self.count
    if more <= 0 { return }
    weights.append(contentsOf: repeatElement(0, count: more))
    elements.append(contentsOf: repeatElement(0, count: more * width))
  }

  /// Takes rows z of weight w, and writes what each adds to the cross-products about the means of the levels: a row
  /// d = √(w W / (W + w)) (z − m), with which Σ w (z − m)(z − m)ᵀ grows by d dᵀ. Then m ← m + w / (W + w) (z − m) and
  /// W ← W + w (Welford 1962, doi:10.1080/00401706.1962.10490022).
  ///
  /// A level's mean is such a row too, of the weight of all its rows: so levels are merged (Chan, Golub and LeVeque
  /// 1983, doi:10.1080/00031305.1983.10483115).
  /// - Parameters:
  ///   - rows: count × width, row-major.
  ///   - levels: the level of each.
  ///   - weightsOfRows: the weight of each; nil for 1. A row of weight 0 is absent.
  ///   - target: room for as many rows.
  /// - Returns: the number of rows written: the first of a level adds none.
  /// - Complexity: 5 count width flops.
  mutating func take(
    _ rows: UnsafePointer<Double>, count: Int, levels: UnsafePointer<Int32>,
    weights weightsOfRows: UnsafePointer<Double>?, into target: UnsafeMutablePointer<Double>
  ) -> Int {
    let width = width
    var written = 0, first = 0
    weights.withUnsafeMutableBufferPointer { sums in
      elements.withUnsafeMutableBufferPointer { elements in
        for i in 0..<count {
          let weight = weightsOfRows?[i] ?? 1
          if weight == 0 { continue }
          let level = Int(levels[i]), earlier = sums[level], sum = earlier + weight
          let z = rows + i * width, mean = elements.baseAddress! + level * width
          sums[level] = sum
          if earlier == 0 {
            first += 1
            mean.update(from: z, count: width)
            continue
          }
          let share = weight / sum, root = weight.squareRoot() * (earlier / sum).squareRoot()
          let row = target + written * width
          for j in 0..<width {
            let difference = z[j] - mean[j]
            row[j] = root * difference
            mean[j] += share * difference
          }
          written += 1
        }
      }
    }
    occupied += first
    return written
  }

  /// Adds a number to each column.
  mutating func shift(by amounts: [Double]) {
    for level in 0..<count where weights[level] != 0 {
      for j in 0..<width { elements[level * width + j] += amounts[j] }
    }
  }

  /// Σ W f(m) of a column, over the levels that have rows.
  func sum(_ column: Int, _ value: (Double) -> Double) -> Double {
    weights.indices.reduce(0) { weights[$1] == 0 ? $0 : $0 + weights[$1] * value(self[$1, column]) }
  }

  /// Σ W m s and Σ W (m s)² of all columns, s being a scale for each.
  func sums(_ scales: [Double]) -> (values: [Double], squares: [Double]) {
    var values: [Double] = zeros(width), squares: [Double] = zeros(width)
    elements.withUnsafeBufferPointer { elements in
      for level in 0..<count where weights[level] != 0 {
        let weight = weights[level], row = elements.baseAddress! + level * width
        for j in 0..<width {
          let value = row[j] * scales[j]
          values[j] += weight * value
          squares[j] += weight * value * value
        }
      }
    }
    return (values, squares)
  }

  /// Some of the columns, in a new order.
  func selecting(_ columns: [Int]) -> LevelMeans {
    LevelMeans(
      width: columns.count, weights: weights,
      elements: (0..<count).flatMap { level in columns.map { self[level, $0] } })
  }
}
