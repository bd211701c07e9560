internal import LinearAlgebra
internal import LinearRegression

/// The columns of a regression, taken out of a table.
struct Design {
  let source: String
  let target: String
  let terms: [Term]
  let weightsColumn: String?
  let X: ExtendedMatrix
  let y: Matrix<Double>
  let weights: [Double]?

  init(_ table: Table, target: String, terms: [Term], weights: String? = nil) throws(TabularError) {
    source = table.source
    self.target = target
    self.terms = terms
    weightsColumn = weights
    y = Matrix(column: try table.column(target))
    if terms.isEmpty {
      throw .unusable(
        file: table.source,
        message: "there is no column beside the target \"\(target)\" to predict it from; add a feature")
    }
    if terms.contains(where: { $0.column == target }) {
      throw .unusable(
        file: table.source,
        message: "the target \"\(target)\" is among the features; leave it out of one of the two")
    }
    var seen: Set<String> = []
    if let repeated = terms.first(where: { !seen.insert($0.name).inserted }) {
      throw .unusable(
        file: table.source, message: "the feature \"\(repeated.name)\" is named twice; name it once")
    }
    self.weights =
      if let weights { try table.column(weights) } else { nil }
    X = try ExtendedMatrix(terms, of: table)
  }

  /// Fits by least squares, to all digits of powers.
  ///
  /// - Parameter others: weights to use instead of the design's.
  func fit(_ method: LeastSquares, weights others: [Double]? = nil) throws(TabularError) -> LeastSquaresFit {
    do throws(DataError) {
      return try method.fit(X.high, y, weights: others ?? weights, low: X.low)
    } catch {
      throw tabular(error)
    }
  }

  /// The errors of a model on some rows; nil for all.
  func evaluation(_ model: LinearModel, of rows: [Int32]? = nil) throws(TabularError) -> Evaluation {
    do throws(DataError) {
      return try model.evaluate(rows.map(X.high.gathered) ?? X.high, rows.map(y.gathered) ?? y)[0]
    } catch {
      throw tabular(error)
    }
  }
}
