import LinearAlgebra
import TestSupport
import Testing

/// Arrays as vectors, and vectors with the rows and columns of a matrix.
@Suite struct VectorsTests {
  let x = [1.0, 2, 4], y = [3.0, -1, 0.5]
  let A: Matrix<Double> = [[1, 2, 3], [4, 5, 6]]

  @Test func elementByElement() {
    #expect(x .+ y == [4, 1, 4.5])
    #expect(x .- y == [-2, 3, 3.5])
    #expect(x .* y == [3, -2, 2])
    #expect(y ./ x == [3, -0.5, 0.125])
    #expect(2 * x == [2, 4, 8] && x * 2 == [2, 4, 8] && x / 2 == [0.5, 1, 2] && -x == [-1, -2, -4])
    #expect(x .- 0.5 * (y .+ x) / 2 == [0, 1.75, 2.875])
    let none: [Float] = []
    #expect(none .+ none == none && 2 * none == none && -none == none)
  }

  @Test func rowTimesMatrix() {
    #expect([1, 10] * A == [41, 52, 63])
    #expect([1, 10] * A[rows: 0...] == [41, 52, 63])
    #expect([Double]() * Matrix<Double>.zeros(0, 2) == [0, 0])
  }

  @Test func rowsAndColumns() {
    #expect(A.addingToEachRow(x) == [[2, 4, 7], [5, 7, 10]])
    #expect(A.subtractingFromEachRow(A.columnMeans()).columnMeans() == [0, 0, 0])
    #expect(A.scalingColumns(by: x) == [[1, 4, 12], [4, 10, 24]])
    #expect(A.scalingRows(by: [2, 10]) == [[2, 4, 6], [40, 50, 60]])
    #expect(Matrix<Double>.zeros(0, 3).addingToEachRow(x).shape == Shape(0, 3))
    #expect(Matrix<Double>.zeros(3, 0).scalingRows(by: x).shape == Shape(3, 0))
    #expect(Array(A.columns) == [[1, 4], [2, 5], [3, 6]] && A.columns.count == 3)
    #expect(A[rows: [1, 0], columns: [2, 0]] == [[6, 4], [3, 1]])
  }

  @Test func partsOfBlocks() {
    let block = A[rows: 1...]
    #expect(block.elements == [4, 5, 6] && block[row: 0] == [4, 5, 6] && block[column: 1] == [5])
    #expect(block.transposed() == [[4], [5], [6]])
  }

  /// Whole numbers are printed with all their digits.
  @Test func wholeNumbersAreWhole() {
    #expect("\([[1234567, 0.5]] as Matrix<Double>)" == "[ 1234567  0.5 ]")
    #expect("\([[1e15, 0.5]] as Matrix<Double>)" == "[ 1e+15  0.5 ]")
  }

  @Test func shapesThatDoNotFitStop() async {
    await #expect(processExitsWith: .failure) { keep(([1.0, 2] as [Double]) .+ [1]) }
    await #expect(processExitsWith: .failure) {
      keep(([1.0, 2] as [Double]) * ([[1, 2, 3]] as Matrix<Double>))
    }
    await #expect(processExitsWith: .failure) {
      keep(([[1, 2, 3]] as Matrix<Double>).scalingRows(by: [1, 2]))
    }
    await #expect(processExitsWith: .failure) {
      keep(([[1, 2, 3]] as Matrix<Double>).addingToEachRow([1, 2]))
    }
  }
}

private func keep(_ value: some Any) { if "\(value)" == "" { print(value) } }
