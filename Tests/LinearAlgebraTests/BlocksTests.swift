import LinearAlgebra
import TestSupport
import Testing

/// Rows, columns and blocks: reading, assigning, joining.
@Suite struct BlocksTests {
  /// 10 i + j in row i and column j, 5 × 4.
  let A = Matrix<Double>(rows: 5, columns: 4) { Double(10 * $0 + $1) }

  @Test func reading() {
    #expect(Matrix(A[rows: 3...]) == [[30, 31, 32, 33], [40, 41, 42, 43]])
    #expect(Matrix(A[rows: ...0]) == [[0, 1, 2, 3]])
    #expect(Matrix(A[rows: 1...3][rows: 1..<2]) == [[20, 21, 22, 23]])
    #expect(A[rows: 1...3][rows: 2...][0, 1] == 31)
    #expect(A[columns: 3...] == Matrix(column: [3, 13, 23, 33, 43]))
    #expect(A[rows: 1..<3, columns: 2...] == [[12, 13], [22, 23]])
    #expect(A[rows: 5..., columns: 1..<1] == .zeros(0, 0))
    #expect(A[columns: 1..<1] == .zeros(5, 0))
    #expect(A[rows: [4, 0, 4]] == [[40, 41, 42, 43], [0, 1, 2, 3], [40, 41, 42, 43]])
    #expect(A[columns: [2, 0]][rows: ..<2, columns: 0...] == [[2, 0], [12, 10]])
    #expect(A[rows: []] == .zeros(0, 4))
    #expect(A[columns: []] == .zeros(5, 0))
  }

  @Test func blocksOfRowsShareStorage() {
    #expect(A[rows: 2...].withUnsafeElements { $0.baseAddress! } == address(A)! + 8)
  }

  @Test func blocksOfRowsArePrinted() {
    #expect("\(A[rows: 3...])" == "[ 30  31  32  33 ]\n[ 40  41  42  43 ]")
    #expect("\(A[rows: 5...])" == "[] (0 × 4)")
  }

  @Test func assigning() {
    func changed(_ change: (inout Matrix<Double>) -> Void) -> Matrix<Double> {
      var result = A
      result[0, 0] = A[0, 0]  // storage of its own from here on
      let before = address(result)
      change(&result)
      #expect(address(result) == before, "a copy was made")
      return result
    }
    func expected(_ element: (Int, Int) -> Double?) -> Matrix<Double> {
      Matrix(rows: 5, columns: 4) { element($0, $1) ?? A[$0, $1] }
    }
    #expect(changed { $0[row: 1] = [1, 2, 3, 4] } == expected { i, j in i == 1 ? Double(j + 1) : nil })
    #expect(changed { $0[column: 2] = [1, 2, 3, 4, 5] } == expected { i, j in j == 2 ? Double(i + 1) : nil })
    #expect(changed { $0[row: 1][2] = 7 } == expected { i, j in i == 1 && j == 2 ? 7 : nil })
    let sevens = Matrix<Double>(rows: 2, columns: 4, repeating: 7)
    #expect(changed { $0[rows: 1..<3] = sevens } == expected { i, _ in 1...2 ~= i ? 7 : nil })
    #expect(changed { $0[rows: 3...] = sevens[rows: 0...] } == expected { i, _ in i >= 3 ? 7 : nil })
    #expect(changed { $0[rows: 3..<5] = sevens[rows: 0..<2] } == expected { i, _ in i >= 3 ? 7 : nil })
    #expect(changed { $0[rows: ...0] = [[7, 7, 7, 7]] } == expected { i, _ in i == 0 ? 7 : nil })
    #expect(changed { $0[rows: 3...] *= 2 } == expected { i, j in i >= 3 ? 2 * A[i, j] : nil })
    let column = Matrix<Double>(column: [1, 2, 3, 4, 5])
    #expect(changed { $0[columns: 1...1] = column } == expected { i, j in j == 1 ? Double(i + 1) : nil })
    #expect(changed { $0[columns: 2...] -= 1 } == expected { i, j in j >= 2 ? A[i, j] - 1 : nil })
    #expect(
      changed { $0[rows: 1..<3, columns: ..<2] = [[7, 7], [7, 7]] }
        == expected { i, j in 1...2 ~= i && j < 2 ? 7 : nil })
    #expect(
      changed { $0[rows: 4..., columns: 1..<3] += [[1, 1]] as Matrix }
        == expected { i, j in
          i == 4 && 1...2 ~= j ? A[i, j] + 1 : nil
        })
    #expect(changed { $0[rows: 2..<2] = Matrix.zeros(0, 4) } == A)
    #expect(changed { $0.diagonal = [7, 7, 7, 7] } == expected { i, j in i == j ? 7 : nil })
  }

  @Test func assigningAMatrixsOwnRows() {
    var a = A
    a[rows: 0..<2] = a[rows: 1..<3]  // they overlap
    #expect(a == Matrix(rows: 5, columns: 4) { i, j in A[i < 2 ? i + 1 : i, j] })
    // Another matrix that shares storage keeps its elements.
    var copy = A
    copy[rows: 0...] = Matrix<Double>.zeros(5, 4)
    #expect(A[4, 3] == 43)
    #expect(copy == .zeros(5, 4))
  }

  @Test func rowByRow() {
    #expect(A.rows.count == 5)
    #expect(Array(A.rows.reversed())[0] == [40, 41, 42, 43])
    #expect(A.rows[2] == [20, 21, 22, 23])
    #expect(A.rows.map { $0[1] } == A[column: 1])
    #expect(Matrix(Array(A.rows)) == A)
    #expect(Array(Matrix<Double>.zeros(2, 0).rows) == [[], []])
    #expect(Matrix<Double>.zeros(0, 2).rows.isEmpty)
    for i in 0..<5 {
      let row = A.withSpan(ofRow: i) { span in span.indices.map { span[$0] } }
      #expect(row == A[row: i])
    }
    #expect(Matrix<Double>.zeros(2, 0).withSpan(ofRow: 1) { $0.count } == 0)
  }

  @Test func joining() {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      let a: Matrix<Scalar> = [[1, 2], [3, 4]], b: Matrix<Scalar> = [[5, 6]]
      #expect(Matrix(rowsOf: [a, b, a]) == [[1, 2], [3, 4], [5, 6], [1, 2], [3, 4]])
      #expect(Matrix(columnsOf: [a, Matrix(column: [7, 8]), a]) == [[1, 2, 7, 1, 2], [3, 4, 8, 3, 4]])
      #expect(Matrix(rowsOf: [a[rows: 1...], a[rows: ..<1]]) == [[3, 4], [1, 2]])
      #expect(Matrix(columnsOf: [a, .zeros(2, 0)]) == a)
      #expect(Matrix(rowsOf: [.zeros(0, 2), a]) == a)
      #expect(Matrix(rowsOf: [Matrix<Scalar>]()) == .zeros(0, 0))
      #expect(Matrix(columnsOf: [Matrix<Scalar>]()) == .zeros(0, 0))
      #expect(Matrix(columnsOf: [Matrix<Scalar>.zeros(0, 2), .zeros(0, 3)]) == .zeros(0, 5))
      #expect(a.reshaped(rows: 1, columns: 4) == [[1, 2, 3, 4]])
      #expect(Matrix<Scalar>.zeros(0, 3).reshaped(rows: 5, columns: 0) == .zeros(5, 0))
    }
    check(Float.self)
    check(Double.self)
    #expect(address(A.reshaped(rows: 2, columns: 10)) == address(A))
  }

  @Test func diagonals() {
    #expect(A.diagonal == [0, 11, 22, 33])
    #expect(A.transposed().diagonal == [0, 11, 22, 33])
    #expect(Matrix<Float>(diagonal: [1, 2]) == [[1, 0], [0, 2]])
    #expect(Matrix<Float>(diagonal: []) == .zeros(0, 0))
    #expect(Matrix<Double>.zeros(0, 3).diagonal == [])
    #expect(Matrix(A[rows: ..<4]).trace() == 66)
    #expect(Matrix<Double>.zeros(0, 0).trace() == 0)
    // tr(AB) = tr(BA)
    #expect((A * A.transposed()).trace() == (A.transposed() * A).trace())
  }

  @Test func whatDoesNotFitStopsTheProgram() async {
    let range = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Matrix<Double>.zeros(3, 2)[rows: 0..<2, columns: 1...2]
    }
    #expect(text(range).contains("columns 1..<3 are outside a 3 × 2 matrix"))
    let endless = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Matrix<Double>.zeros(3, 2)[columns: 0..<Int.max]
    }
    #expect(text(endless).contains("columns 0..<\(Int.max) are outside a 3 × 2 matrix"))
    let block = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var a = Matrix<Double>.zeros(3, 2)
      a[rows: 0..<2] = Matrix<Double>.zeros(2, 3)
    }
    #expect(text(block).contains("a block of 2 × 2 cannot be set to a 2 × 3 matrix"))
    let row = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var a = Matrix<Double>.zeros(3, 2)
      a[row: 0] = [1, 2, 3]
    }
    #expect(text(row).contains("row 0 of a 3 × 2 matrix cannot be set to 3 elements"))
    let column = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var a = Matrix<Double>.zeros(3, 2)
      a[column: 0] = [1, 2]
    }
    #expect(text(column).contains("column 0 of a 3 × 2 matrix cannot be set to 2 elements"))
    let gathered = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Matrix<Double>.zeros(3, 2)[rows: [0, 3]]
    }
    #expect(text(gathered).contains("row 3 is outside a 3 × 2 matrix"))
    let joined = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Matrix(columnsOf: [Matrix<Double>.zeros(3, 2), .zeros(2, 2)])
    }
    #expect(text(joined).contains("columnsOf: the numbers of rows differ, a 3 × 2 and a 2 × 2 matrix"))
    let below = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Matrix(rowsOf: [Matrix<Double>.zeros(3, 2), .zeros(3, 3)])
    }
    #expect(text(below).contains("rowsOf: the numbers of columns differ, a 3 × 2 and a 3 × 3 matrix"))
    let shape = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Matrix<Double>.zeros(3, 2).reshaped(rows: 4, columns: 2)
    }
    #expect(text(shape).contains("reshaped: a 3 × 2 matrix has not as many elements as a 4 × 2 one"))
    let trace = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Matrix<Double>.zeros(3, 2).trace()
    }
    #expect(text(trace).contains("trace: the matrix is 3 × 2, not square"))
  }
}
