import LinearAlgebra
import TestSupport

@testable import TabularRegression

extension Table {
  /// Columns of numbers.
  init(_ columns: KeyValuePairs<String, [Double]>) {
    self.init(
      source: "test.csv", columns: columns.map { TableColumn(name: $0.key, values: .numbers($0.value)) },
      rowCount: columns.first!.value.count, places: RowPlaces(file: "test.csv", firstLine: 2))
  }
}

/// Rows of a line in two columns with normal errors, and what may be wrong with them.
enum Sample: String, CaseIterable {
  case clean, funnel, curvature, outlier, cluster, heavyTail, autocorrelation

  func table(seed: UInt64, rows n: Int = 400) -> Table {
    var random = SeededGenerator(seed: seed)
    let normal: Matrix<Double> = random.normalMatrix(n, 4)
    let x = (0..<n).map { normal[$0, 0] }, z = (0..<n).map { normal[$0, 1] }
    var errors = (0..<n).map { normal[$0, 2] }
    switch self {
    case .clean: break
    case .funnel: for i in 0..<n { errors[i] *= 0.3 + (x[i] > -2 ? (x[i] + 2) / 2 : 0) }
    case .curvature: for i in 0..<n { errors[i] += 0.4 * x[i] * x[i] }
    case .outlier: errors[n / 3] = 9.5
    case .cluster: for i in 0..<n / 10 { errors[i * 7 % n] = 7 + 0.3 * errors[i * 7 % n] }
    // Student's t with three degrees of freedom, about.
    case .heavyTail: for i in 0..<n { errors[i] /= (normal[i, 3] * normal[i, 3] + 0.05).squareRoot() }
    case .autocorrelation: for i in 1..<n { errors[i] += 0.6 * errors[i - 1] }
    }
    let y = (0..<n).map { (i: Int) -> Double in 3 + 2 * x[i] - z[i] + errors[i] }
    return Table(["x": x, "z": z, "y": y])
  }
}
