// swift-format-ignore-file
// A line for each row of the table.

import Foundation
import LinearRegression
import TestSupport
import Testing

/// The tables of the article "Coming from scikit-learn": each line is compiled, its value is that of scikit-learn 1.9,
/// and the article has the same lines. Benchmarks/peers/coming_from.py evaluates those of scikit-learn.
@Suite struct ComingFromScikitLearnTests {
  private let X: Matrix<Double> = [[1, 5], [2, 3], [3, 8], [4, 1], [5, 9], [6, 2]], y = [3.9, 7.1, 6.2, 11.8, 10.1, 15.2]
  private let Y: Matrix<Double> = [[3.9, 1], [7.1, 4], [6.2, 1], [11.8, 5], [10.1, 9], [15.2, 2]]
  private let v = [1, 2, 1, 0.5, 1, 3], Xn: Matrix<Double> = [[2, 2], [7, 4]]

  @Test func everyLineHasTheValueOfScikitLearn() throws {
    let fit = try LeastSquares().fit(X, y)
    // Exact fits
    row("LinearRegression().fit(X, y)", try LeastSquares().fit(X, y), equals: [4.405093256814921, 1.975824964131994, -0.4865315638450502])
    row("LinearRegression(fit_intercept=False).fit(X, y)", try LeastSquares(intercept: false).fit(X, y), equals: [0, 2.663974495217853, -0.17522582359192343])
    row("LinearRegression().fit(X, y, sample_weight=v)", try LeastSquares().fit(X, y, weights: v), equals: [4.516087404795959, 1.9508364652276573, -0.4888216316892275])
    row("LinearRegression().fit(X, Y).coef_", try LeastSquares().fit(X, Y).model.weights.transposed(), equals: [1.975824964131994, -0.4865315638450502, 0.7152080344332853, 0.2580703012912483])
    row("LinearRegression().fit(X, Y).intercept_", try LeastSquares().fit(X, Y).model.intercepts, equals: [4.40509325681492, -0.04088952654232392])
    row("make_pipeline(StandardScaler(), Ridge(alpha=2)).fit(X, y).predict(X)", try LeastSquares(ridgePenalty: 2).fit(X, y).predict(X), equals: [5.196008234135863, 7.444195829231182, 7.042667591515259, 11.183509352904322, 9.646388615412153, 13.787230376801215])
    row("make_pipeline(StandardScaler(), Ridge(alpha=0.5)).fit(X, y).predict(X)", try LeastSquares().ridgePath([0.5, 1, 2], X, y)[0].predict(X), equals: [4.330473495774934, 7.066216021311975, 6.622213832422709, 11.62920258254997, 9.822452658906572, 14.829441409033834])

    // What a fit tells
    row("model.coef_", fit.coefficients, equals: [1.975824964131994, -0.4865315638450502])
    row("model.intercept_", fit.intercept, equals: [4.405093256814921])
    row("model.n_features_in_", fit.model.featureCount, equals: [2])
    row("model.predict(Xn)", fit.predict(Xn), equals: [7.383680057388808, 16.28974175035868])
    row("model.predict([[2, 2]])[0]", fit.predict([2, 2]), equals: [7.383680057388808])
    row("model.score(X, y)", fit.statistics[0].rSquared!, equals: [0.9982677486767457])
    row("r2_score(y, model.predict(X))", try fit.model.evaluate(X, Matrix(column: y))[0].rSquared!, equals: [0.9982677486767457])
    row("mean_squared_error(y, model.predict(X))", try fit.model.evaluate(X, Matrix(column: y))[0].meanSquaredError, equals: [0.024521461023433704])
    row("root_mean_squared_error(y, model.predict(X))", try fit.model.evaluate(X, Matrix(column: y))[0].rootMeanSquaredError, equals: [0.15659329814341896])
    row("mean_absolute_error(y, model.predict(X))", try fit.model.evaluate(X, Matrix(column: y))[0].meanAbsoluteError, equals: [0.1324725011955997])
    row("max_error(y, model.predict(X))", try fit.model.evaluate(X, Matrix(column: y))[0].maximumError, equals: [0.2403156384505012])
    row("pickle.loads(pickle.dumps(model))", try JSONDecoder().decode(LinearModel.self, from: JSONEncoder().encode(fit.model)), equals: [4.405093256814921, 1.975824964131994, -0.4865315638450502])
  }

  @Test func theArticleHasTheseLines() throws {
    let article = "Sources/LinearRegression/LinearRegression.docc/ComingFromScikitLearn.md"
    let found = try difference(article: article, tables: "| scikit-learn | Swift |", test: #filePath)
    #expect(found == nil)
  }

  private func row(_ line: String, _ value: [Double], equals expected: [Double]) {
    #expect(difference(value, expected, factor: 256) == nil, "\(line)")
  }

  private func row(_ line: String, _ value: Matrix<Double>, equals expected: [Double]) {
    row(line, value.elements, equals: expected)
  }

  private func row(_ line: String, _ value: Double, equals expected: [Double]) { row(line, [value], equals: expected) }

  private func row(_ line: String, _ value: Int, equals expected: [Double]) {
    row(line, [Double(value)], equals: expected)
  }

  private func row(_ line: String, _ value: LinearModel, equals expected: [Double]) {
    row(line, [value.intercept] + value.coefficients, equals: expected)
  }

  private func row(_ line: String, _ value: LeastSquaresFit, equals expected: [Double]) {
    row(line, value.model, equals: expected)
  }
}
