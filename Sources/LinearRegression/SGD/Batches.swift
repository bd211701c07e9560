internal import LinearAlgebra

/// A batch of rows as the kernels take it.
struct Batch<Scalar: BLASScalar> {
  var rows: Int

  /// The rows of X, one after the other, or where ``order`` says.
  var X: UnsafePointer<Scalar>?

  /// Offsets of the rows from X; nil where they follow each other.
  var order: UnsafePointer<Int32>?

  /// As many consecutive rows that will be wanted soon; nil where that is not known.
  var ahead: UnsafePointer<Scalar>?

  /// The rows of y.
  var y: UnsafePointer<Scalar>?

  /// One weight per row, divided by their mean; nil for 1.
  var weights: UnsafePointer<Scalar>?
}

/// Turns rows as they are stored into batches to learn from.
protocol BatchSource: SendableMetatype {
  associatedtype Input: BLASScalar
  associatedtype Scalar: BLASScalar

  /// The batch of `count` rows from place `start` on: of the rows at those places, or at the positions listed there.
  ///
  /// The batch lives until the next is asked for, and as long as the source.
  /// - Parameter next: the rows that come after these, which may be fetched meanwhile; nil where they are not near each
  ///   other.
  func batch(
    _ rows: Observations<Input>, _ positions: UnsafePointer<Int32>?, start: Int, count: Int,
    next: Observations<Input>?
  ) -> Batch<Scalar>
}

/// Memory that is allocated once and freed with its owner.
final class Scratch<Element: BitwiseCopyable> {
  let buffer: UnsafeMutableBufferPointer<Element>

  init(_ count: Int, repeating value: Element) {
    buffer = .allocate(capacity: count)
    buffer.initialize(repeating: value)
  }

  deinit { buffer.deallocate() }

  /// The first element; nil where there is none.
  var pointer: UnsafeMutablePointer<Element>? { buffer.isEmpty ? nil : buffer.baseAddress }
}

/// Rows in the units that they are stored in, read where they lie; copied only where the kernels do not take positions.
struct StoredBatches<Scalar: BLASScalar>: BatchSource {
  private let X: Scratch<Scalar>
  private let y: Scratch<Scalar>
  private let weights: Scratch<Scalar>
  private let weightScale: Scalar
  private let takesPositions: Bool
  private let targets: Range<Int>

  /// - Parameters:
  ///   - targets: those that batches have.
  ///   - gathers: whether rows will come at positions.
  init(
    _ rows: Observations<Scalar>, targets: Range<Int>, batchSize: Int, gathers: Bool, meanWeight: Double
  ) {
    self.targets = targets
    takesPositions = BatchShape(rows: batchSize, features: rows.featureCount, targets: targets.count)
      .takesPositions(Scalar.self)
    X = Scratch(takesPositions || !gathers ? 0 : batchSize * rows.featureCount, repeating: 0)
    y = Scratch(gathers || targets.count < rows.targetCount ? batchSize * targets.count : 0, repeating: 0)
    weights = Scratch(rows.weights == nil ? 0 : batchSize, repeating: 0)
    weightScale = Scalar(1 / meanWeight)
  }

  @inline(__always)
  func batch(
    _ rows: Observations<Scalar>, _ positions: UnsafePointer<Int32>?, start: Int, count: Int,
    next: Observations<Scalar>?
  ) -> Batch<Scalar> {
    let (p, k) = (rows.featureCount, rows.targetCount)
    var batch = Batch(rows: count, X: rows.X, order: nil, ahead: nil, y: rows.y, weights: nil)
    if let positions {
      let picked = UnsafeBufferPointer(start: positions + start, count: count)
      if takesPositions {
        batch.order = picked.baseAddress
        if let next, start + count <= next.rowCount { batch.ahead = next.X.map { $0 + start * p } }
      } else {
        gather(
          picked, from: UnsafeBufferPointer(start: rows.X, count: rows.rowCount * p), columns: p,
          into: X.buffer)
        batch.X = UnsafePointer(X.pointer)
      }
      if targets.count == k {
        gather(
          picked, from: UnsafeBufferPointer(start: rows.y, count: rows.rowCount * k), columns: k,
          into: y.buffer)
        batch.y = UnsafePointer(y.pointer)
      }
    } else {
      batch.X = rows.X.map { $0 + start * p }
      batch.y = rows.y.map { $0 + start * k }
    }
    if targets.count < k { batch.y = copyTargets(rows, positions, start: start, count: count) }
    precondition(rows.weights == nil || weights.buffer.count >= count)
    if let source = rows.weights, let target = weights.pointer {
      for i in 0..<count {
        target[i] = source[positions.map { Int($0[start + i]) } ?? start + i] * weightScale
      }
      batch.weights = UnsafePointer(target)
    }
    return batch
  }

  /// The targets of a batch, where they are some of all.
  private func copyTargets(
    _ rows: Observations<Scalar>, _ positions: UnsafePointer<Int32>?, start: Int, count: Int
  ) -> UnsafePointer<Scalar>? {
    guard let source = rows.y, let target = y.pointer else { return nil }
    precondition(y.buffer.count >= count * targets.count && targets.upperBound <= rows.targetCount)
    for i in 0..<count {
      let row = positions.map { Int($0[start + i]) } ?? start + i
      (target + i * targets.count).update(
        from: source + row * rows.targetCount + targets.lowerBound, count: targets.count)
    }
    return UnsafePointer(target)
  }
}

/// Rows in standardised units and in Double, copied as they come.
struct StandardizedBatches<Input: BLASScalar>: BatchSource {
  private let units: ColumnUnits
  private let X: Scratch<Double>
  private let y: Scratch<Double>
  private let weights: Scratch<Double>
  private let weightScale: Double
  private let targets: Range<Int>

  /// - Parameter targets: those that batches have; nil for all.
  init(
    _ rows: Observations<Input>, targets: Range<Int>? = nil, _ units: ColumnUnits, batchSize: Int,
    meanWeight: Double
  ) {
    self.units = units
    self.targets = targets ?? 0..<rows.targetCount
    X = Scratch(batchSize * rows.featureCount, repeating: 0)
    y = Scratch(batchSize * self.targets.count, repeating: 0)
    weights = Scratch(rows.weights == nil ? 0 : batchSize, repeating: 0)
    weightScale = 1 / meanWeight
  }

  @specialized(where Input == Float)
  @specialized(where Input == Double)
  func batch(
    _ rows: Observations<Input>, _ positions: UnsafePointer<Int32>?, start: Int, count: Int,
    next: Observations<Input>?
  ) -> Batch<Double> {
    let (p, k) = (rows.featureCount, rows.targetCount)
    precondition(
      X.buffer.count >= count * p && y.buffer.count >= count * targets.count && targets.upperBound <= k
        && (rows.weights == nil || weights.buffer.count >= count))
    let order = positions.map { $0 + start }, first = positions == nil ? start : 0
    RowKernel.standardize(
      rows.X.map { $0 + first * p }, at: order, rows: count, units, columns: p, factors: nil, into: X.pointer,
      rowStride: p, columnStride: 1)
    RowKernel.standardize(
      rows.y.map { $0 + first * k + targets.lowerBound }, at: order, rows: count, units,
      from: p + targets.lowerBound, columns: targets.count, sourceStride: k, factors: nil, into: y.pointer,
      rowStride: targets.count, columnStride: 1)
    if let source = rows.weights, let target = weights.pointer {
      for i in 0..<count { target[i] = Double(source[order.map { Int($0[i]) } ?? start + i]) * weightScale }
    }
    return Batch(
      rows: count, X: UnsafePointer(X.pointer), order: nil, ahead: nil, y: UnsafePointer(y.pointer),
      weights: UnsafePointer(weights.pointer))
  }
}
