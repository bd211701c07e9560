import LinearAlgebra
import TestSupport
import Testing

/// Operators and products against their definitions, element by element.
@Suite struct OperatorsTests {
  @Test func elementByElement() {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      var generator = SeededGenerator(seed: 11)
      for (m, n) in [(0, 0), (0, 3), (3, 0), (1, 1), (3, 5), (17, 9)] {
        let a = Matrix<Scalar>.uniform(m, n, in: 1..<2, using: &generator)
        let b = Matrix<Scalar>.uniform(m, n, in: 1..<2, using: &generator)
        func expected(_ operation: (Scalar, Scalar) -> Scalar) -> Matrix<Scalar> {
          Matrix(rows: m, columns: n) { operation(a[$0, $1], b[$0, $1]) }
        }
        #expect(a + b == expected(+))
        #expect(a - b == expected(-))
        #expect((a .* b) == expected(*))
        #expect((a ./ b) == expected(/))
        #expect(-a == expected { x, _ in -x })
        #expect(a + 3 == expected { x, _ in x + 3 })
        #expect(a - 3 == expected { x, _ in x - 3 })
        #expect(a * 3 == expected { x, _ in x * 3 })
        #expect(a / 3 == expected { x, _ in x / 3 })
        #expect(3 + a == expected { x, _ in 3 + x })
        #expect(3 - a == expected { x, _ in 3 - x })
        #expect(3 * a == expected { x, _ in 3 * x })
        #expect(3 / a == expected { x, _ in 3 / x })
      }
    }
    check(Float.self)
    check(Double.self)
    // −0 and not 0 − 0.
    #expect((-Matrix<Double>.zeros(1, 1))[0, 0].sign == .minus)
  }

  @Test func inPlace() {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      var generator = SeededGenerator(seed: 12)
      let a = Matrix<Scalar>.uniform(7, 5, in: 1..<2, using: &generator)
      let b = Matrix<Scalar>.uniform(7, 5, in: 1..<2, using: &generator)
      func changed(_ change: (inout Matrix<Scalar>) -> Void) -> Matrix<Scalar> {
        var result = a
        result[0, 0] = a[0, 0]  // storage of its own from here on
        let before = address(result)
        change(&result)
        #expect(address(result) == before, "a copy was made")
        return result
      }
      #expect(changed { $0 += b } == a + b)
      #expect(changed { $0 -= b } == a - b)
      #expect(changed { $0 .*= b } == (a .* b))
      #expect(changed { $0 ./= b } == (a ./ b))
      #expect(changed { $0 += 3 } == a + 3)
      #expect(changed { $0 -= 3 } == a - 3)
      #expect(changed { $0 *= 3 } == a * 3)
      #expect(changed { $0 /= 3 } == a / 3)
      var doubled = a
      doubled += doubled
      #expect(doubled == 2 * a)
      var shifted = a
      shifted[rows: 1...] += shifted[rows: ..<6]
      #expect(shifted == Matrix(rows: 7, columns: 5) { i, j in i == 0 ? a[i, j] : a[i, j] + a[i - 1, j] })
    }
    check(Float.self)
    check(Double.self)
    var empty = Matrix<Double>.zeros(0, 3)
    empty += empty
    empty *= 2
    #expect(empty == .zeros(0, 3))
  }

  @Test func rowBlocksAreOperands() {
    let X: Matrix<Double> = [[1, 2], [3, 4], [5, 6]]
    #expect(X[rows: 1...] + X[rows: ..<2] == [[4, 6], [8, 10]])
    #expect(X[rows: 1...] * X[rows: ..<2] == [[15, 22], [23, 34]])
    #expect(X[rows: 1...] * [1, -1] == [-1, -1])
    #expect(2 * X[rows: 2...] == [[10, 12]])
    #expect(-X[rows: 2...] == [[-5, -6]])
    // The operands of a matrix product are not copied: these blocks are no `Matrix`.
    let block = X[rows: 1...], first = X[rows: 0..<1]
    #expect(first * X.transposed() == [[5, 11, 17]])
    #expect(X.transposed() * X[rows: 0..<3] == [[35, 44], [44, 56]])
    #expect(block * [1, 1] == [7, 11])
    #expect(block * Matrix.identity(2) == [[3, 4], [5, 6]])
    // What is written without a type is a `Matrix`.
    #expect(X * .identity(2) == X)
    #expect(X * [[1], [-1]] == [[-1], [-1], [-1]])
    #expect(X + [[1, 1], [1, 1], [1, 1]] == X + 1)
    #expect(X - .zeros(3, 2) == X)
  }

  @Test func products() {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      var generator = SeededGenerator(seed: 13)
      for (m, k, n) in [(0, 2, 3), (2, 0, 3), (2, 3, 0), (1, 1, 1), (3, 3, 3), (5, 7, 4)] {
        let a = generator.dyadicMatrix(m, k), b = generator.dyadicMatrix(k, n)
        // Exact in Float too.
        let expected = Matrix<Scalar>(oracleProduct(a, b, .zeros(m, n)))
        #expect(Matrix<Scalar>(a) * Matrix<Scalar>(b) == expected)
        for j in 0..<n { #expect(Matrix<Scalar>(a) * Matrix<Scalar>(b)[column: j] == expected[column: j]) }
      }
      #expect(outer([1, 2, 3] as [Scalar], [4, 5]) == [[4, 5], [8, 10], [12, 15]])
      #expect(outer([] as [Scalar], [4, 5]) == .zeros(0, 2))
      #expect(outer([4, 5] as [Scalar], []) == .zeros(2, 0))
      let a: Matrix<Scalar> = [[1, 2], [3, 4], [5, 6]], b: Matrix<Scalar> = [[0, 5, 7]]
      let product = kronecker(a, b)
      #expect(product == [[0, 5, 7, 0, 10, 14], [0, 15, 21, 0, 20, 28], [0, 25, 35, 0, 30, 42]])
      #expect(kronecker(b, a)[2, 5] == 42)
      #expect(kronecker(a, .zeros(0, 2)) == .zeros(0, 4))
      // (A ⊗ B)(C ⊗ D) = AC ⊗ BD
      let c: Matrix<Scalar> = [[1, -1, 2], [0, 3, 1]], d: Matrix<Scalar> = [[2], [1], [-1]]
      #expect(product * kronecker(c, d) == kronecker(a * c, b * d))
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func shapesThatDoNotFitAreNamed() async {
    let sum = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Matrix<Double>.zeros(3, 2) + Matrix<Double>.zeros(2, 3)
    }
    #expect(text(sum).contains("+: the shapes differ, 3 × 2 and 2 × 3"))
    let assignment = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var a = Matrix<Double>.zeros(3, 2)
      a .*= Matrix<Double>.zeros(2, 3)
    }
    #expect(text(assignment).contains(".*=: the shapes differ, 3 × 2 and 2 × 3"))
    let product = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Matrix<Double>.zeros(3, 2) * Matrix<Double>.zeros(3, 2)
    }
    #expect(text(product).contains("*: A is 3 × 2 but B is 3 × 2"))
    let vector = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Matrix<Double>.zeros(3, 2) * [1, 2, 3]
    }
    #expect(text(vector).contains("*: A is 3 × 2 but x has 3 elements"))
  }
}

/// Where a matrix's elements are.
func address<Scalar: BLASScalar>(_ matrix: Matrix<Scalar>) -> UnsafePointer<Scalar>? {
  matrix.withUnsafeElements { $0.baseAddress }
}
