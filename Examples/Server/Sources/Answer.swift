// Predictions as JSON: {"predictions": [152.1, null]}, or with intervals
// {"predictions": [{"prediction": 152.1, "lower": 33.8, "upper": 270.4}]}.

import Hummingbird
import TabularRegression

/// A model's predictions for rows, as JSON. A missing prediction is null; every number reads back to the same bits.
struct Answer {
  /// Number of predictions.
  private(set) var count = 0
  private(set) var json = ByteBuffer()

  /// - Throws: ``Refusal`` where the body has no rows; `TabularError` where they lack what the model needs.
  init(_ served: ServedModel, _ body: Body, _ limits: Limits) throws {
    if body.isPlain, let predictions = served.plain?.predictions(body.bytes, limits) {
      write(predictions)
      return
    }
    let asked = try body.rows(
      columns: served.variables, order: served.variables, categories: served.categories, limits)
    if let interval = asked.interval {
      write(try served.model.predictions(from: asked.table, interval: interval, level: asked.level))
    } else {
      write(try served.model.predictions(from: asked.table))
    }
  }

  private mutating func write(_ predictions: [Double]) {
    write(predictions) { json, prediction in json.write(prediction) }
  }

  private mutating func write(_ predictions: [IntervalPrediction]) {
    write(predictions) { json, interval in
      json.writeString("{\"prediction\":")
      json.write(interval.prediction)
      json.writeString(",\"lower\":")
      json.write(interval.lower)
      json.writeString(",\"upper\":")
      json.write(interval.upper)
      json.writeString("}")
    }
  }

  private mutating func write<Item>(_ items: [Item], _ item: (inout ByteBuffer, Item) -> Void) {
    count = items.count
    json.writeString("{\"predictions\":[")
    for (index, value) in items.enumerated() {
      if index > 0 { json.writeString(",") }
      item(&json, value)
    }
    json.writeString("]}\n")
  }
}

extension ByteBuffer {
  /// Writes a number; JSON has no text for what is not finite.
  fileprivate mutating func write(_ x: Double) { writeString(x.isFinite ? x.description : "null") }
}
