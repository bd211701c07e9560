import Foundation
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// SGD on a file where it lies.
@Suite struct MappedTrainingTests {
  @Test(arguments: RowOrder.allCases)
  func theBitsAreThoseOfTheMatrixInMemory(order: RowOrder) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      let folder = TemporaryFolder()
      var generator = SeededGenerator(seed: 71)
      let X: Matrix<Scalar> = generator.normalMatrix(3000, 7),
        w: Matrix<Scalar> = generator.normalMatrix(7, 1)
      let y = linreg(X, w, [[3]]) + generator.normalMatrix(3000, 1)
      try X.write(npy: folder.path("X.npy"))
      let mapped = try MappedMatrix<Scalar>(npy: folder.path("X.npy"))
      for method in [
        SGD(order: order, seed: 3),
        SGD(epochs: 2, learningRate: 0.01, order: order, seed: 3, standardize: false),
      ] {
        let run = try method.train(mapped, y)
        #expect(try run == method.train(X, y))
        if method.isAutomatic { #expect(run.stopReason == .converged) }
        // A state belongs to the numbers, wherever they are.
        let there = try Training(method, mapped, y), here = try Training(method, X, y)
        _ = try there.advance(rows: 1000)
        try here.restore(there.state)
        while try here.next() != nil {}
        #expect(try here.run() == run)
      }
    }
    try check(Float.self)
    try check(Double.self)
  }
}
