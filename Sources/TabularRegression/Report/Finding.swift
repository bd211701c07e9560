/// What is seen in a panel, in a sentence.
public struct Finding: Equatable, Sendable, Codable {
  /// The panel's heading.
  public let panel: String
  /// Whether it is something to look at; false for "nothing unusual".
  public let isRemarkable: Bool
  /// What is seen, and what may be done about it.
  public let text: String
  /// The tests behind it, with their statistics and probabilities; nil for none.
  public let test: String?

  init(_ panel: String, isRemarkable: Bool, _ text: String, test: String? = nil) {
    (self.panel, self.isRemarkable, self.text, self.test) = (panel, isRemarkable, text, test)
  }
}

extension Finding {
  /// What is remarkable in one sentence each; "nothing unusual" where there is none.
  init(_ panel: String, _ remarks: [String], tests: [ResidualTest?], otherwise: String = "Nothing unusual.") {
    let known = tests.compactMap { $0 }
    self.init(
      panel, isRemarkable: !remarks.isEmpty, remarks.isEmpty ? otherwise : remarks.joined(separator: " "),
      test: known.isEmpty ? nil : known.map(\.text).joined(separator: "; "))
  }
}

extension ResidualTest {
  /// Its name, its statistic and its probability.
  var text: String { "\(name): \(statistic), p \(probability(p))" }

  /// Whether chance alone would show as much in less than one of a thousand.
  package var isSignificant: Bool { p < Self.significance }
}
