import LinearRegression

let X: Matrix<Double> = [[1, 5], [2, 3], [3, 8], [4, 1], [5, 9]]
let y: [Double] = [3.9, 7.1, 6.2, 11.8, 10.1]

let exact = try LeastSquares().fit(X, y)
let trained = try SGD(seed: 42).train(X, y)

print("exact:", exact.model)
print("SGD:  ", trained.model, trained.stopReason)
