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

  /// What is said of a file with these bytes, without its name; nil where it is read.
  private func refusal<Scalar: BLASScalar>(
    _ bytes: [UInt8], as: Scalar.Type = Double.self
  ) throws -> String? {
    let path = try file(bytes)
    do throws(TabularError) {
      _ = try MappedMatrix<Scalar>(npy: path)
      return nil
    } catch {
      #expect(error.description.hasPrefix("\(path): "))
      return String(error.description.dropFirst(path.count + 2))
    }
  }

  /// The same without a file: what the header alone, as the start of so many bytes, is refused for.
  private func isRefused<Scalar: BLASScalar>(_ bytes: [UInt8], as: Scalar.Type) -> Bool {
    do throws(NPYHeader.Fault) {
      let header = try NPYHeader(Array(bytes.prefix(NPYHeader.longest)), fileSize: bytes.count)
      _ = try header.shape(of: Scalar.self, fileSize: bytes.count)
      return false
    } catch {
      let oneLine = error.message.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
      if !oneLine || error.message.utf8.count > 400 { Issue.record("\(error.message)") }
      return true
    }
  }

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
        #expect(try refusal(npy(text, doubles, alignment: alignment)) == nil)
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
    var share = LeastSquares.Accumulator(features: 7), whole = share
    for (block, targets) in zip(X.rowBlocks(ofRows: 999), y.rowBlocks(ofRows: 999)) {
      try share.add(block, Matrix(targets))
    }
    for (block, targets) in zip(memory.rowBlocks(ofRows: 999), y.rowBlocks(ofRows: 999)) {
      try whole.add(block, Matrix(targets))
    }
    #expect(share == whole)
  }

  // MARK: Refusals

  @Test func otherFiles() throws {
    let notNPY = "this is not an NPY file: it does not begin with \\x93NUMPY; write one with numpy.save"
    for bytes in [[], Array("x,y\n1,2\n".utf8), Array("NUMPY".utf8), [0x93] + Array("NUMPI\u{1}\u{0}".utf8)] {
      #expect(try refusal(bytes) == notNPY)
    }
    #expect(
      try refusal(Array("PK\u{3}\u{4}and more".utf8))
        == "this is an archive (NPZ), not an NPY file; unpack it and take one of its arrays")
  }

  @Test func headersCutShort() throws {
    let whole = npy(dictionary("(3, 2)"), doubles)
    for count in [1, 5, 6, 7, 8, 9] {
      #expect(
        try refusal(Array(whole[..<count]))
          == "the file ends after \(count) bytes, within its header; copy or write it again")
    }
    #expect(
      try refusal(Array(npy(dictionary("(3, 2)"), version: 2)[..<11]))
        == "the file ends after 11 bytes, within its header; copy or write it again")
    #expect(
      try refusal(Array(whole[..<100]))
        == "its header is said to have 118 bytes, but the file ends 90 bytes into it; copy or write it again")
    #expect(
      try refusal([0x93] + Array("NUMPY".utf8) + [3, 0, 255, 255, 255, 255])
        == "its header is said to have 4294967295 bytes, but the file ends 0 bytes into it; copy or write it again"
    )
    #expect(
      try refusal(npy(dictionary("(3, 2)"), doubles, version: 2, alignment: 1 << 17))
        == "its header has 131060 bytes, more than the 65535 that one of a matrix may have; write it again with numpy.save"
    )
    #expect(try refusal(npy(dictionary("(3, 2)"), doubles, version: 2, alignment: 1 << 16)) == nil)
  }

  @Test func versions() throws {
    var bytes = npy(dictionary("(3, 2)"), doubles)
    for (major, minor) in [(0, 0), (4, 0), (1, 1), (255, 255)] as [(UInt8, UInt8)] {
      bytes[6] = major
      bytes[7] = minor
      #expect(
        try refusal(bytes)
          == "the file has NPY version \(major).\(minor), this software reads 1.0, 2.0 and 3.0; write it again with numpy.save"
      )
    }
  }

  @Test func malformedDictionaries() throws {
    let start = "{'descr': '<f8', 'fortran_order': False, "
    let cases: [(String, expected: String, at: Int, found: String)] = [
      ("", "'{'", 64, "the header's end"),
      ("[1]", "'{'", 10, "'['"),
      ("{,}", "a key in quotes", 11, "','"),
      ("{descr: 1}", "a key in quotes", 11, "'d'"),
      ("{'descr", "a key with both quotes", 11, "'''"),
      ("{'descr' '<f8'}", "':'", 19, "'''"),
      ("{'descr': 8}", "the type in quotes", 20, "'8'"),
      ("{'descr': '<f8' 'shape': (3, 2)}", "'}'", 26, "'''"),
      ("{'fortran_order': 0}", "True or False", 28, "'0'"),
      (start + "'shape': 6}", "'('", 60, "'6'"),
      (start + "'shape': (6)}", "','", 62, "')'"),
      (start + "'shape': (3 2)}", "','", 63, "'2'"),
      (start + "'shape': (3, 2 1)}", "')'", 66, "'1'"),
      (start + "'shape': (,)}", "a whole number", 61, "','"),
      (start + "'shape': (3L, 2L)}", "','", 62, "'L'"),
      (start + "'shape': (3.0, 2)}", "','", 62, "'.'"),
      (start + "'shape': (+3, 2)}", "a whole number", 61, "'+'"),
      (start + "'shape': (03, 2)}", "a whole number", 61, "'0'"),
      (start + "'shape': (- 3, 2)}", "a whole number", 62, "' '"),
      (start + "'shape': (3, 2)", "'}'", 128, "the header's end"),
      (start + "'shape': (3, 2)} x", "the header's end", 68, "'x'"),
      (start + "'shape': (3, 2)}\u{0}", "the header's end", 67, "the byte 0"),
    ]
    for (text, expected, position, found) in cases {
      #expect(
        try refusal(npy(text, doubles))
          == "its header is malformed: \(expected) should stand at byte \(position), not \(found); write it again with numpy.save"
      )
    }
  }

  @Test func keys() throws {
    let all = ["'descr': '<f8'", "'fortran_order': False", "'shape': (3, 2)"]
    for (index, key) in ["descr", "fortran_order", "shape"].enumerated() {
      var some = all
      some.remove(at: index)
      #expect(
        try refusal(npy("{\(some.joined(separator: ", "))}", doubles))
          == "its header lacks the key '\(key)'; write it again with numpy.save")
      #expect(
        try refusal(npy("{\((all + [all[index]]).joined(separator: ", "))}", doubles))
          == "its header has the key '\(key)' twice; write it again with numpy.save")
    }
    let accents = String(repeating: "\u{301}", count: 1000)
    #expect(
      try refusal(npy("{'\(accents)': 1}"))
        == "its header has the key '\(accents.unicodeScalars.prefix(60).map { "\($0)" }.joined())…', which is not one of the NPY format; write it again with numpy.save"
    )
    #expect(try refusal(npy("{}")) == "its header lacks the key 'descr'; write it again with numpy.save")
    #expect(
      try refusal(npy("{\((all + ["'or\u{1b}der': 'C'"]).joined(separator: ", "))}", doubles))
        == "its header has the key 'or�der', which is not one of the NPY format; write it again with numpy.save"
    )
  }

  @Test func otherTypes() throws {
    let cases: [(String, String)] = [
      ("<f2", "floating-point numbers of another width ('<f2')"),
      ("<f16", "floating-point numbers of another width ('<f16')"),
      (">f2", "floating-point numbers of another width ('>f2')"),
      (">f8", "big-endian ('>f8')"), (">f4", "big-endian ('>f4')"),
      ("<i8", "integers ('<i8')"), (">i4", "integers ('>i4')"), ("|u1", "integers ('|u1')"),
      ("|b1", "true or false ('|b1')"),
      ("|O", "pickled Python objects ('|O'), never loaded"),
      ("<U12", "text ('<U12')"), ("|S3", "text ('|S3')"),
      ("<M8[ns]", "of type '<M8[ns]', not numbers that can be used in place"),
      ("|V16", "of type '|V16', not numbers that can be used in place"),
      ("f8", "of type 'f8', not numbers that can be used in place"),
      ("=f8", "of type '=f8', not numbers that can be used in place"),
      ("=i8", "of type '=i8', not numbers that can be used in place"),
      ("|f8", "of type '|f8', not numbers that can be used in place"),
      ("<f", "of type '<f', not numbers that can be used in place"),
      ("", "of type '', not numbers that can be used in place"),
      ("<f8\n", "of type '<f8�', not numbers that can be used in place"),
    ]
    for (type, what) in cases {
      let bytes = npy(dictionary("(3, 2)", type: type), doubles)
      #expect(try refusal(bytes) == "its elements are \(what); write array.astype('<f8')")
      #expect(try refusal(bytes, as: Float.self) == "its elements are \(what); write array.astype('<f4')")
    }
    #expect(
      try refusal(npy(dictionary("(3, 2)", type: "<c16"), doubles + doubles))
        == "its elements are complex numbers ('<c16'); write array.real or array.imag")
    #expect(
      try refusal(npy(dictionary("(3,)", type: "<f4"), floats))
        == "its elements are of type Float ('<f4'), not Double; read it as MappedMatrix<Float> or write array.astype('<f8')"
    )
    #expect(
      try refusal(npy(dictionary("(3, 2)"), doubles), as: Float.self)
        == "its elements are of type Double ('<f8'), not Float; read it as MappedMatrix<Double> or write array.astype('<f4')"
    )
    for type in ["[('a', '<f4'), ('b', '<i4')]", "('<f8', (3,))"] {
      #expect(
        try refusal(npy("{'descr': \(type), 'fortran_order': False, 'shape': (6,), }", doubles))
          == "its elements are records or arrays of their own; write one field of them, as numbers")
    }
  }

  @Test func otherShapes() throws {
    #expect(
      try refusal(npy(dictionary("(3, 2)", fortran: "True"), doubles))
        == "its elements are column after column (Fortran order); write numpy.ascontiguousarray(array)")
    for (shape, count) in [("()", 0), ("(1, 3, 2)", 3), ("(1, 1, 3, 2)", 4)] {
      #expect(
        try refusal(npy(dictionary(shape), doubles))
          == "its shape \(shape) has \(count) dimensions where a matrix has two; write array.reshape(rows, columns)"
      )
    }
    for shape in ["(-3, 2)", "(3, -2)", "(-6,)", "(-3, -2)"] {
      #expect(
        try refusal(npy(dictionary(shape), doubles))
          == "its shape \(shape) has a negative dimension; write it again with numpy.save")
    }
    for shape in [
      "(9223372036854775807, 2)", "(2, 9223372036854775807)", "(4294967296, 4294967296)",
      "(1152921504606846976,)", "(99999999999999999999, 0)", "(0, 2305843009213693952)",
    ] {
      #expect(
        try refusal(npy(dictionary(shape), doubles))
          == "its shape \(shape) is larger than any file; write it again with numpy.save")
    }
    let ones = Array(repeating: "1", count: 40).joined(separator: ", ")
    #expect(
      try refusal(npy(dictionary("(\(ones))"), doubles))
        == "its shape \("(\(ones))".prefix(60))… has 40 dimensions where a matrix has two; write array.reshape(rows, columns)"
    )
  }

  @Test func otherSizes() throws {
    for count in [0, 1, 40, 47] {
      #expect(
        try refusal(npy(dictionary("(3, 2)"), Array(doubles[..<count])))
          == "its shape (3, 2) takes 48 bytes, but \(count) follow the header: the file is truncated; copy or write it again"
      )
    }
    for extra in [1, 8, 48] {
      #expect(
        try refusal(npy(dictionary("(6,)"), doubles + Array(repeating: 0, count: extra)))
          == "its shape (6,) takes 48 bytes, but \(48 + extra) follow the header; write each array to a file of its own"
      )
    }
    #expect(
      try refusal(npy(dictionary("(3, 2)"), doubles, alignment: 75))
        == "its elements begin at byte 75, no multiple of 8, and cannot be used in place; write it again with numpy.save"
    )
    #expect(try refusal(npy(dictionary("(3,)", type: "<f4"), floats, alignment: 76), as: Float.self) == nil)
    #expect(
      try refusal(npy(dictionary("(3,)", type: "<f4"), floats, alignment: 78), as: Float.self)
        == "its elements begin at byte 78, no multiple of 4, and cannot be used in place; write it again with numpy.save"
    )
  }

  /// Every truncation, every flipped bit of the header, and many changes at once: one line each, and never a crash.
  @Test func damageIsAlwaysNoticed() throws {
    for version: UInt8 in 1...3 {
      let bytes = npy(dictionary("(3, 2)"), doubles, version: version)
      let header = bytes.count - doubles.count
      #expect(!isRefused(bytes, as: Double.self))
      for count in 0..<bytes.count where !isRefused(Array(bytes[..<count]), as: Double.self) {
        Issue.record("version \(version), \(count) bytes")
      }
      for bit in 0..<header * 8 {
        var flipped = bytes
        flipped[bit / 8] ^= 1 << (bit % 8)
        // Versions 2 and 3 are laid out alike.
        let isOtherVersion = version != 1 && bit == 6 * 8
        if isRefused(flipped, as: Double.self) == isOtherVersion {
          Issue.record("version \(version), bit \(bit): \(flipped[..<header])")
        }
        _ = isRefused(flipped, as: Float.self)
      }
      var generator = SeededGenerator(seed: 151)
      let pieces = Array("{}(),:'\"-0123456789 <f8descrshape".utf8) + [0, 9, 10, 127, 128, 255]
      for _ in 0..<5000 {
        var changed = bytes
        for _ in 0...generator.nextInteger(below: 4) {
          changed[generator.nextInteger(below: header)] = pieces[generator.nextInteger(below: pieces.count)]
        }
        _ = isRefused(changed, as: Double.self)
      }
    }
  }
}

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
