import Foundation
import TabularRegression
import TestSupport
import Testing

/// What the command tells of itself.
@Suite struct HelpTests {
  /// The lines that the greeting has the user try.
  private func triedLines(_ greeting: String) -> [String] {
    greeting.split(separator: "\n").filter { $0.hasPrefix("  ") }.map { String($0.dropFirst(2)) }
  }

  @Test func withoutArgumentsTheCommandGreets() throws {
    let outcome = try linreg([])
    #expect(outcome.status == 0)
    #expect(outcome.error == "")
    #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(outcome.output.hasPrefix("linreg fits linear regressions"))
  }

  @Test func theLinesOfTheGreetingWork() throws {
    let lines = triedLines(try linreg([]).output), folder = TemporaryFolder()
    try Data("x,y\n1,3\n2,5\n3,8\n".utf8).write(to: URL(fileURLWithPath: folder.path("FILE")))
    try #require(lines.count == 3)
    for line in lines {
      let outcome = try shell(line, in: URL(fileURLWithPath: folder.path("")))
      #expect(outcome.status == 0, "\(line): \(outcome.error)")
      #expect(!outcome.output.isEmpty, "\(line)")
    }
  }

  @Test(arguments: ["formula", "files"])
  func topicsAreToldAndListed(topic: String) throws {
    let page = try linreg("help", topic)
    #expect(page.status == 0)
    #expect(page.error == "")
    #expect(page.output.split(separator: "\n").count > 30)
    #expect(page.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(!page.output.contains("USAGE"))
    let title = try #require(page.output.split(separator: "\n").first)
    #expect(try linreg("--help").output.contains("\n\(topic)  \(topic == "files" ? "  " : "")\(title)\n"))
    // Not among the commands.
    #expect(!(try linreg("--help").output.contains("\n  \(topic)")))
    #expect(
      try linreg(topic)
        == Outcome(
          status: 2, output: "",
          error: "Error: \"\(topic)\" is a topic and not a command; linreg help \(topic) tells of it.\n"))
  }

  /// A topic names no option that fit does not have, but for those of other commands that it names.
  @Test(arguments: ["formula", "files"])
  func optionsOfTopicsExist(topic: String) throws {
    let page = try linreg("help", topic).output
    let known = try linreg("fit", "--help").output + linreg("convert", "--help").output
    let options = Set(page.matches(of: /--[a-z-]+/).map { String($0.output) })
    #expect(options.count >= 3)
    for option in options { #expect(known.contains("  \(option) ") || known.contains(", \(option) ")) }
  }

  /// Each right-hand side in the topic's first column, with names of columns in it, is a formula.
  @Test func theFormulasOfTheTopicAreFormulas() throws {
    let page = try linreg("help", "formula").output.split(separator: "\n").map(String.init)
    var count = 0
    for line in page where !line.hasPrefix(" ") && line.contains(/\S {2,}\S/) || line.contains(/^(poly|C)\(/)
    {
      let term = line.components(separatedBy: "  ")[0]
      if term == "- 1, + 0" || term.hasPrefix("log(a),") { continue }
      for part in term.replacing("), ", with: ")\t").components(separatedBy: "\t") {
        let text =
          (part.contains("~") ? part : "y ~ \(part)").replacing("poly(x, k", with: "poly(x, 3")
        #expect(throws: Never.self, "\(text)") { _ = try Formula(text) }
        count += 1
      }
    }
    #expect(count >= 18)
  }

  @Test func anUnknownTopicIsAUsageError() throws {
    let outcome = try linreg("help", "formulas")
    #expect(outcome.status == 2)
    #expect(
      outcome.error
        == "Error: \"formulas\" is not one of the commands and topics; is \"formula\" meant?\nUsage: linreg <subcommand>\n"
    )
    #expect(try linreg("help", "fit") == linreg("fit", "--help"))
    #expect(try linreg("help") == linreg("--help"))
  }
}
