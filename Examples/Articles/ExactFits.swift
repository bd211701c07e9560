// The programs of the article "Exact fits".

import LinearRegression

func exactFits() throws {
  let X = numbers(500, 20), y = numbers(500, 1).elements, weights = y.map { $0 * $0 }
  let row = X[row: 0].map { Double($0) }
  var other = LeastSquares.Factor(features: 20)
  try other.add(X, y)

  let fit = try LeastSquares().fit(X, y, weights: weights)
  print(fit.coefficients, fit.standardErrors)
  print(fit.coefficientStatistics(), fit.statistics[0].rSquared ?? .nan)
  print(fit.certificate.solver, fit.certificate.estimatedDigits)
  let interval = fit.predict(row, interval: .prediction, level: 0.95)

  let validation = try LeastSquares().crossValidate(X, y)
  let ridge = try LeastSquares(ridgePenalty: validation.best).fit(X, y)

  var share = LeastSquares.Factor(features: 20)  // here; the rest, elsewhere
  try share.add(X, y)
  try share.merge(other)
  print(try share.solve().coefficients)

  _ = (interval, ridge)
}

func fitsInTheBackground() async throws {
  let X = numbers(500, 20), y = numbers(500, 1).elements
  let fit = try await LeastSquares().fitInBackground(X, y) { print($0.pass, $0.rows, $0.rowCount) }

  _ = fit
}
