// The programs of the article "In a server".

import Foundation
import TabularRegression

func inAServer() async throws {
  let model = try FittedModel(contentsOf: "homes.model")
  let price = try model.prediction(of: ["area": 88, "zip": "8003"])

  let body = Data(#"[{"area": 88, "zip": "8003"}, {"area": 45, "zip": "8001"}]"#.utf8)
  let rows = try JSONDecoder().decode([[String: Table.Field]].self, from: body)
  let table = try Table(rows: rows, columns: model.variables, categories: model.categories)
  let intervals = try model.predictions(from: table, interval: .prediction, level: 0.95)
  let answer = try JSONEncoder().encode(intervals)  // null where a prediction is missing

  print(price, String(decoding: answer, as: UTF8.self))
  try rowsOfNumbers()
  try await workThatTakesLonger()
}

private func rowsOfNumbers() throws {
  let X: Matrix<Double> = [[1, 5], [2, 3], [3, 8], [4, 1], [5, 9]]
  let y = [3.9, 7.1, 6.2, 11.8, 10.1]

  let fit = try LeastSquares().fit(X, y)
  do {
    print(try fit.predictions(for: [[1, 2], [3]]).elements)
  } catch {
    print(error)  // predictions: row 1 (counted from 0) has length 1 but the model has 2 features
  }
}

actor Observations {
  private var share: Share

  init(_ share: Share) { self.share = share }

  func add(_ rows: Table) throws -> Int {
    try share.add(rows)
    return share.observations
  }

  func model() throws -> FittedModel { try share.solve() }

  func save(to path: String) throws { try share.write(to: path) }  // whole, or not at all
}

private func workThatTakesLonger() async throws {
  let X = numbers(500, 20), y = numbers(500, 1).elements
  let observations = Observations(try Share("price ~ area", Table(csv: "january.csv")))
  print(try await observations.add(Table(csv: "february.csv")))
  try await observations.save(to: "homes.share")

  let training = Task { try await SGD(epochs: 1_000_000, learningRate: 1e-6).trainInBackground(X, y) }
  try await Task.sleep(for: .milliseconds(500))
  training.cancel()
  let run = try await training.value
  print(run.stopReason)  // interrupted

  let quiet = try Parallelism.$threads.withValue(1) { try LeastSquares().fit(X, y) }
  _ = (quiet, try await observations.model())
}
