// Predictions as JSON: {"predictions": [152.1, null]}, or with intervals
// {"predictions": [{"prediction": 152.1, "lower": 33.8, "upper": 270.4}]}.

import TabularRegression

/// A model's predictions for rows, as JSON. A missing prediction is null; every number reads back to the same bits.
struct Answer {
  let json: String

  /// - Throws: `TabularError` where the rows lack what the model needs.
  init(_ model: FittedModel, _ asked: Body.Rows) throws(TabularError) {
    let items: [String]
    if let interval = asked.interval {
      items = try model.predictions(from: asked.table, interval: interval, level: asked.level).map {
        """
        {"prediction":\(Self.number($0.prediction)),"lower":\(Self.number($0.lower)),\
        "upper":\(Self.number($0.upper))}
        """
      }
    } else {
      items = try model.predictions(from: asked.table).map(Self.number)
    }
    json = "{\"predictions\":[\(items.joined(separator: ","))]}\n"
  }

  /// JSON has no text for what is not finite.
  private static func number(_ x: Double) -> String { x.isFinite ? x.description : "null" }
}
