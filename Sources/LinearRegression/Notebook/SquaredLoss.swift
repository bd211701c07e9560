public import LinearAlgebra

/// (ŷ − y)² / 2, element by element; not summed and not averaged.
///
/// - Parameters:
///   - predictions: ŷ, n × k.
///   - targets: y, n × k.
/// - Returns: the losses, n × k; `.sum()` adds them up.
/// - Precondition: both have the same shape. Nothing is broadcast: subtracting 3 × 1 from 3 elements is 3 × 1 here.
/// - Complexity: 3 n k flops, one allocation.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func squaredLoss<Scalar>(_ predictions: Matrix<Scalar>, _ targets: Matrix<Scalar>) -> Matrix<Scalar> {
  require(
    predictions.shape == targets.shape,
    "squaredLoss: predictions are \(predictions.shape) but targets are \(targets.shape)")
  return Matrix.combine(predictions, targets, "squaredLoss") { ($0 - $1) * ($0 - $1) / 2 }
}

/// (ŷ − y)² / 2, element by element, for targets given flat beside predictions in one column.
///
/// - Parameters:
///   - predictions: ŷ, n × 1.
///   - targets: y, n elements.
/// - Returns: the losses, n × 1.
/// - Precondition: predictions are one column of as many elements as there are targets.
/// - Complexity: 3 n flops, two allocations.
public func squaredLoss<Scalar>(_ predictions: Matrix<Scalar>, _ targets: [Scalar]) -> Matrix<Scalar> {
  squaredLoss(predictions, matched(targets, to: predictions, "squaredLoss"))
}

/// (ŷ − y)² / 2, element by element.
///
/// - Parameters:
///   - predictions: ŷ, n elements.
///   - targets: y, n elements.
/// - Returns: the losses, n elements.
/// - Precondition: both are equally long.
/// - Complexity: 3 n flops, three allocations.
public func squaredLoss<Scalar: BLASScalar>(_ predictions: [Scalar], _ targets: [Scalar]) -> [Scalar] {
  squaredLoss(Matrix(column: predictions), targets).elements
}

/// Flat targets as a column of the shape of the predictions, the only match that is made between shapes.
func matched<Scalar>(_ targets: [Scalar], to predictions: Matrix<Scalar>, _ function: String) -> Matrix<
  Scalar
> {
  require(
    predictions.shape == Shape(targets.count, 1),
    "\(function): predictions are \(predictions.shape) but targets are \(targets.count) elements")
  return Matrix(column: targets)
}
