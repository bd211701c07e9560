import LinearRegression
import Testing

@Suite struct MinibatchesTests {
  let X = Matrix<Float>(rows: 10, columns: 2) { row, column in Float(10 * row + column) }
  let y = Matrix<Float>(rows: 10, columns: 1) { row, _ in Float(row) }

  @Test func inOrderTheRowsAreNotCopied() {
    var generator = SeededGenerator(seed: 0)
    let batches = Array(Minibatches(X, y, size: 4, order: .inOrder, using: &generator))
    #expect(batches.map(\.count) == [4, 4, 2])
    #expect(batches.flatMap(\.y.elements) == (0..<10).map(Float.init))
    #expect(Matrix(batches[2].X) == [[80, 81], [90, 91]])
    let start = X.withUnsafeElements { $0.baseAddress! }
    #expect(batches[1].X.withUnsafeElements { $0.baseAddress! } == start + 8)
  }

  @Test func shuffledEveryRowComesOnceAndWithItsTarget() {
    var generator = SeededGenerator(seed: 1)
    let epochs = (0..<2).map { _ in Array(Minibatches(X, y, size: 3, order: .shuffled, using: &generator)) }
    for batches in epochs {
      #expect(batches.map(\.count) == [3, 3, 3, 1])
      #expect(batches.flatMap(\.y.elements).sorted() == (0..<10).map(Float.init))
      for batch in batches {
        for row in 0..<batch.count { #expect(batch.X[row, 0] == 10 * batch.y[row, 0]) }
      }
    }
    // Every epoch has an order of its own.
    #expect(epochs[0].flatMap(\.y.elements) != epochs[1].flatMap(\.y.elements))
  }

  @Test func oneBatchMayBeLargerThanTheData() {
    var generator = SeededGenerator(seed: 2)
    #expect(Minibatches(X, y, size: 100, order: .inOrder, using: &generator).map(\.count) == [10])
    let none = Minibatches(
      Matrix<Float>.zeros(0, 2), .zeros(0, 1), size: 5, order: .shuffled, using: &generator)
    #expect(none.map(\.count) == [])
  }
}
