import Foundation
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// What a matrix file is refused for, with the whole text.
@Suite struct NPYRefusalTests {
  let folder = TemporaryFolder()

  private func file(_ bytes: [UInt8]) throws -> String {
    let path = folder.path("\(UUID().uuidString).npy")
    try Data(bytes).write(to: URL(filePath: path))
    return path
  }

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

  /// The bytes of `numpy.save` of NumPy 2.4 for [[1, −2.5], [0.1, ∞], [2⁻¹⁰⁷⁴, −0]].
  private let doubles: [UInt8] = [
    0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0x04, 0xc0, 0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9,
    0x3f,
    0, 0, 0, 0, 0, 0, 0xf0, 0x7f, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80,
  ]

  /// The same for [1.5, −0, 2⁻¹⁴⁹] in single precision.
  private let floats: [UInt8] = [0, 0, 0xc0, 0x3f, 0, 0, 0, 0x80, 1, 0, 0, 0]

  @Test func otherFiles() throws {
    let notNPY = "this is not an NPY file: it does not begin with \\x93NUMPY; write one with numpy.save"
    for bytes in [[], Array("x,y\n1,2\n".utf8), Array("NUMPY".utf8), [0x93] + Array("NUMPI\u{1}\u{0}".utf8)] {
      #expect(try refusal(bytes) == notNPY)
    }
    #expect(
      try refusal(Array("PK\u{3}\u{4}and more".utf8))
        == "this is an archive (NPZ), not an NPY file; take an array: numpy.save('x.npy', numpy.load('x.npz')['x'])"
    )
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
      try refusal(npy("{'\(accents)': 1}", version: 3))
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
    for (type, what) in [
      (
        "[('a', '<f4'), ('b', '<i4')]",
        "its elements are records; read it as a Table, or write one field of them"
      ), ("('<f8', (3,))", "its elements are arrays of their own; write them as the columns of a matrix"),
    ] {
      #expect(
        try refusal(npy("{'descr': \(type), 'fortran_order': False, 'shape': (6,), }", doubles)) == what)
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
