// The notebook "Linear Regression Model" in Swift: the same functions, the same numbers, in the same order.

import LinearRegression

func show(_ w: Parameter<Float>, _ b: Parameter<Float>) {
  print("w:", rounded(w.value), " b:", rounded(b.value))
}

/// Four decimals, as the notebook prints them.
func rounded(_ matrix: Matrix<Float>) -> [Float] {
  matrix.elements.map { ($0 * 10_000).rounded() / 10_000 }
}

// The model y = Xw + b, with initial weights from a normal distribution.

var generator = SeededGenerator(seed: 1)
let X = Matrix<Float>.identity(3)
do {
  let w = Parameter<Float>(normal: 3, 1, standardDeviation: 0.01, using: &generator)
  let b = Parameter<Float>([[0]])
  print("# linear regression model y = Xw + b")
  print("X:")
  print(X)
  print("w is small:", w.value.elements.allSatisfy { abs($0) < 0.05 })
  print("y = w where X = I and b = 0:", linreg(X, w, b) == w.value)
}

// The squared loss. Shapes must match: nothing is broadcast.

let y: [Float] = [1, 2, 3]
print("\n# squared loss of predictions 0, 0, 0")
print(rounded(squaredLoss(Matrix<Float>.zeros(3, 1), y)))

// Gradients.

print("\n# initial parameters")
let w = Parameter<Float>([[1], [1], [1]])
let b = Parameter<Float>([[0]])
show(w, b)
print("# initial gradients")
print(w.gradient as Any, b.gradient as Any)
let predictions = linreg(X, w, b)
print("# first prediction using initial parameters")
print(rounded(predictions))
print("# calculated loss")
print(squaredLoss(predictions, y).sum())
backward(X, predictions, y, into: w, b)
print("# calculated gradients using the loss")
print(rounded(w.gradient!), rounded(b.gradient!))

// Minibatch stochastic gradient descent.

sgd([w, b], learningRate: 1, batchSize: 3)
print("\n# updated parameters, gradients zero again")
show(w, b)
print(rounded(w.gradient!), rounded(b.gradient!))

for (step, name) in [(2, "2nd"), (3, "3rd"), (4, "4th")] {
  let predictions = linreg(X, w, b)
  print("\n## prediction before step \(step) ##")
  print(rounded(predictions))
  backward(X, predictions, y, into: w, b)
  sgd([w, b], learningRate: 1, batchSize: 3)
  print("# parameters after the \(name) step")
  show(w, b)
}
