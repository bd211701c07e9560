// The programs of the article "Getting started".

import LinearRegression

func gettingStarted() throws {
  let X = Matrix<Float>.identity(3)
  let y: [Float] = [1, 2, 3]
  let w = Parameter<Float>([[1], [1], [1]])
  let b = Parameter<Float>([[0]])
  print(linreg(X, w, b))

  print(squaredLoss(linreg(X, w, b), y).sum())

  backward(X, linreg(X, w, b), y, into: w, b)
  print(w.gradient!.elements, b.gradient!.elements)

  sgd([w, b], learningRate: 1, batchSize: 3)
  print(w.value.elements, b.value.elements)

  var generator = SeededGenerator(seed: 1)
  for _ in 1...3 {
    for batch in Minibatches(X, Matrix(column: y), size: 2, order: .shuffled, using: &generator) {
      backward(batch.X, linreg(batch.X, w, b), batch.y, into: w, b)
      sgd([w, b], learningRate: 0.03, batchSize: batch.count)
    }
  }

  let trained = try SGD(seed: 42).train(X[rows: 0..<2], [1, 2])
  let exact = try LeastSquares().fit(X[rows: 0..<2], [1, 2])

  _ = (trained, exact)
}
