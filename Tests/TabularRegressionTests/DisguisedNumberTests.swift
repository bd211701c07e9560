import LinearRegression
import Testing

@testable import TabularRegression

/// Columns of words that look like numbers or dates.
@Suite struct DisguisedNumberTests {
  /// Percent signs, decimal commas and the like make no categories unless that is asked for.
  @Test(arguments: [
    "10%", "1.234,5", "1,234.5", "$12", "12 €", "1 234 567", "+3,5", "-0,5", "28\u{202F}500", "28\u{A0}500",
    "1'000",
    "1’000", "1,5e3", "(500)", "(1,500.25)", "$-5", "-$5", "¥5", "CHF 5", "5 kr", "US$5", "1d5", "0x1A",
    "1_000",
    "=\"\"5\"\"", "12,34,567", "5\u{A0}", "\u{200B}5", "5-", "- 5", "５", "٥",
  ])
  func numbersInDisguise(number: String) throws {
    let field = number.contains("\"") ? "\"\(number)\"" : number
    let text = "y;a\n1;\(field)\n2;\(field)\n4;7,5\n3;8,5\n5;none\n"
    let formula = try Formula("y ~ a")
    let options = ReadingOptions(delimiter: ";")
    do {
      _ = try FittedModel(formula, Table(csvText: text, source: "t.csv", options: options))
      Issue.record("no error")
    } catch {
      #expect(
        "\(error)"
          == "t.csv:2:2: column \"a\": \"\(printable(number.replacing("\"\"", with: "\"")))\" is a number that is not written as such; leave only digits, a point and a sign, or make the column a category by C(a)"
      )
    }
    var asWords = options
    asWords.categories = ["a"]
    #expect(
      try FittedModel("y ~ C(a)", Table(csvText: text, source: "t.csv", options: asWords)).features.count == 3
    )
  }

  @Test(arguments: [
    "2024-01-31", "2024-01-31 10:30", "2024-01-31T10:30:00.25Z", "31.01.2024", "1/31/24", "31-Jan-2024",
    "5 January 2024",
    "Jan 5, 2024", "2024-01", "10:30", "10:30:05", "9:05 am", "10 AM", "Jan-24", "01/2024", "2024-W01",
    "20240101T000000",
  ])
  func datesInDisguise(date: String) throws {
    let text = "y;a\n1;none\n1;\(date)\n2;\(date)\n4;2023-05-06\n3;2023-05-07\n"
    let options = ReadingOptions(delimiter: ";")
    let error = #expect(throws: TabularError.self) {
      try FittedModel(Formula("y ~ a"), Table(csvText: text, source: "t.csv", options: options))
    }
    #expect("\(error!)".hasPrefix("t.csv:3:2: column \"a\": \"\(date)\" is a date or time; "))
  }

  /// Few that look like numbers, and words with digits in them.
  @Test(arguments: [
    ["5 kg", "A1", "B2", "10%"], ["L0001", "L0002", "L0003", "X"], ["1a", "2b", "3c", "x"],
    ["Q1 2020", "Q2 2020", "Q3 2020", "Q"],
    ["10-20", "20-30", "30-40", "40+"], ["v1.2.3", "v1.2.4", "v2", "v3"], ["1st", "2nd", "3rd", "4th"],
    ["may", "mar", "june", "12"],
    ["US-101", "US 50", "I-5", "I-80"], ["RS6", "RS7", "TRY1", "TRY2"],
    ["2009-10", "2010-11", "2011-12", "2012-13"], ["2.28.1", "2.31.0", "18.04.1", "3.10.12"],
    ["20-00-00", "40-47-84", "12-34-56", "99-1"], ["25:20", "50:50", "1:10", "9:10"],
    ["(1)", "(2)", "(a)", "5'"],
    ["1²", "2²", "12 34", "12 35"],
  ])
  func wordsStayWords(words: [String]) throws {
    let text = "y,a\n" + (words + words).enumerated().map { "\($0 * $0 % 5),\"\($1)\"\n" }.joined()
    let model = try FittedModel(
      "y ~ C(a)", Table(csvText: text, source: "t.csv", options: ReadingOptions(categories: ["a"])))
    #expect(model.features.count == 3)
    if words.last != "12" {
      #expect(try FittedModel("y ~ a", Table(csvText: text, source: "t.csv")).features.count == 3)
    }
  }
}
