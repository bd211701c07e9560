internal import LinearAlgebra

extension OnlineSGD {
  mutating func take<Scalar>(_ block: Rows<Scalar>) {
    let before = units
    addMoments(block)
    express(from: before, in: units)
    let source = StandardizedBatches<Scalar>(units.units, meanWeight: weight / Double(rows))
    let buffer = RowBuffer<Double>(
      rows: block.rowCount, features: features, targets: targets, isWeighted: block.weights != nil)
    source.copy(
      RowSelection(firstRow: 0, offsets: nil, places: 0..<block.rowCount), of: block, into: buffer, at: 0)
    let shape = BatchShape(rows: block.rowCount, features: features, targets: targets)
    withExtendedLifetime(buffer) {
      let batch = buffer.batch(block.rowCount)
      follow(batch, shape)
      step(batch, shape)
    }
  }

  /// Means and sums of squares of old and new rows together.
  private mutating func addMoments<Scalar>(_ block: Rows<Scalar>) {
    for i in 0..<block.rowCount {
      let own = Double(block.weight(i))
      if own == 0 { continue }
      rows += 1
      weight += own
      for j in 0..<block.columnCount {
        let value = block.element(i, j), deviation = value - means[j]
        means[j] += deviation * (own / weight)
        squares[j] += own * deviation * (value - means[j])
      }
    }
  }

  /// The same models under new means and scales.
  private mutating func express(from old: ProblemStandardization, in new: ProblemStandardization) {
    if steps == 0 { return }
    func expressed(_ values: [Double]) -> [Double] {
      let (weights, bias) = old.converted(
        Matrix(rows: features, columns: targets, elements: Array(values[..<(features * targets)])),
        Matrix(row: Array(values[(features * targets)...])), to: new)
      return weights.elements + bias.elements
    }
    values = expressed(values)
    averages = expressed(averages)
  }

  /// Power iteration on [1 Z]ᵀ[1 Z] / b.
  private mutating func follow(_ batch: Batch<Double>, _ shape: BatchShape) {
    var one = shape
    one.targets = 1
    let share = 1 / Double(one.rows)
    var products: [Double] = zeros(shape.rows), found = 0.0
    // On one batch, and not one step on each: of few rows the direction that is steepest differs from batch to batch.
    for _ in 0..<6 {
      let length = norm(direction)
      guard length > 0, length.isFinite else { break }
      for i in direction.indices { direction[i] /= length }
      var image: [Double] = zeros(features + 1)
      direction.withUnsafeBufferPointer { v in
        image.withUnsafeMutableBufferPointer { image in
          products.withUnsafeMutableBufferPointer { products in
            let (v, image, products) = (v.baseAddress!, image.baseAddress!, products.baseAddress!)
            Products<Double>.differentiate(
              one, batch.X, nil, stride: 1, weights: batch.weights, v, v + features, errors: products,
              into: image, bias: image + features)
          }
        }
      }
      found = max(found, norm(image) * share)
      // A little of the old direction, or a batch that is orthogonal to it would end the search.
      for i in image.indices { direction[i] = image[i] * share + 1e-3 * direction[i] }
    }
    // What was large stays so for some ten batches.
    curvature = max(found, 0.9 * curvature, 1)
  }

  private mutating func step(_ batch: Batch<Double>, _ shape: BatchShape) {
    let count = features * targets
    var errors: [Double] = zeros(shape.rows * targets), gradient: [Double] = zeros(values.count)
    values.withUnsafeMutableBufferPointer { values in
      errors.withUnsafeMutableBufferPointer { errors in
        gradient.withUnsafeMutableBufferPointer { gradient in
          guard let values = values.baseAddress, let errors = errors.baseAddress,
            let gradient = gradient.baseAddress
          else { return }
          Products<Double>.differentiate(
            shape, batch.X, batch.y, stride: targets, weights: batch.weights, values, values + count,
            errors: errors, into: gradient, bias: gradient + count)
          let rate = 1 / (curvature * Double(shape.rows))
          for i in 0..<count + targets { values[i] -= rate * gradient[i] }
        }
      }
    }
    steps += 1
    let share = 4 / (Double(steps) + 3)
    for i in averages.indices { averages[i] += share * (values[i] - averages[i]) }
  }
}
