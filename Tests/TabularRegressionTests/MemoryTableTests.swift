import Foundation
import Testing

@testable import TabularRegression

/// Tables of values in memory beside the same tables as CSV text.
@Suite struct MemoryTableTests {
  static let text = """
    area,zip,heating,price
    88,8003,gas,749
    45,8003,pump,428.5
    49,8001,,544
    61,8005,oil,610
    72,8001,gas,690
    55,8005,pump,560
    """

  static let rows: [[String: Table.Field]] = [
    ["area": 88, "zip": 8003, "heating": "gas", "price": 749],
    ["area": 45, "zip": 8003, "heating": "pump", "price": 428.5],
    ["area": 49, "zip": 8001, "price": 544],
    ["area": 61, "zip": 8005, "heating": "oil", "price": 610],
    ["area": 72, "zip": 8001, "heating": "gas", "price": 690],
    ["area": 55, "zip": 8005, "heating": "pump", "price": 560],
  ]

  /// The one line that something ends in; nil where it does not throw.
  private func message(_ work: () throws -> Void) -> String? {
    do {
      try work()
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    ("price ~ area + C(zip)", ["zip"]), ("price ~ area + C(zip)", []), ("price ~ area + zip", []),
    ("price ~ area + zip", ["zip"]), ("log(price) ~ area + heating", []),
  ])
  func rowsByNameGiveTheModelOfTheSameText(formula: String, categories: [String]) throws {
    let categories = Set(categories)
    let names = ["area", "zip", "heating", "price"]
    let read = try Table(csvText: Self.text, source: "t", categories: categories)
    let byName = try Table(rows: Self.rows, source: "t", categories: categories)
    let byPosition = try Table(
      rows: Self.rows.map { row in names.map { row[$0] ?? nil } }, names: names, source: "t",
      categories: categories)
    #expect(byName.columnNames == names.sorted() && byPosition.columnNames == names)
    // How a number was written costs a digit in what is known of the fit.
    let expected = try FittedModel(formula, read, missing: .drop)
    for table in [byName, byPosition] {
      let model = try FittedModel(formula, table, missing: .drop)
      #expect(model.features == expected.features && model.droppedRows == expected.droppedRows)
      #expect(model.model == expected.model && model.statistics == expected.statistics)
      // Models and tables of both ways go together.
      #expect(
        try model.predictions(from: read).map(\.bitPattern)
          == expected.predictions(from: table).map(\.bitPattern))
    }
  }

  @Test func columnsByName() throws {
    let table = try Table(columns: [
      "b": .numbers([1, .nan, -0.5]), "a": .words(["x", nil, "08"]), "c": .numbers([3, 2.5, 1e16]),
    ])
    #expect(table.columnNames == ["b", "a", "c"] && table.rowCount == 3)
    #expect(try table.column("c") == [3, 2.5, 1e16])
    #expect(
      message { _ = try table.column("b") }
        == "table:2:1: column \"b\": a number is missing; fill it in, or drop or fill such rows")
    #expect(
      message { _ = try table.column("a") }
        == "table:1:2: column \"a\": \"x\" is not a number; correct it or leave the column out")
    #expect(
      message { _ = try table.column("d") } == "table: there is no column \"d\"; the columns are b, a, c")
    let names = try Table(names: ["b"], columns: [.numbers([1, 2])])
    #expect(try names.column("b") == [1, 2])
  }

  @Test func numbersOfACategoryAreTheWordsOfATextFile() throws {
    let numbers = [3, 2.5, -0.0, 1e16, 20_000_000_000_000_000, 1e-7, .nan]
    let texts = ["3", "2.5", "0", "10000000000000000", "20000000000000000", "1e-07", ""]
    let table = try Table(columns: ["z": .numbers(numbers)], categories: ["z"])
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).csv").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    try table.write(csv: file)
    let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").dropFirst()
    #expect(lines.map { $0 == "\"\"" ? "" : String($0) } == texts)
  }

  @Test func tablesThatAreNone() {
    func table(_ columns: KeyValuePairs<String, Table.Column>) -> String? {
      message { _ = try Table(source: "t", columns: columns) }
    }
    #expect(table(["a": .numbers([])]) == "t: there are no rows; add data")
    #expect(table([:]) == "t: there are no rows; add data")
    #expect(
      table(["a": .numbers([1, 2]), "b": .words(["x"])])
        == "t: column \"b\" has 1 field, column \"a\" has 2; give each row one field per column")
    #expect(
      table(["a": .numbers([1]), "b": .words(["x"]), "a": .numbers([2])])
        == "t: column 3 is named \"a\" as column 1 is; give each column its own name")
    #expect(table(["a": .numbers([1]), "": .numbers([2])]) == "t: column 2 has no name; name it")
    #expect(
      message { _ = try Table(rows: [] as [[String: Table.Field]]) } == "table: there are no rows; add data")
    #expect(
      message { _ = try Table(rows: [[:], [:]] as [[String: Table.Field]]) }
        == "table: there are no columns; add data")
    #expect(
      message { _ = try Table(names: ["a"], columns: []) } == "table: there are no rows; add data")
    #expect(
      message { _ = try Table(names: ["a"], columns: [.numbers([1]), .numbers([2])], ) }
        == "table: the names given are 1 where the table has 2 columns; name each column once")
    for (row, field) in [([1, 2, 3] as [Table.Field], 3), ([1], 1), ([], 1), ([1, 2, 3, 4], 3)] {
      #expect(
        message { _ = try Table(rows: [[1, 2], row], names: ["a", "b"], source: "t") }
          == "t:2:\(field): the row has \(row.count) field\(row.count == 1 ? "" : "s"), the names are 2; give each row one field per column"
      )
    }
  }

  @Test func fieldsThatAreNotWantedArePassedOver() throws {
    let table = try Table(rows: Self.rows, columns: ["price", "area"], source: "t")
    #expect(table.columnNames == ["price", "area"])
    #expect(try table.column("area") == Table(rows: Self.rows).column("area"))
    #expect(
      message { _ = try Table(rows: Self.rows, columns: ["area", "prize"], source: "t") }
        == "t: there is no column \"prize\"; is \"price\" meant? the columns are area, heating, price, zip")
    #expect(
      message { _ = try Table(rows: Self.rows, columns: ["area", "area"], source: "t") }
        == "t: column 2 is named \"area\" as column 1 is; give each column its own name")
    #expect(
      message { _ = try Table(rows: [] as [[String: Table.Field]], columns: ["a"], source: "t") }
        == "t: there are no rows; add data")
    // For a model of nothing but an intercept.
    let mean = try FittedModel("price ~ 1", table)
    let none = try Table(rows: Self.rows, columns: mean.variables)
    #expect(try none.columnNames == [] && mean.predictions(from: none) == mean.predictions(from: table))
  }

  @Test func rowsOfTooManyDifferentNamesAreRefused() throws {
    func rows(_ count: Int) -> [[String: Table.Field]] { (0..<count).map { ["a\($0)": 1, "y": 2] } }
    // 99 rows × 100 names.
    #expect(try Table(rows: rows(99)).columnNames.count == 100)
    #expect(
      message { _ = try Table(rows: rows(100)) }
        == "table: 100 rows with 200 fields in all have 101 names; name the columns that are wanted")
    #expect(
      message { _ = try Table(rows: rows(10_000)) }
        == "table: 10000 rows with 20000 fields in all have 10001 names; name the columns that are wanted")
    #expect(try Table(rows: rows(10_000), columns: ["y"]).column("y").count == 10_000)
    // However large, where each row has a sixteenth of the names.
    let sparse = (0..<1600).map { row in
      Dictionary(uniqueKeysWithValues: (0..<10).map { ("\(16 * $0 + row % 16)", Table.Field.number(1)) })
    }
    #expect(try Table(rows: sparse).columnNames.count == 160)
  }

  @Test(arguments: [
    ("y ~ x + log(x) + C(zip) + offset(w)", ["y", "x", "zip", "w"]), ("log(y) ~ 1", ["y"]),
    ("cbind(y, z) ~ a:b - 1", ["y", "z", "a", "b"]), ("y ~ . - x", nil),
  ])
  func variablesOfAFormula(formula: String, expected: [String]?) throws {
    #expect(try Formula(formula).variables.map(Set.init) == expected.map(Set.init))
    #expect(try Formula(formula).variables?.count == expected?.count)
  }

  @Test func wordsOfDigitsAreNamedWhereNumbersAreNeeded() throws {
    let table = try Table(rows: [["x": nil], ["x": "3"], ["x": "4"]], source: "t")
    #expect(
      message { _ = try table.column("x") }
        == "t:2:1: column \"x\": \"3\" is a word among numbers; give the number, or make the column a category (2 such fields in the column)"
    )
    let category = try Table(rows: [["x": 3], ["x": "4"]], source: "t", categories: ["x"])
    #expect(
      message { _ = try category.column("x") }
        == "t: column \"x\" is read as a category, and needed as numbers; use it as one of the two")
  }

  @Test(
    arguments: [
      (
        [1, "x", nil, "y"],
        "\"x\" is not a number; correct it or leave the column out (2 such fields in the column)"
      ),
      ([1, "2"], "\"2\" is a word among numbers; give the number, or make the column a category"),
      ([1, .number(.infinity)], "inf is not a finite number; correct it, or leave the row out"),
      (
        [1, 9_007_199_254_740_993],
        "9007199254740993 has more digits than a Double holds; round it, take a first value away from all (but weights) or leave the column out"
      ),
      ([1, "1e999"], "1e999 is beyond the largest Double; use another unit"),
    ] as [([Table.Field], String)])
  func fieldsThatAreNoNumbers(fields: [Table.Field], expected: String) throws {
    let table = try Table(rows: fields.map { ["y": 1, "x": $0] }, source: "t")
    // Only where the column is used.
    #expect(try table.column("y") == fields.map { _ in 1 })
    #expect(message { _ = try table.column("x") } == "t:2:1: column \"x\": \(expected)")
  }

  @Test func aWholeNumberOfTooManyDigitsIsRefusedAsANumberAndKeptAsALevel() throws {
    let id: Table.Field = 9_007_199_254_740_993
    let table = try Table(rows: [["id": id, "y": 1], ["id": 4, "y": 3], ["id": id, "y": 2]])
    #expect(
      message { _ = try table.column("id") }
        == "table:1:1: column \"id\": 9007199254740993 has more digits than a Double holds; round it, take a first value away from all (but weights) or leave the column out"
    )
    let named = try Table(
      rows: [["id": id, "y": 1], ["id": 4, "y": 3], ["id": id, "y": 2]], categories: ["id"])
    #expect(try FittedModel("y ~ C(id)", named).features == ["C(id)9007199254740993"])
  }

  @Test func fieldsInJSON() throws {
    let json = """
      {"a": 88, "b": 2.5e-3, "c": "gas", "d": true, "e": false, "f": null, "g": "88", "h": 9007199254740993,
       "i": 18446744073709551615, "j": -4611686018427387904, "k": 1e300, "l": 1.1805916207174113e+21,
       "m": 12345678901234567890123, "n": -12345678901234567890124, "o": 1.5e20, "p": 100000000000000000000,
       "q": 340282366920938463463374607431768211455, "r": 1e40, "s": 9007199254740993.5, "t": 1e130}
      """
    let fields = try JSONDecoder().decode([String: Table.Field].self, from: Data(json.utf8))
    let expected: [String: Table.Field] = [
      "a": 88, "b": 0.0025, "c": "gas", "d": "true", "e": false, "f": .missing, "g": "88",
      "h": "9007199254740993", "i": "18446744073709551615", "j": .number(-0x1p62), "k": 1e300,
      "l": .number(0x1p70), "m": "12345678901234567890123", "n": "-12345678901234567890124", "o": 1.5e20,
      "p": 1e20, "q": "340282366920938463463374607431768211455", "r": 1e40, "s": .number(0x1p53 + 2),
      "t": 1e130,
    ]
    #expect(fields == expected)
    let again = try JSONDecoder().decode([String: Table.Field].self, from: JSONEncoder().encode(fields))
    #expect(again == fields)
    let odd: [Table.Field] = [.number(.nan), .number(-.infinity), nil, true]
    #expect(String(decoding: try JSONEncoder().encode(odd), as: UTF8.self) == "[null,null,null,\"true\"]")
  }

  @Test func levelsOfLargeNumbersHaveAllDigits() throws {
    let fields: [Table.Field] = [.number(0x1p63), .number(-0x1p127), .number(0x1p128), "9223372036854775808"]
    let table = try Table(rows: fields.map { ["z": $0] }, categories: ["z"])
    guard case .words(let words) = try table.find("z").values else { return #expect(Bool(false)) }
    #expect(
      words.levels == [
        "9223372036854775808", "-170141183460469231731687303715884105728", "3.402823669209385e+38",
      ])
  }

  @Test(
    arguments: ["", "-"],
    [
      "340282366920938463463374607431768211457", "99999999999999999999999999999999999999999",
      "1.234567890123456789e40",
    ])
  func aNumberWhoseDigitsCannotBeKeptIsRefused(sign: String, number: String) throws {
    do {
      _ = try JSONDecoder().decode([Table.Field].self, from: Data("[\(sign)\(number)]".utf8))
      Issue.record("it was decoded")
    } catch DecodingError.dataCorrupted(let context) {
      #expect(context.debugDescription == "the number has more digits than are kept; write it in quotes")
    }
  }

  @Test(arguments: ["[1]", "{}", "1e999", "-1e999"])
  func jsonThatIsNoField(json: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([Table.Field].self, from: Data("[\(json)]".utf8))
    }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    #expect(throws: DecodingError.self) {
      try decoder.decode([Table.Field].self, from: Data("[\"inf\"]".utf8))
    }
  }
}
