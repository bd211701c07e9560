import BenchmarkSupport
import LinearRegression
import TabularRegression

/// One of the works that are compared, with its data in memory.
struct Work {
  /// The answer as the peers order it: intercepts, then weights row by row, or predictions. It is brought into this
  /// form once it is asked for, as that of the peers is: the clock has stopped by then.
  typealias Answer = () -> [Double]

  /// Does the work.
  let run: () throws -> Answer

  /// Units of work in one run.
  var units = 1

  /// The works of peers/works.py under the same names; nil for another one.
  init?(named name: String, folder: String) throws {
    func matrix<Scalar>(_ file: String, _: Scalar.Type) throws -> Matrix<Scalar> {
      try Matrix<Scalar>(npy: "\(folder)/\(file).npy")
    }
    switch name {
    case "gradient", "gradient64":
      let X = try matrix("X", Float.self), y = try matrix("y", Float.self)
      let (w, b) = Self.startWeights(X, y)
      run = {
        let result = gradient(X, targets: y, w, b)
        return { (result.bias.elements + result.weights.elements).map { Double($0) } }
      }
    case "epoch", "epoch-shuffled", "epoch-blocks", "epoch64":
      let orders: [String: RowOrder] = ["epoch-shuffled": .shuffled, "epoch-blocks": .shuffledBlocks]
      let X = try matrix("X", Float.self), y = try matrix("y", Float.self)
      let method = SGD(
        epochs: 1, batchSize: 256, learningRate: 0.05, order: orders[name] ?? .inOrder, seed: 1,
        standardize: false,
        measuresDistance: false)
      run = { Self.coefficients(try method.train(X, y).model) }
    case "automatic":
      let X = try matrix("X", Float.self), y = try matrix("y", Float.self)
      run = { Self.coefficients(try SGD(seed: 1).train(X, y).model) }
    case "step":
      let X = try matrix("X", Float.self), y = try matrix("y", Float.self)
      let (epochs, batchSize) = (20, 10)
      let method = SGD(
        epochs: epochs, batchSize: batchSize, learningRate: 0.03, order: .inOrder, seed: 1,
        standardize: false,
        measuresDistance: false)
      run = { Self.coefficients(try method.train(X, y).model) }
      units = epochs * X.rowCount / batchSize
    case "exact-float":
      self = try Self.exactFit(matrix("X", Float.self), matrix("y", Float.self))
    case "exact-double", "exact-wide":
      self = try Self.exactFit(matrix("X", Double.self), matrix("y", Double.self))
    case "errors", "errors-hc1", "errors-clustered":
      self = try Self.errors(name, folder)
    case "effects", "effects-difficult":
      self = try Self.effects(
        matrix("X", Double.self), matrix("y", Double.self), matrix("levels", Double.self))
    case "csv":
      run = { Self.coefficients(try FittedModel("y ~ .", csv: ["\(folder)/table.csv"]).model) }
    case "predict":
      let X = try matrix("X", Float.self)
      let model = Self.startModel(X)
      run = {
        let predictions = model.predict(X)
        return { predictions.elements.map { Double($0) } }
      }
    case "predict-one":
      let X = try matrix("X", Float.self)
      let model = Self.startModel(X), row = X[row: 0]
      // A thousand rows, as a server has them, so that the call and not this closure is timed.
      run = {
        var prediction = 0.0
        for _ in 0..<1000 {
          prediction = model.predict(row)
          keep(prediction)
        }
        return { [prediction] }
      }
      units = 1000
    default:
      guard let square = try Self.square(name, folder) else { return nil }
      self = square
    }
  }

  init(run: @escaping () throws -> Answer) { self.run = run }

  private static func exactFit<Scalar>(_ X: Matrix<Scalar>, _ y: Matrix<Scalar>) -> Work {
    Work { coefficients(try LeastSquares().fit(X, y).model) }
  }

  /// Two features and an effect for each level of several categories, from a table in memory.
  private static func effects(
    _ X: Matrix<Double>, _ y: Matrix<Double>, _ levels: Matrix<Double>
  ) throws -> Work {
    let names = (0..<levels.columnCount).map { "g\($0)" }
    let columns = (0..<2).map { X[column: $0] } + [y[column: 0]] + names.indices.map { levels[column: $0] }
    let table = try Table(names: ["x1", "x2", "y"] + names, columns: columns.map { .numbers($0) })
    return Work {
      coefficients(try FittedModel("y ~ x1 + x2 | \(names.joined(separator: " + "))", table).model)
    }
  }

  private static func coefficients(_ model: LinearModel) -> Answer {
    { model.intercepts + model.weights.elements }
  }

  /// The weights at which gradients and predictions are taken: the same for everybody.
  private static func startWeights(_ X: Matrix<Float>, _ y: Matrix<Float>) -> (Matrix<Float>, Matrix<Float>) {
    let k = y.columnCount
    let w = Matrix<Float>(rows: X.columnCount, columns: k) { i, j in Float((i * k + j) % 7 - 3) / 10 }
    return (w, Matrix(rows: 1, columns: k, repeating: 0.5))
  }

  private static func startModel(_ X: Matrix<Float>) -> LinearModel {
    let (w, b) = startWeights(X, .zeros(0, 1))
    return LinearModel(weights: Matrix<Double>(w), intercepts: [Double(b[0, 0])])
  }
}
