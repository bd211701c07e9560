import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

@Suite struct OrthogonalPolynomialsTests {
  static let x = [1.0, 2, 3, 4, 5, 7]

  /// R 4.2: attr(poly(c(1, 2, 3, 4, 5, 7), 2), "coefs").
  @Test func constantsAreThoseOfR() throws {
    let key = OrthogonalPolynomials.Key(operand: .column("x"), degree: 2)
    let found = try #require(PowerTriangle(Self.x, degree: 2).polynomials(of: key))
    #expect(difference(found.alpha, [11.0 / 3, 13.0 / 3], factor: 64) == nil)
    #expect(difference(found.norm2, [1, 6, 70.0 / 3, 84], factor: 64) == nil)
  }

  /// Blocks of rows, far from each other and of different sizes, join to what they are together.
  @Test func blocksJoin() throws {
    var generator = SeededGenerator(seed: 9)
    let all = (0..<3000).map { 1e4 + Double($0) * 30 + generator.nextNormal() }
    let key = OrthogonalPolynomials.Key(operand: .column("x"), degree: 6)
    let whole = try #require(PowerTriangle(all, degree: 6).polynomials(of: key))
    var joined = PowerTriangle(degree: 6)
    for cut in [0..<1, 1..<5, 5..<1200, 1200..<1210, 1210..<3000] {
      joined.merge(PowerTriangle(Array(all[cut]), degree: 6))
    }
    let other = try #require(joined.polynomials(of: key))
    #expect(difference(other.alpha, whole.alpha, factor: 1e4) == nil)
    #expect(difference(other.norm2, whole.norm2, factor: 1e5) == nil)
    // Orthogonal, and of norm 1.
    let columns = other.values(all[...])
    for i in 0..<6 {
      for j in 0...i {
        let product = all.indices.reduce(0) { $0 + columns[$1, i] * columns[$1, j] }
        #expect(abs(product - (i == j ? 1 : 0)) < 1e-10)
      }
    }
  }

  /// Predictions use the constants of the fit's rows; R: predict(lm(y ~ poly(x, 2) + n), data.frame(x = 6, n = 2)).
  @Test func predictionsAreThoseOfR() throws {
    let table = try Table(
      csvText: "y,x,n\n1,1,2\n3,2,1\n2,3,4\n6,4,3\n5,5,7\n7,7,5\n", source: "t.csv")
    let model = try FittedModel("y ~ poly(x, 2, raw = FALSE) + n", table)
    let folder = TemporaryFolder()
    try model.write(to: folder.path("m"))
    let read = try FittedModel(contentsOf: folder.path("m"))
    #expect(read == model)
    let new = try Table(csvText: "x,n\n6,2\n", source: "new.csv")
    #expect(abs(try read.predictions(from: new)[0] - 8.017472) < 5e-7)
    // The space of the columns is that of raw powers.
    let raw = try FittedModel("y ~ poly(x, 2) + n", table)
    #expect(
      difference(try read.predictions(from: table), try raw.predictions(from: table), factor: 256) == nil)
  }

  @Test func sharesOfOtherRowsAreRefusedInWords() throws {
    func share(_ values: String) throws -> Share {
      try Share("y ~ poly(x, 2, raw = FALSE)", Table(csvText: "y,x\n\(values)", source: "t.csv"))
    }
    var first = try share("1,1\n3,2\n2,4\n5,7\n")
    let message =
      "poly(x, 2, raw = FALSE) has other polynomials here than before, for they are those of the rows; use raw powers, poly(x, k)"
    #expect(throws: TabularError.unusable(file: "other", message: message)) {
      try first.merge(share("1,3\n3,2\n2,4\n5,9\n"), named: "other")
    }
    #expect(try first.solve().features.count == 2)
  }

  @Test func tooFewDifferentNumbers() throws {
    let table = try Table(csvText: "y,x\n1,1\n3,2\n2,1\n5,2\n4,3\n", source: "t.csv")
    #expect(try FittedModel("y ~ poly(x, 2, raw = FALSE)", table).features.count == 2)
    #expect(
      throws: TabularError.unusable(
        file: "t.csv",
        message:
          "poly(x, 3, raw = FALSE) needs more than 3 different numbers, and powers within a Double; take a lower degree or another unit"
      )
    ) { try FittedModel("y ~ poly(x, 3, raw = FALSE)", table) }
  }
}
