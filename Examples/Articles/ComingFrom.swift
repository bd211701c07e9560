// The programs of the articles "Coming from R" and "Coming from scikit-learn".

import TabularRegression

func comingFromR() throws {
  let homes = try Table(
    csv: ["january.csv", "march.csv"], options: ReadingOptions(categories: ["zip"]))
  let february = try Table(csv: "february.csv", categories: ["zip"])
  let new = try Table(csv: "new.csv", categories: ["zip"])
  let fit = try FittedModel("price ~ area + zip", homes)
  let small = try FittedModel("price ~ area", homes)

  var big = try Share("price ~ area", Table(csv: "january.csv"))
  try big.add(Table(csv: "march.csv"))
  print(try big.solve().coefficientStatistics.map(\.estimate))

  _ = (february, new, fit, small)
}

func comingFromScikitLearn() {
  let X: Matrix<Double> = [[1, 5], [2, 3], [3, 8], [4, 1], [5, 9], [6, 2]]
  let y = [3.9, 7.1, 6.2, 11.8, 10.1, 15.2]
  var generator = SeededGenerator(seed: 1)

  let w = Parameter<Double>([[0], [0]]), b = Parameter<Double>([[0]])
  for _ in 1...3 {
    for batch in Minibatches(X, Matrix(column: y), size: 1, order: .inOrder, using: &generator) {
      backward(batch.X, linreg(batch.X, w, b), batch.y, into: w, b)
      sgd([w, b], learningRate: 0.01, batchSize: 1)
    }
  }
  print([b.value[0, 0], w.value[0, 0], w.value[1, 0]].map { ($0 * 1e6).rounded() / 1e6 })
}
