// Predictions as JSON: {"predictions": [152.1, null]}, or with intervals
// {"predictions": [{"prediction": 152.1, "lower": 33.8, "upper": 270.4}]}.

import TabularRegression

/// A model's predictions for rows, as JSON. A missing prediction is null; every number reads back to the same bits.
struct Answer {
  /// Number of predictions.
  let count: Int
  let json: String

  /// - Throws: ``Refusal`` where the body has no rows; `TabularError` where they lack what the model needs.
  init(_ served: ServedModel, _ body: Body, _ limits: Limits) throws {
    let items = try Self.items(served, body, limits)
    count = items.count
    json = "{\"predictions\":[\(items.joined(separator: ","))]}\n"
  }

  private static func items(_ served: ServedModel, _ body: Body, _ limits: Limits) throws -> [String] {
    if body.isPlain, let predictions = served.plain?.predictions(body.bytes, limits) {
      return predictions.map(number)
    }
    let asked = try body.rows(columns: served.variables, categories: served.categories, limits)
    if let interval = asked.interval {
      return try served.model.predictions(from: asked.table, interval: interval, level: asked.level).map {
        """
        {"prediction":\(number($0.prediction)),"lower":\(number($0.lower)),"upper":\(number($0.upper))}
        """
      }
    }
    return try served.model.predictions(from: asked.table).map(number)
  }

  /// JSON has no text for what is not finite.
  private static func number(_ x: Double) -> String { x.isFinite ? x.description : "null" }
}
