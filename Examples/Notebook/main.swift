// The notebook "Linear Regression Model" in Swift: the program of the article "The notebook, cell by cell".

import LinearRegression

/// Four decimals, as the notebook prints them.
func rounded(_ matrix: Matrix<Float>?) -> [Float]? {
  matrix?.elements.map { ($0 * 10_000).rounded() / 10_000 }
}

func show(_ values: [Float]?...) {
  print(values.map { $0.map(\.description) ?? "nil" }.joined(separator: " "))
}

// Cells 2 to 4: the model.

let X = Matrix<Float>.identity(3)
do {
  var generator = SeededGenerator(seed: 1)
  let w = Parameter<Float>(normal: 3, 1, standardDeviation: 0.01, using: &generator)
  let b = Parameter<Float>([[0]])
  print(X)
  print(linreg(X, w, b) == w.value)
}

// Cells 5 to 8: the loss.

let y: [Float] = [1, 2, 3]
print(squaredLoss(Matrix<Float>.zeros(3, 1), y))

// Cell 9: the gradient.

do {
  let w = Parameter<Float>([[1], [1], [1]])
  let b = Parameter<Float>([[0]])
  show(rounded(w.gradient), rounded(b.gradient))

  let predictions = linreg(X, w, b)
  show(rounded(predictions))
  print(squaredLoss(predictions, y).sum())

  backward(X, predictions, y, into: w, b)
  show(rounded(w.gradient), rounded(b.gradient))

  // Cell 10: a step by hand.

  w.value -= w.gradient! / 3
  b.value -= b.gradient! / 3
  w.zeroGradient()
  b.zeroGradient()
  show(rounded(w.value), rounded(b.value))
  show(rounded(w.gradient), rounded(b.gradient))
}

// Cells 11 and 12: four steps.

let w = Parameter<Float>([[1], [1], [1]])
let b = Parameter<Float>([[0]])
for step in 1...4 {
  let predictions = linreg(X, w, b)
  backward(X, predictions, y, into: w, b)
  sgd([w, b], learningRate: 1, batchSize: 3)
  print("step", step)
  show(rounded(predictions))
  show(rounded(w.value), rounded(b.value))
}

// The loss, step by step.

var losses: [Float] = []
for _ in 5...12 {
  let predictions = linreg(X, w, b)
  losses.append(squaredLoss(predictions, y).sum())
  backward(X, predictions, y, into: w, b)
  sgd([w, b], learningRate: 1, batchSize: 3)
}
print(losses.map { ($0 * 100_000).rounded() / 100_000 })

// Minibatches.

var generator = SeededGenerator(seed: 1)
let features = Matrix<Float>.normal(1000, 2, using: &generator)
let noise = Matrix<Float>.normal(1000, 1, using: &generator)
let targets = linreg(features, [[3], [-2]], [[1]]) + 0.1 * noise

let weights = Parameter<Float>(normal: 2, 1, standardDeviation: 0.01, using: &generator)
let bias = Parameter<Float>([[0]])
for epoch in 1...3 {
  for batch in Minibatches(features, targets, size: 10, order: .shuffled, using: &generator) {
    backward(batch.X, linreg(batch.X, weights, bias), batch.y, into: weights, bias)
    sgd([weights, bias], learningRate: 0.03, batchSize: batch.count)
  }
  let loss = squaredLoss(linreg(features, weights, bias), targets).mean()
  print("epoch", epoch, "loss", (loss * 1000).rounded() / 1000)
}

// The exact solution.

let exact = try LeastSquares().fit(features, targets)
let largest = zip(weights.value.elements, exact.coefficients).map { abs(Double($0) - $1) }.max()!
print(exact.coefficients.map { ($0 * 1000).rounded() / 1000 }, largest < 0.01)

let run = try SGD(seed: 42).train(features, targets)
print(run.stopReason, run.epochs.last!.gapToExact! < 1e-9)
