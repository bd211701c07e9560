internal import LinearAlgebra

/// Rows as steps take them: one after the other, in the type of the steps.
struct Batch<Scalar: BLASScalar> {
  var rows: Int

  /// The rows of X and of y.
  var X: UnsafePointer<Scalar>?
  var y: UnsafePointer<Scalar>?

  /// One weight per row, divided by their mean; nil for 1.
  var weights: UnsafePointer<Scalar>?

  /// Leaves the first rows behind; ``rows`` stays the number of all.
  @inline(__always)
  mutating func advance(by count: Int, features: Int, targets: Int) {
    X = X.map { $0 + count * features }
    y = y.map { $0 + count * targets }
    weights = weights.map { $0 + count }
  }
}

/// Memory for rows that are copied together.
final class RowBuffer<Scalar: BLASScalar> {
  let X: Scratch<Scalar>
  let y: Scratch<Scalar>
  let weights: Scratch<Scalar>
  let capacity: Int

  init(rows: Int, features: Int, targets: Int, isWeighted: Bool) {
    capacity = rows
    X = Scratch(rows * features, repeating: 0)
    y = Scratch(rows * targets, repeating: 0)
    weights = Scratch(isWeighted ? rows : 0, repeating: 0)
  }

  /// The first rows.
  func batch(_ count: Int) -> Batch<Scalar> {
    precondition(count <= capacity)
    return Batch(
      rows: count, X: UnsafePointer(X.pointer), y: UnsafePointer(y.pointer),
      weights: UnsafePointer(weights.pointer))
  }
}

/// Some rows of the data: row firstRow + offsets[i] for each i of `places`, or firstRow + i without offsets.
struct RowSelection {
  var firstRow: Int
  var offsets: UnsafePointer<Int32>?
  var places: Range<Int>
}

/// Turns rows as they are stored into rows to learn from.
protocol BatchSource: SendableMetatype {
  associatedtype Input: BLASScalar
  associatedtype Scalar: BLASScalar

  /// Whether steps can take consecutive rows where they lie.
  static var readsInPlace: Bool { get }

  /// Consecutive rows where they lie.
  /// - Precondition: ``readsInPlace``.
  func batch(_ rows: Rows<Input>, _ range: Range<Int>) -> Batch<Scalar>

  /// Copies some rows into a buffer, from row `start` of it on.
  func copy(
    _ selection: RowSelection, of rows: Rows<Input>, into buffer: RowBuffer<Scalar>, at start: Int)
}

/// Rows in the units that they are stored in: consecutive ones where they lie, others gathered.
struct StoredBatches<Scalar: BLASScalar>: BatchSource {
  /// The weights of all rows over their mean; empty for 1.
  private let weights: Scratch<Scalar>

  init(_ rows: Rows<Scalar>, meanWeight: Double) {
    weights = Scratch(rows.weights == nil ? 0 : rows.rowCount, repeating: 0)
    let scale = Scalar(1 / meanWeight)
    if let source = rows.weights { for i in weights.buffer.indices { weights.buffer[i] = source[i] * scale } }
  }

  static var readsInPlace: Bool { true }

  func batch(_ rows: Rows<Scalar>, _ range: Range<Int>) -> Batch<Scalar> {
    let block = rows.block(range)
    return Batch(
      rows: range.count, X: block.X, y: block.y,
      weights: weights.pointer.map { UnsafePointer($0) + range.lowerBound })
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func copy(
    _ selection: RowSelection, of rows: Rows<Scalar>, into buffer: RowBuffer<Scalar>, at start: Int
  ) {
    let count = selection.places.count
    precondition(start >= 0 && start + count <= buffer.capacity)
    let first = selection.firstRow + (selection.offsets == nil ? selection.places.lowerBound : 0)
    func copy(_ source: UnsafePointer<Scalar>?, _ columns: Int, _ target: Scratch<Scalar>) {
      guard let source, let target = target.pointer else { return }
      if let offsets = selection.offsets {
        RowKernel.gather(
          source + first * columns, columns: columns, at: offsets + selection.places.lowerBound,
          count: count, into: target + start * columns)
      } else {
        (target + start * columns).update(from: source + first * columns, count: count * columns)
      }
    }
    copy(rows.X, rows.featureCount, buffer.X)
    copy(rows.y, rows.targetCount, buffer.y)
    copy(weights.pointer.map { UnsafePointer($0) }, 1, buffer.weights)
  }
}

/// Rows in standardised units and in Double, copied as they come.
struct StandardizedBatches<Input: BLASScalar>: BatchSource {
  private let units: ColumnUnits
  private let weightScale: Double

  init(_ units: ColumnUnits, meanWeight: Double) {
    self.units = units
    weightScale = 1 / meanWeight
  }

  static var readsInPlace: Bool { false }

  func batch(_ rows: Rows<Input>, _ range: Range<Int>) -> Batch<Double> {
    preconditionFailure("standardised rows are copies")
  }

  @specialized(where Input == Float)
  @specialized(where Input == Double)
  func copy(
    _ selection: RowSelection, of rows: Rows<Input>, into buffer: RowBuffer<Double>, at start: Int
  ) {
    let (p, k, count) = (rows.featureCount, rows.targetCount, selection.places.count)
    precondition(start >= 0 && start + count <= buffer.capacity)
    let order = selection.offsets.map { $0 + selection.places.lowerBound }
    let first = selection.firstRow + (order == nil ? selection.places.lowerBound : 0)
    RowKernel.standardize(
      rows.X.map { $0 + first * p }, at: order, rows: count, units, columns: p, factors: nil,
      into: buffer.X.pointer.map { $0 + start * p }, rowStride: p, columnStride: 1)
    RowKernel.standardize(
      rows.y.map { $0 + first * k }, at: order, rows: count, units, from: p, columns: k, factors: nil,
      into: buffer.y.pointer.map { $0 + start * k }, rowStride: k, columnStride: 1)
    if let source = rows.weights, let target = buffer.weights.pointer {
      for i in 0..<count {
        target[start + i] = Double(source[first + (order.map { Int($0[i]) } ?? i)]) * weightScale
      }
    }
  }
}
