// The programs of the article "Models and predictions".

import Foundation
import TabularRegression

func modelsAndPredictions() throws {
  let sold = try Table(csv: ["january.csv", "february.csv"], options: ReadingOptions(categories: ["zip"]))
  try FittedModel("price ~ area + C(zip)", sold).write(to: "homes.model")

  let model = try FittedModel(contentsOf: "homes.model")
  let new = try Table(csv: "new.csv", categories: model.categories)
  let prices = try model.predictions(from: new)
  let intervals = try model.predictions(from: new, interval: .prediction, level: 0.95)

  let sent = #"{"area": 88, "zip": 8003, "heating": "gas"}"#
  let row = try JSONDecoder().decode([String: Table.Field].self, from: Data(sent.utf8))
  print(model.variables)
  let price = try model.prediction(of: row)
  let range = try model.prediction(of: row, interval: .prediction, level: 0.95)

  let text = model.json
  let copy = try FittedModel(json: text, source: "models, row 7")
  let same = try copy.prediction(of: row)

  let diagnostics = try Diagnostics(model, sold)
  for row in diagnostics.influentialRows.prefix(3) {
    print(row.file, row.line, row.cooksDistance ?? .nan)
  }
  let report = Report(model, diagnostics)
  for finding in report.findings where finding.isRemarkable { print(finding.panel, finding.text) }
  try report.write(to: "homes.html")

  precondition(same == price && range.prediction == price)
  _ = (prices, intervals)
}
