internal import LinearAlgebra

extension FixedEffectsSolver {
  /// The most unknowns of a dense solution.
  static var mostDense: Int { 600 }

  /// Solves A x = b for few unknowns, by the eigenvectors of D^−½ A D^−½, D being the diagonal: the solution of least
  /// norm in these units, corrected once by its residual.
  ///
  /// - Returns: the solution and the energy of its error as its residual tells it; nil where the eigenvalues are not
  ///   found.
  /// - Complexity: O(unknowns³)
  func denseSolution<Lanes: DoubleLanes>(_ b: [Lanes]) -> (x: [Lanes], error: Lanes)? {
    let n = system.count, roots = system.diagonal.map { $0 > 0 ? 1 / $0.squareRoot() : 0 }
    var A = Matrix<Double>.zeros(n, n)
    for column in 0..<n {
      var unit = [SIMD2<Double>](repeating: .zero, count: n), product = unit
      unit[column].x = roots[column]
      system.multiply(unit, &product)
      for row in 0..<n { A[row, column] = roots[row] * product[row].x }
    }
    guard let eigen = try? SymmetricEigen(factoring: A) else { return nil }
    // The eigenvalues are from 0 up to the number of categories.
    let V = eigen.vectors, least = 8 * .ulpOfOne * Double(n)
    let inverses = eigen.values.map { $0 > least ? 1 / $0 : 0 }
    // The parts of r along the eigenvectors, times their inverse eigenvalues; and rᵀA⁻¹r.
    func parts(_ r: [Lanes]) -> (parts: [Lanes], energy: Lanes) {
      var parts = [Lanes](repeating: .zero, count: n), energy = Lanes.zero
      for k in 0..<n where inverses[k] > 0 {
        var sum = Lanes.zero
        for i in 0..<n { sum += r[i] * (roots[i] * V[i, k]) }
        parts[k] = sum * inverses[k]
        energy += sum * parts[k]
      }
      return (parts, energy)
    }
    var x = [Lanes](repeating: .zero, count: n), r = b, error = Lanes.zero
    for _ in 0..<2 {
      let found = parts(r)
      for i in 0..<n {
        for k in 0..<n { x[i] += found.parts[k] * (roots[i] * V[i, k]) }
      }
      var product = x
      system.multiply(x, &product)
      for i in 0..<n { r[i] = b[i] - product[i] }
      error = parts(r).energy
    }
    return (x, error)
  }
}
