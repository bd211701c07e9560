import Foundation
import LinearAlgebra
import Testing

@testable import TabularRegression

@Suite struct EnvelopeTests {
  let envelope = Envelope(
    formatName: "linreg-parcel", version: 3, noun: "parcel", remedy: "send it again")

  /// Something of each kind.
  private struct Parcel: Codable, Equatable {
    var name = "größe\n"
    @StoredArray var numbers: [Double]
    @StoredArray var codes: [Int32]
    var words: WordList

    init(_ numbers: [Double], _ codes: [Int32] = [7, .min, .max], _ words: [String] = ["", "ä", "b\n"]) {
      (self.numbers, self.codes, self.words) = (numbers, codes, WordList(words))
    }

    static func == (a: Parcel, b: Parcel) -> Bool {
      a.name == b.name && a.codes == b.codes && a.words == b.words
        && a.numbers.map(\.bitPattern) == b.numbers.map(\.bitPattern)
    }
  }

  private let parcel = Parcel([1.5, -0.0, .nan, .infinity, .leastNonzeroMagnitude])

  private func refusal(_ bytes: [UInt8]) -> String? {
    do throws(TabularError) {
      let _: Parcel = try envelope.open(RandomAccessFile(bytes, name: "x"))
      return nil
    } catch {
      return error.description
    }
  }

  private func refusal(_ text: String) -> String? { refusal(Array(text.utf8)) }

  @Test func contentsComeBackWithTheSameBits() throws {
    for count in 0..<20 {
      let parcel = Parcel((0..<count).map { 1 / Double($0) }, (0..<Int32(count)).map { $0 }, ["a"])
      let bytes = envelope.bytes(of: parcel)
      let opened: Parcel = try envelope.open(RandomAccessFile(bytes, name: "x"))
      #expect(opened == parcel)
      // Arrays begin at a multiple of 8 in the file.
      #expect(OpenedFile(bytes).arrays.count % 8 == 0 && bytes.count % 8 == 0)
    }
    let opened: Parcel = try envelope.open(RandomAccessFile(envelope.bytes(of: parcel), name: "x"))
    #expect(opened == parcel)
  }

  /// A line with CRC-32, which is 9ef61f95 of "foobar" in every table of it; a line of JSON; the arrays.
  @Test func bytesOfAFile() {
    #expect(envelope.firstLine(Array("foobar".utf8)) == Array("linreg-parcel 3 6 9ef61f95\n".utf8))
    let file = OpenedFile(envelope.bytes(of: Parcel([1], [2, 3, -1], ["a", "bc"])))
    #expect(
      file.json.trimmingCharacters(in: .whitespaces)
        == #"{"codes":[8,3],"name":"größe\n","numbers":[0,1],"words":{"lengths":[32,2],"text":[24,3]}}"#)
    let one: [UInt8] = [0, 0, 0, 0, 0, 0, 0xf0, 0x3f]
    let codes: [UInt8] = [2, 0, 0, 0, 3, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0]
    #expect(file.arrays == one + codes + [97, 98, 99, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0])
  }

  @Test func refusals() {
    let sealed = "linreg-parcel 3 6 9ef61f95\nfoobar"
    for other in ["", "linreg-box 1 6 9ef61f95\nfoobar", "linreg-parcel3", "\n"] {
      #expect(refusal(other) == "x: this is not a parcel of swift-linear-regression")
    }
    #expect(
      refusal("linreg-share 1 6 9ef61f95\nfoobar")
        == "x: this is a share; linreg solve makes a model of it")
    for unfinished in [
      "linreg-parcel", "linreg-parcel 3 6 9ef61f95", "linreg-parcel 0 6 9ef61f95\nfoobar",
      "linreg-parcel +3 6 9ef61f95\nfoobar", "linreg-parcel 3  6 9ef61f95\nfoobar",
    ] {
      #expect(
        refusal(unfinished) == "x: the parcel is damaged: its first line is not whole; send it again")
    }
    #expect(
      refusal(sealed.replacing(" 3 ", with: " 4 "))
        == "x: the parcel has version 4, this software reads up to 3; update it")
    #expect(
      refusal(sealed.replacing(" 3 ", with: " 2 "))
        == "x: the parcel has version 2, which is no longer read; send it again")
    var patient = envelope
    patient.oldest = 2
    #expect(patient.versions == 2...3 && envelope.versions == 3...3)
    #expect(
      refusal(sealed + "\n")
        == "x: the parcel is damaged: it has 7 bytes where its first line says 6; send it again")
    #expect(
      refusal(sealed.replacing("foobar", with: "foobaz"))
        == "x: the parcel is damaged: its checksum does not match its contents; send it again")
    #expect(
      refusal(sealed) == "x: the parcel is damaged: its contents do not fit together; send it again")
    #expect(
      envelope.damaged("it is empty", name: "x").description
        == "x: the parcel is damaged: it is empty; send it again")
  }

  /// Every truncation and every flipped bit, of the first line, the JSON and the arrays.
  @Test func damageIsAlwaysNoticed() {
    let bytes = envelope.bytes(of: parcel)
    #expect(refusal(bytes) == nil)
    #expect((0..<bytes.count).allSatisfy { refusal(Array(bytes[..<$0])) != nil })
    #expect(refusal(bytes + [0]) != nil)
    for bit in 0..<bytes.count * 8 {
      var flipped = bytes
      flipped[bit / 8] ^= 1 << (bit % 8)
      if refusal(flipped)?.contains("\n") != false { Issue.record("bit \(bit)") }
    }
  }

  /// What a forged checksum does not help.
  @Test(arguments: [
    ("[8,3]", "[9,3]"), ("[8,3]", "[-8,3]"), ("[8,3]", "[8,-3]"), ("[8,3]", "[8,2]"),
    ("[8,3]", "[0,3]"), ("[8,3]", "[16,3]"), ("[8,3]", "[8,1000]"), ("[8,3]", "[48,3]"),
    ("[8,3]", "[9223372036854775800,3]"), ("[8,3]", "[8,9223372036854775807]"),
    ("[8,3]", "[8,4611686018427387904]"), ("[8,3]", "[8,4611686018427387905]"),
    ("[8,3]", "[-9223372036854775808,-9223372036854775808]"), ("[8,3]", "[8]"), ("[8,3]", "[8,3,0]"),
    ("[8,3]", "[]"), ("[8,3]", "8"), ("[8,3]", "[8.5,3]"), ("[8,3]", "null"), ("\"codes\":[8,3],", ""),
    ("[0,1]", "[0,2]"), ("[0,1]", "[0,0]"), ("[24,3]", "[24,4]"), ("[24,3]", "[24,2]"), ("[24,3]", "[8,3]"),
    ("[32,2]", "[32,1]"), ("[32,2]", "[24,2]"), ("{", "{\n"), ("}", ""),
  ])
  func placesThatAreNoneAreRefused(text: String, replacement: String) throws {
    var file = OpenedFile(envelope.bytes(of: Parcel([1], [2, 3, -1], ["a", "bc"])))
    #expect(refusal(file.sealed(envelope)) == nil)
    file.replace(text, with: replacement)
    let found = try #require(refusal(file.sealed(envelope)))
    #expect(found.hasPrefix("x: the parcel is damaged: ") && !found.contains("\n"))
  }

  /// Bytes that no array has, lengths that are negative or too long, and text that is no UTF-8.
  @Test func arraysThatDoNotFitAreRefused() {
    let file = OpenedFile(envelope.bytes(of: Parcel([1], [2, 3, -1], ["a", "bc"])))
    for arrays in [
      file.arrays + [0, 0, 0, 0, 0, 0, 0, 0], Array(file.arrays.dropLast(8)),
      Array(file.arrays.dropLast(8)) + [4, 0, 0, 0, 255, 255, 255, 255],
      Array(file.arrays.dropLast(8)) + [1, 0, 0, 0, 3, 0, 0, 0],
      file.arrays.map { $0 == 98 ? 0xff : $0 },
      file.arrays.map { $0 == 97 ? 0xc3 : $0 == 98 ? 0xa4 : $0 },
    ] {
      var other = file
      other.arrays = arrays
      #expect(refusal(other.sealed(envelope))?.hasPrefix("x: the parcel is damaged: ") == true)
    }
  }

  /// Other encoders have the elements.
  @Test func anyOtherEncoderHasTheElements() throws {
    let parcel = Parcel([1.5], [2], ["a"]), text = try JSONEncoder.ofModels.encode(parcel)
    #expect(try JSONDecoder.ofModels.decode(Parcel.self, from: text) == parcel)
    #expect(String(decoding: text, as: UTF8.self).contains("\"words\" : [\n    \"a\"\n  ]"))
  }
}

/// The parts of a file of the package's own, to be changed and put together again with a checksum that fits.
struct OpenedFile {
  /// With the blanks that fill it up, without its end of line.
  var json: String
  var arrays: [UInt8]

  init(_ bytes: [UInt8]) {
    let lines = bytes.split(separator: 10, maxSplits: 2, omittingEmptySubsequences: false)
    json = String(decoding: lines[1], as: UTF8.self)
    arrays = Array(lines[2])
  }

  mutating func replace(_ text: String, with other: String) {
    #expect(json.contains(text))
    json = json.replacing(text, with: other)
  }

  func sealed(_ envelope: Envelope) -> [UInt8] {
    let payload = Array("\(json)\n".utf8) + arrays
    return envelope.firstLine(payload) + payload
  }
}
