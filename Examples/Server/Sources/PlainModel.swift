// The short way from numbers to predictions.

import Hummingbird
import TabularRegression

/// A model whose features are numbers as they stand in the rows: ŷ = Σ xⱼ wⱼ + b, without a table in between.
struct PlainModel: Sendable {
  private let model: LinearModel
  private let names: [[UInt8]]

  /// Nil for a model with categories, functions or products of columns, or with coefficients that were left out.
  init?(_ model: FittedModel) {
    let estimates = model.coefficientStatistics.map(\.estimate)
    guard model.features == model.variables, !estimates.contains(nil) else { return nil }
    self.model = model.model
    names = model.variables.map { Array($0.utf8) }
  }

  /// The predictions, with the bits of `FittedModel.predictions(from:)`; nil where the rows are more than that needs.
  func predictions(_ text: ByteBuffer, _ limits: Limits) -> [Double]? {
    guard let rows = NumberRows(text.readableBytesUInt8Span, names: names), rows.count <= limits.rows else {
      return nil
    }
    let values = rows.values.span, width = names.count
    var predictions: [Double] = []
    for row in 0..<rows.count {
      let prediction = model.predict(values.extracting(row * width..<(row + 1) * width))
      guard prediction.isFinite else { return nil }
      predictions.append(prediction)
    }
    return predictions
  }
}
