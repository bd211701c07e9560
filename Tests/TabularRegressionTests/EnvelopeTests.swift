import Testing

@testable import TabularRegression

@Suite struct EnvelopeTests {
  let envelope = Envelope(
    formatName: "linreg-parcel", currentVersion: 3, noun: "parcel", remedy: "send it again")

  /// The checksum is the one published for "foobar" (draft-eastlake-fnv, appendix C).
  private let sealed = "linreg-parcel 3 6 85944171f73967e8\nfoobar"

  private func refusal(_ text: String) -> String? {
    do throws(TabularError) {
      _ = try envelope.open(Array(text.utf8), path: "x")
      return nil
    } catch {
      return error.description
    }
  }

  @Test func bytesAreAsTheyAlwaysWere() {
    #expect(envelope.seal(Array("foobar".utf8)) == Array(sealed.utf8))
    #expect(String(decoding: envelope.seal([]), as: UTF8.self) == "linreg-parcel 3 0 cbf29ce484222325\n")
  }

  @Test func contentsComeBack() throws {
    let payload = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
    let (version, opened) = try envelope.open(envelope.seal(payload), path: "x")
    #expect(version == 3)
    #expect(Array(opened) == payload)
    let older = try envelope.open(Array(sealed.replacing(" 3 ", with: " 2 ").utf8), path: "x")
    #expect(older.version == 2)
    #expect(Array(older.payload) == Array("foobar".utf8))
  }

  @Test func refusals() {
    #expect(refusal(sealed) == nil)
    for other in ["", "linreg-box 1 6 85944171f73967e8\nfoobar", "linreg-parcel3", "\n"] {
      #expect(refusal(other) == "x: this is not a parcel of swift-linear-regression")
    }
    #expect(
      refusal("linreg-share 1 6 85944171f73967e8\nfoobar")
        == "x: this is a share; linreg solve makes a model of it")
    for unfinished in [
      "linreg-parcel", "linreg-parcel 3 6 85944171f73967e8", "linreg-parcel 0 6 85944171f73967e8\nfoobar",
      "linreg-parcel +3 6 85944171f73967e8\nfoobar", "linreg-parcel 3  6 85944171f73967e8\nfoobar",
    ] {
      #expect(
        refusal(unfinished) == "x: the parcel is damaged: its first line is not whole; send it again")
    }
    #expect(
      refusal(sealed.replacing(" 3 ", with: " 4 "))
        == "x: the parcel has version 4, this software reads up to 3; update it")
    #expect(
      refusal(sealed + "\n")
        == "x: the parcel is damaged: it has 7 bytes where its first line says 6; send it again")
    #expect(
      refusal(sealed.replacing("foobar", with: "foobaz"))
        == "x: the parcel is damaged: its checksum does not match its contents; send it again")
    #expect(
      envelope.damaged("it is empty", path: "x").description
        == "x: the parcel is damaged: it is empty; send it again")
  }
}
