// The programs of the modules' own pages.

import TabularRegression

func linearAlgebra() throws {
  var A: Matrix<Double> = [[1, 1], [1, 2], [1, 3]]
  let b: Matrix<Double> = [[1], [2], [2]]
  let x = try gels(A, b).solution  // least squares
  let residual = A * x - b
  let AtA = A.transposed() * A
  let y = A * [0.5, 0.5]
  let block = A[rows: 1...]  // two rows, not copied
  A[rows: 0..<2, columns: 1...] *= 2
  let centers = A.columnMeans()

  _ = (x, residual, AtA, y, block, centers)
}

func factorizations() throws {
  let S: Matrix<Double> = [[4, 1], [1, 3]]
  let z = try solve(S, [1, 2])  // by Cholesky: S is symmetric with a positive diagonal
  let lu = try LU(factoring: S)
  let w = try lu.solve([1, 2])
  let determinant = lu.determinant
  let condition = lu.conditionEstimate()
  let svd = try SVD(factoring: S)
  let eigen = try SymmetricEigen(factoring: S)

  _ = (z, w, determinant, condition, svd, eigen)
}

func linearRegression() throws {
  let X: Matrix<Float> = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
  let y: Matrix<Float> = [[1], [2], [3]]
  let w = Parameter<Float>([[1], [1], [1]]), b = Parameter<Float>([[0]])
  for _ in 1...4 {
    let predictions = linreg(X, w, b)
    backward(X, predictions, y, into: w, b)
    sgd([w, b], learningRate: 1, batchSize: 3)
  }

  let trained = try SGD(seed: 42).train(X, y)
  let exact = try LeastSquares().fit(X, y)

  _ = (trained, exact)
}

func tabularRegression() throws {
  let homes = try Table(csv: "homes.csv")
  let model = try FittedModel("price ~ area + rooms", homes)
  print(model.summary)
  try model.write(to: "homes.model")

  let saved = try FittedModel(contentsOf: "homes.model")
  print(try saved.predictions(from: Table(csv: "new.csv")))
  print(try saved.predictions(from: Table(csv: "new.csv"), interval: .prediction, level: 0.95))
}

func tabularRegressionOfCategories() throws {
  let formula = try Formula("log(price) ~ area*C(zip) + poly(rooms, 2)")
  let homes = try Table(csv: "homes.csv", categories: formula.categories)
  let model = try FittedModel(formula, homes, missing: .drop)
  let new = try Table(csv: "new.csv", categories: model.categories)
  print(try model.predictions(from: new, unseen: .missing))  // NaN where there is none
}
