import BenchmarkSupport
import LinearRegression

/// n observations, p features, k targets.
struct Size: Hashable {
  var rows: Int
  var features: Int
  var targets: Int
}

/// Data of one size, and the parameters that every work starts from.
///
/// All numbers are drawn evenly around zero, so that no sum of many terms outgrows its terms by much.
struct Problem<Scalar: RoutineScalar> {
  let size: Size

  /// Features, n × p.
  let X: Matrix<Scalar>

  /// Targets, n × k.
  let y: Matrix<Scalar>

  /// Weights, p × k.
  let w: Matrix<Scalar>

  /// Bias, 1 × k.
  let b: Matrix<Scalar>

  /// Rows per step of SGD: a tenth of the rows, 250 at most, so that every plan's rows are whole batches.
  var batchSize: Int { min(250, size.rows / 10) }

  /// Small enough for all sizes.
  var learningRate: Scalar { 0.01 }

  init(_ size: Size) {
    self.size = size
    var generator = SeededGenerator(seed: 1)
    X = .random(size.rows, size.features, using: &generator)
    y = .random(size.rows, size.targets, using: &generator)
    // Predictions of the size of the targets, whatever p is.
    w = .random(
      size.features, size.targets, within: 1 / Double(size.features).squareRoot(), using: &generator)
    b = .random(1, size.targets, using: &generator)
    precondition(size.rows.isMultiple(of: batchSize))
  }
}
