extension Matrix {
  /// The elements (i, i), min(rowCount, columnCount) of them. For the diagonal matrix see ``init(diagonal:)``.
  /// - Precondition: what is assigned has as many.
  public var diagonal: [Scalar] {
    get { (0..<Swift.min(rowCount, columnCount)).map { storage[$0 * (columnCount + 1)] } }
    set {
      let count = Swift.min(rowCount, columnCount)
      require(
        newValue.count == count,
        "the diagonal of a \(shape) matrix cannot be set to \(newValue.count) elements")
      for i in 0..<count { storage[i * (columnCount + 1)] = newValue[i] }
    }
  }

  /// Σ aᵢᵢ, the sum of the diagonal of a square matrix, added up in Double.
  /// - Precondition: the matrix is square.
  public func trace() -> Scalar {
    require(rowCount == columnCount, "trace: the matrix is \(shape), not square")
    return Matrix(row: diagonal).sum()
  }
}
