// The programs of the article "Models and predictions".

import TabularRegression

func modelsAndPredictions() throws {
  let sold = try Table(csv: ["january.csv", "february.csv"], options: ReadingOptions(categories: ["zip"]))
  try FittedModel("price ~ area + C(zip)", sold).write(to: "homes.model")

  let model = try FittedModel(contentsOf: "homes.model")
  let new = try Table(csv: "new.csv", categories: model.categories)
  let prices = try model.predictions(from: new)
  let intervals = try model.predictions(from: new, interval: .prediction, level: 0.95)

  _ = (prices, intervals)
}
