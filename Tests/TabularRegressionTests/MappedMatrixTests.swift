import Foundation
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

@Suite struct MappedMatrixTests {
  let folder = TemporaryFolder()

  // MARK: Files

  private func file(_ bytes: [UInt8]) throws -> String {
    let path = folder.path("\(UUID().uuidString).npy")
    try Data(bytes).write(to: URL(filePath: path))
    return path
  }

  private func contents(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

  // MARK: Reading

  /// The bytes of `numpy.save` of NumPy 2.4 for [[1, −2.5], [0.1, ∞], [2⁻¹⁰⁷⁴, −0]].
  private let doubles: [UInt8] = [
    0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0x04, 0xc0, 0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9,
    0x3f,
    0, 0, 0, 0, 0, 0, 0xf0, 0x7f, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80,
  ]

  /// The same for [1.5, −0, 2⁻¹⁴⁹] in single precision.
  private let floats: [UInt8] = [0, 0, 0xc0, 0x3f, 0, 0, 0, 0x80, 1, 0, 0, 0]

  @Test func numpysFilesAreReadBitForBit() throws {
    for version: UInt8 in 1...3 {
      let X = try MappedMatrix<Double>(npy: file(npy(dictionary("(3, 2)"), doubles, version: version)))
      #expect(X.shape == Shape(3, 2))
      #expect(Matrix(X).elements == [1, -2.5, 0.1, .infinity, .leastNonzeroMagnitude, 0])
      #expect(X[2, 1].sign == .minus)
      let v = try MappedMatrix<Float>(
        npy: file(npy(dictionary("(3,)", type: "<f4"), floats, version: version)))
      #expect(v.shape == Shape(3, 1))
      #expect(v.withUnsafeElements { $0.map(\.bitPattern) } == [0x3fc0_0000, 0x8000_0000, 1])
    }
  }

  /// Other writers order keys, quote and space as they like, and align less.
  @Test func theDictionaryIsPythons() throws {
    for text in [
      "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2)}",
      "{\"shape\":(3,2,),\"fortran_order\":False,\"descr\":\"<f8\"}",
      " { 'shape' :\t( 3 , 2 ) , 'descr' : '<f8' , 'fortran_order' : False , } ",
    ] {
      for alignment in [8, 16, 64] {
        _ = try MappedMatrix<Double>(npy: try file(npy(text, doubles, alignment: alignment)))
      }
    }
  }

  @Test func emptyMatrices() throws {
    for (shape, expected) in [("(0, 3)", Shape(0, 3)), ("(3, 0)", Shape(3, 0)), ("(0,)", Shape(0, 1))] {
      let X = try MappedMatrix<Double>(npy: file(npy(dictionary(shape))))
      #expect(X.shape == expected)
      #expect(X.withUnsafeElements { $0.count == 0 && $0.baseAddress != nil })
      #expect(X[rows: 0..<0].isEmpty)
    }
    let X = try MappedMatrix<Double>(npy: file(npy(dictionary("(0, 3)"))))
    #expect(gemv(X, [1, 2, 3]) == [])
    #expect(throws: DataError.noRows) { try LeastSquares().fit(X, []) }
  }

  @Test func rowsShareTheFile() throws {
    let path = folder.path("rows.npy")
    try Matrix<Double>(rows: 10, columns: 3) { Double(3 * $0 + $1) }.write(npy: path)
    var X: MappedMatrix<Double>? = try MappedMatrix(npy: path)
    let rows = X![rows: 2..<6]
    #expect(Matrix(rows[rows: 1..<3]) == [[9, 10, 11], [12, 13, 14]])
    #expect(rows[3, 2] == 17)
    #expect(X![rows: 10..<10].isEmpty)
    #expect(X!.rowBlocks(ofRows: 4).map(\.rowCount) == [4, 4, 2])
    #expect(X!.rowBlocks(ofRows: 4).flatMap { Matrix($0).elements } == (0..<30).map(Double.init))
    try FileManager.default.removeItem(atPath: path)
    X = nil
    #expect(Matrix(rows).elements == (6..<18).map(Double.init))
  }

  #if os(Linux)
    @Test func theLastUserUnmaps() throws {
      let path = folder.path("unmapped.npy")
      try Matrix<Double>.identity(4).write(npy: path)
      func isMapped() throws -> Bool {
        let maps = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/maps")).readToEnd() ?? Data()
        return maps.contains(Array(path.utf8))
      }
      do {
        let X = try MappedMatrix<Double>(npy: path)
        #expect(try isMapped())
        #expect(X[3, 3] == 1)
      }
      #expect(try !isMapped())
    }
  #endif

  @Test func outsideTheMatrix() async throws {
    let path = folder.path("bounds.npy")
    try Matrix<Double>.identity(3).write(npy: path)
    let rows = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [path = path as String] in
      print(try MappedMatrix<Double>(npy: path)[rows: 1..<4].shape)
    }
    #expect(text(rows).contains("rows 1..<4 are outside a 3 × 3 matrix"))
    let column = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [path = path as String] in
      print(try MappedMatrix<Double>(npy: path)[0, 3])
    }
    #expect(text(column).contains("element (0, 3) is outside a 3 × 3 matrix"))
  }

  private func text(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }

  // MARK: Writing

  @Test func writesWhatNumPyWrites() throws {
    let path = folder.path("written.npy")
    try ([[1, -2.5], [0.1, .infinity], [.leastNonzeroMagnitude, -0.0]] as Matrix<Double>).write(npy: path)
    #expect(try contents(path) == npy(dictionary("(3, 2)"), doubles))
    try (Matrix<Float>(column: [1.5, -0.0, .leastNonzeroMagnitude])).write(npy: path)
    #expect(try contents(path) == npy(dictionary("(3, 1)", type: "<f4"), floats))
    try Matrix<Double>.zeros(0, 7).write(npy: path)
    #expect(try contents(path) == npy(dictionary("(0, 7)")))
  }

  /// Every bit pattern comes back, signalling NaN's too: nothing is converted on the way.
  @Test func roundTrips() throws {
    var generator = SeededGenerator(seed: 152)
    for shape in [Shape(1, 1), Shape(300, 7), Shape(7, 300), Shape(5, 0), Shape(123_456, 1)] {
      let count = shape.rows * shape.columns
      let singles = (0..<count).map { _ in UInt32(truncatingIfNeeded: generator.next()) }
      #expect(
        try roundTrip(shape, singles.map(Float.init(bitPattern:))) { $0.bitPattern } == singles)
      let doubles = (0..<count).map { _ in generator.next() }
      #expect(
        try roundTrip(shape, doubles.map(Double.init(bitPattern:))) { $0.bitPattern } == doubles)
    }
  }

  private func roundTrip<Scalar: BLASScalar, Bits>(
    _ shape: Shape, _ elements: [Scalar], _ bits: (Scalar) -> Bits
  ) throws -> [Bits] {
    let path = folder.path("\(UUID().uuidString).npy")
    try Matrix(rows: shape.rows, columns: shape.columns, elements: elements).write(npy: path)
    let X = try MappedMatrix<Scalar>(npy: path)
    #expect(X.shape == shape)
    let again = folder.path("\(UUID().uuidString).npy")
    try X[rows: 0..<shape.rows].write(npy: again)
    #expect(try contents(path) == contents(again))
    return X.withUnsafeElements { $0.map(bits) }
  }

  @Test func failures() throws {
    func message(_ body: () throws(TabularError) -> Void) -> String? {
      do throws(TabularError) {
        try body()
        return nil
      } catch { return error.description }
    }
    let missing = folder.path("missing.npy"), here = folder.path("")
    #expect(
      message { () throws(TabularError) in _ = try MappedMatrix<Double>(npy: missing) }
        == "\(missing): cannot read the file: No such file or directory")
    #expect(
      message { () throws(TabularError) in _ = try MappedMatrix<Double>(npy: here) }
        == "\(here): cannot read the file: Is a directory")
    let pipe = folder.path("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    for (path, name) in [("-", "standard input"), ("/dev/null", "/dev/null"), (pipe, pipe)] {
      #expect(
        message { () throws(TabularError) in _ = try MappedMatrix<Double>(npy: path) }
          == "\(name): only a regular file can be read in place; save it to one first")
    }
    let nowhere = folder.path("nowhere/x.npy")
    #expect(
      message { () throws(TabularError) in try Matrix<Double>.identity(2).write(npy: nowhere) }
        == "\(nowhere): cannot write the file: No such file or directory")
  }

  // MARK: Computing

  /// A mapped matrix goes where a matrix goes, to the same bits.
  @Test func computesAsInMemory() throws {
    try computesAsInMemory(Float.self)
    try computesAsInMemory(Double.self)
  }

  private func computesAsInMemory<Scalar: BLASScalar>(_: Scalar.Type) throws {
    var generator = SeededGenerator(seed: 150)
    let memory: Matrix<Scalar> = generator.normalMatrix(5000, 7)
    let y: Matrix<Scalar> = generator.normalMatrix(5000, 1)
    let path = folder.path("\(Scalar.self).npy")
    try memory.write(npy: path)
    let X = try MappedMatrix<Scalar>(npy: path)
    #expect(Matrix(X) == memory)
    let fit = try LeastSquares().fit(X, y), expected = try LeastSquares().fit(memory, y)
    #expect(fit.model == expected.model)
    #expect(fit.predict(X) == expected.predict(memory))
    #expect(try fit.model.evaluate(X, y) == expected.model.evaluate(memory, y))
    #expect(try LeastSquares().fit(X, y.elements).model == expected.model)
    #expect(try Standardization(X) == Standardization(memory))
    let w: Matrix<Scalar> = generator.normalMatrix(7, 1)
    let b: Matrix<Scalar> = generator.normalMatrix(1, 1)
    let predictions = linreg(memory, w, b)
    #expect(linreg(X, w, b) == predictions)
    #expect(gradient(X, targets: y, w, b) == gradient(memory, targets: y, w, b))
    #expect(X.firstNonFinite() == nil)
    #expect(gemv(X, w.elements) == gemv(memory, w.elements))
    var share = LeastSquares.Factor(features: 7), whole = share
    for (block, targets) in zip(X.rowBlocks(ofRows: 999), y.rowBlocks(ofRows: 999)) {
      try share.add(block, Matrix(targets))
    }
    for (block, targets) in zip(memory.rowBlocks(ofRows: 999), y.rowBlocks(ofRows: 999)) {
      try whole.add(block, Matrix(targets))
    }
    #expect(share == whole)
  }
}
