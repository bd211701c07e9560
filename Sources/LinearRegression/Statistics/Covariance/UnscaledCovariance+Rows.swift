package import LinearAlgebra

extension UnscaledCovariance {
  /// The coordinates u of rows: a row has the leverage uᵀu, and x′ᵀ(XᵀWX)⁻¹x = u′ᵀu of two. Where a category was taken
  /// out of the rows, 1/W of the level comes to that of two rows of one level.
  ///
  /// - Parameters:
  ///   - X: rows × some columns.
  ///   - positions: the column of each feature that was kept.
  ///   - codes: the level of each row; nil where there are no levels.
  /// - Returns: rows × ``coordinateCount``.
  /// - Complexity: 2 rows p² flops. Uses `dgemm`.
  package func coordinates(
    _ X: Matrix<Double>, columns positions: [Int], levels codes: [Int32]?
  ) -> Matrix<Double> {
    precondition(positions.count == features.count && positions.allSatisfy { 0..<X.columnCount ~= $0 })
    precondition(codes.map { $0.count == X.rowCount } ?? (levels == nil))
    if features.isEmpty {
      return Matrix(rows: X.rowCount, columns: coordinateCount) { _, _ in ownCoordinate ?? 0 }
    }
    var result = Matrix<Double>.zeros(X.rowCount, coordinateCount)
    var centred: [Double] = zeros(X.rowCount * features.count)
    X.withUnsafeElements { x in
      guard let x = x.baseAddress else { return }
      centred.withUnsafeMutableBufferPointer { centred in
        result.withUnsafeMutableElements { target in
          guard let centred = centred.baseAddress, let target = target.baseAddress else { return }
          func write(_ codes: UnsafePointer<Int32>?) {
            writeCoordinates(
              x, rows: X.rowCount, width: X.columnCount, positions: positions, levels: codes,
              centred: centred, into: target)
          }
          if let codes {
            codes.withUnsafeBufferPointer { write($0.baseAddress) }
          } else {
            write(nil)
          }
        }
      }
    }
    return result
  }

  /// What each coefficient has of rows: (XᵀWX)⁻¹ x of a row x, each element over the root of that coefficient's own,
  /// √((XᵀWX)⁻¹ⱼⱼ). It moves by so many of its standard errors for each σ that the row's target moves.
  package struct Projections: Sendable {
    /// The coefficients: the intercept's is nil.
    package let coefficients: [Int?]
    /// Directions of length 1 in the coordinates of rows, coefficients × ``coordinateCount``; where there are levels,
    /// of length 1 together with ``ofLevels``.
    let directions: Matrix<Double>
    /// Coefficients × levels.
    let ofLevels: Matrix<Double>?
    /// The level that has the rows of each, and 1/√W of it; nil for none.
    let own: [(level: Int, root: Double)?]
  }

  /// The projections on the intercept (if there is one) and the features that were kept; not on the levels of a category
  /// that was taken out of the rows.
  ///
  /// - Complexity: 2 p³ flops.
  package var projections: Projections {
    let first = weightSum == nil ? 0 : 1
    let coefficients = (first == 1 ? [nil] : []) + features.map(Optional.some)
    let columns = coefficients.map { $0.map { first + $0 } ?? 0 }
    var (directions, ofLevels) = coordinates(
      ofCombinations: Matrix(rows: columns.count, columns: first + width) { columns[$0] == $1 ? 1 : 0 })
    for row in columns.indices {
      let length = norm(Array(directions[row: row]) + (ofLevels.map { Array($0[row: row]) } ?? []))
      for i in 0..<directions.columnCount { directions[row, i] /= length }
      for level in 0..<(ofLevels?.columnCount ?? 0) { ofLevels?[row, level] /= length }
    }
    let base = levels?.base
    let own = (levels?.weights.indices.map { $0 } ?? []).map { level -> (level: Int, root: Double)? in
      guard let levels, let used = levels.weights[level] > 0 ? level : base else { return nil }
      return (used, 1 / levels.weights[used].squareRoot())
    }
    return Projections(coefficients: coefficients, directions: directions, ofLevels: ofLevels, own: own)
  }
}

extension UnscaledCovariance.Projections {
  /// The projections of rows.
  ///
  /// - Parameters:
  ///   - coordinates: of the rows, as ``UnscaledCovariance/coordinates(_:columns:levels:)`` has them.
  ///   - codes: the level of each row; nil where there are no levels.
  /// - Returns: rows × coefficients.
  /// - Complexity: 2 rows p² flops. Uses `dgemm`.
  package func of(_ coordinates: Matrix<Double>, levels codes: [Int32]?) -> Matrix<Double> {
    var result = gemm(coordinates, directions, transposeB: .transpose)
    guard let ofLevels, let codes else { return result }
    for (row, code) in codes.enumerated() {
      guard let own = own[Int(code)] else { continue }
      for j in 0..<ofLevels.rowCount { result[row, j] += ofLevels[j, own.level] * own.root }
    }
    return result
  }
}
