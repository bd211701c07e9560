import TabularRegression
import Testing

@Suite struct TabularErrorTests {
  /// Names come from files and formulas, with whatever characters they have there.
  @Test(arguments: [
    (
      TabularError.noColumn("a\rb\u{85}", file: "x.csv", available: ["c\u{2028}d"]),
      "x.csv: there is no column \"a�b�\"; the columns are c�d"
    ),
    (.unusable(file: "x\n.csv", message: "\u{1b}[31m"), "x�.csv: �[31m"),
    (.formula("y ~ \r\n", position: 4, message: "a\nb"), "formula: a�b\n  y ~  \n      ^"),
  ])
  func messagesAreLines(error: TabularError, expected: String) {
    #expect(error.description == expected)
  }
}
