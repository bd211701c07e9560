public import LinearAlgebra

/// One batch of observations.
public struct Minibatch<Scalar: BLASScalar>: Sendable {
  /// Features, batch × p.
  public let X: RowBlock<Scalar>

  /// Targets, batch × k.
  public let y: Matrix<Scalar>

  /// Number of rows: the batch size, or less in the last batch of an epoch. This is what `sgd` divides by.
  public var count: Int { y.rowCount }
}

/// The batches of one epoch: every row once.
///
/// ```swift
/// for batch in Minibatches(X, y, size: 10, order: .shuffled, using: &generator) {
///   backward(batch.X, linreg(batch.X, w, b), batch.y, into: w, b)
///   sgd([w, b], learningRate: 0.03, batchSize: batch.count)
/// }
/// ```
/// The features of batches in order share the matrix's storage; those of shuffled ones are copied together.
public struct Minibatches<Scalar: BLASScalar>: Sequence, Sendable {
  private let X: Matrix<Scalar>
  private let y: Matrix<Scalar>
  private let size: Int
  private let order: EpochOrder

  /// Divides the rows into batches.
  ///
  /// - Parameters:
  ///   - X: features, n × p.
  ///   - y: targets, n × k.
  ///   - size: rows per batch. Where it does not divide n one batch is shorter: the last one, or under
  ///     ``RowOrder/shuffledBlocks`` the last one of the block at the end of the data, which may come at any time.
  ///   - order: the order of the rows.
  ///   - generator: where a shuffle takes its randomness from; not used in order.
  /// - Precondition: X and y have the same number of rows; `size` is positive.
  /// - Complexity: O(n) for a full shuffle, O(number of blocks) for one of blocks, O(1) in order.
  public init(
    _ X: Matrix<Scalar>, _ y: Matrix<Scalar>, size: Int, order: RowOrder,
    using generator: inout SeededGenerator
  ) {
    require(X.rowCount == y.rowCount, "minibatches: X is \(X.shape) but y is \(y.shape)")
    require(size > 0, "minibatches of \(size) rows: a batch has at least one row")
    self.X = X
    self.y = y
    self.size = size
    let rowBytes = X.columnCount * MemoryLayout<Scalar>.stride
    self.order = EpochOrder(
      order, rowCount: X.rowCount, blockRows: shuffledBlockRows(rowBytes: rowBytes, batchSize: size),
      using: &generator)
  }

  /// The batches, one after the other.
  public func makeIterator() -> Iterator { Iterator(self) }

  /// Hands out one batch after the other.
  public struct Iterator: IteratorProtocol {
    private let batches: Minibatches
    private var position = 0

    init(_ batches: Minibatches) { self.batches = batches }

    /// The next batch; nil at the end of the epoch.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public mutating func next() -> Minibatch<Scalar>? {
      let (X, y, order) = (batches.X, batches.y, batches.order)
      guard position < X.rowCount else { return nil }
      let span = order.span(at: position), start = position
      let end = Swift.min(start + batches.size, span.positions.upperBound)
      position = end
      if order.isInOrder { return Minibatch(X: X[rows: start..<end], y: Matrix(y[rows: start..<end])) }
      let first = span.positions.lowerBound
      let picked: [Int32] = order.withRows(of: span) { rows in
        (start - first..<end - first).map { Int32(span.firstRow) + rows.unsafelyUnwrapped[$0] }
      }
      return Minibatch(X: X.gathered(picked)[rows: 0..<picked.count], y: y.gathered(picked))
    }
  }
}

extension Matrix {
  /// The rows at the given positions, copied in that order.
  /// - Precondition: each is in 0 ..< rowCount.
  package func gathered(_ rows: [Int32]) -> Matrix {
    if let row = rows.first(where: { $0 < 0 || $0 >= rowCount }) {
      fatalError("gathered: there is no row \(row) in a \(shape) matrix")
    }
    var result = Matrix.zeros(rows.count, columnCount)
    withUnsafeElements { source in
      result.withUnsafeMutableElements { target in
        rows.withUnsafeBufferPointer { rows in
          guard let order = rows.baseAddress else { return }
          RowKernel.gather(
            source.baseAddress, columns: columnCount, at: order, count: rows.count,
            into: target.baseAddress)
        }
      }
    }
    return result
  }
}
