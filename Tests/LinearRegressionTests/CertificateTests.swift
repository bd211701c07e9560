import LinearRegression
import TestSupport
import Testing

@Suite struct CertificateTests {
  @Test func calibrate() throws {
    var generator = SeededGenerator(seed: 7)
    var worst: [String: (Double, Double, Int)] = [:]
    for round in 0..<12 {
      for exponent in 0...14 {
        for noise in [0, 1e-6, 1e-2, 1, 100] {
          for p in [2, 5, 9] {
            let n = 40 + 60 * (round % 4)
            let X: Matrix<Double> = generator.matrix(n, p, spectrum: geometricSpectrum(p, condition: Double(sign: .plus, exponent: 0, significand: 1) * [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14][exponent]))
            let w: Matrix<Double> = generator.normalMatrix(p, 1)
            let clean = gemm(X, w)
            let size = nrm2(clean.elements) / Double(n).squareRoot()
            let y = Matrix<Double>(rows: n, columns: 1) { i, _ in clean[i, 0] + noise * size * generator.nextNormal() + (round % 2 == 0 ? 3 : 0) }
            let exact = try LeastSquares(precision: .extended).fit(X, y)
            guard exact.rank == p + 1, exact.certificate.solver == .extended else { worst["unsolved", default: (0, 0, 0)].2 += 1; continue }
            for solver in [LeastSquares.Solver.automatic, .cholesky, .refinedCholesky, .qr] {
              for measures in [true, false] {
              let fit = try LeastSquares(solver: solver, precision: .double, measuresResidual: measures).fit(X, y)
              if fit.rank != p + 1 { worst["rank", default: (0, 0, 0)].2 += 1; continue }
              let mean = y.elements.reduce(0, +) / Double(n)
              let scales = (0..<p).map { j in nrm2(X[column: j]) }
              let (loose, truth) = Self.digits(fit, exact, mean: mean, scales: scales)
              let mine = fit.certificate.estimatedDigits; let off0 = mine > loose ? mine - loose : mine < truth ? mine - truth : 0
              if off0 < -5 || off0 > 1 { print("odd k1e\(exponent) n\(n) p\(p) noise \(noise) \(fit.certificate.solver) truth \(truth) est \(fit.certificate.estimatedDigits) cond \(fit.certificate.conditionNumber) w \(exact.coefficients) b \(exact.intercept) got \(fit.coefficients) \(fit.intercept)") }
              let off = off0
              let key = "\(fit.certificate.solver.rawValue) \(measures) n\(noise)"
              let old = worst[key] ?? (0, 0, 0)
              worst[key] = (min(old.0, off), max(old.1, off), old.2 + 1)
              }
            }
          }
        }
      }
    }
    for (key, value) in worst.sorted(by: { $0.key < $1.key }) { print("cal", key, value) }
  }
  static func digits(_ fit: LeastSquaresFit, _ exact: LeastSquaresFit, mean: Double, scales: [Double]) -> (Double, Double) {
    let largest = zip(exact.coefficients, scales).reduce(0) { max($0, abs($1.0 * $1.1)) }
    var loose = 0.0, strict = 0.0
    func add(_ own: Double, _ relative: Double) {
      loose = max(loose, own < 1e-4 ? own : min(own, relative))
      strict = max(strict, own < 1e-2 ? own : min(own, relative))
    }
    for j in scales.indices {
      let error = abs(fit.coefficients[j] - exact.coefficients[j])
      add(error / abs(exact.coefficients[j]), error * scales[j] / largest)
    }
    let error = abs(fit.intercept - exact.intercept)
    add(error / abs(exact.intercept), error / abs(mean))
    func digits(_ x: Double) -> Double { x == 0 ? 16 : min(16, max(0, -log10(x))) }
    return (digits(loose), digits(strict))
  }
}
import Foundation
