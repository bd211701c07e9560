import TabularRegression
import Testing

@Suite struct NamedRowTests {
  let homes: Table
  init() throws {
    homes = try Table(csvText: MemoryTableTests.text, source: "homes.csv", categories: ["zip"])
  }

  private func message(_ work: () throws -> Void) -> String? {
    do {
      try work()
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    "price ~ area", "price ~ area + C(zip)", "price ~ log(area) + heating", "price ~ 1",
    "price ~ scale(area) + C(zip)",
    "price ~ area + I(area > 50)", "price ~ area + offset(area)",
  ])
  func aRowHasTheBitsOfTheTable(formula: String) throws {
    let model = try FittedModel(formula, homes, missing: .drop)
    let table = try model.predictions(from: homes)
    let intervals = try model.predictions(from: homes, interval: .confidence, level: 0.9)
    for (row, fields) in MemoryTableTests.rows.enumerated() {
      let fields = fields.merging(["note": "not read", "id": 9_007_199_254_740_993]) { $1 }
      #expect(try model.prediction(of: fields).bitPattern == table[row].bitPattern)
      let interval = try model.prediction(of: fields, interval: .confidence, level: 0.9)
      #expect(interval.lower.bitPattern == intervals[row].lower.bitPattern)
      #expect(interval.upper.bitPattern == intervals[row].upper.bitPattern)
    }
  }

  @Test func variablesAreWhatARowHasToHave() throws {
    let model = try FittedModel("price ~ log(area):heating + C(zip)", homes, missing: .drop)
    #expect(model.variables.sorted() == ["area", "heating", "zip"])
    #expect(model.features.count > 3)
    #expect(try FittedModel("price ~ 1", homes).variables == [])
  }

  @Test func levelsMayBeNumbersOrTheirDigits() throws {
    let model = try FittedModel("price ~ area + C(zip)", homes)
    let expected = try model.prediction(of: ["area": 70, "zip": "8003"])
    #expect(try model.prediction(of: ["area": 70, "zip": 8003]) == expected)
    #expect(
      message { _ = try model.prediction(of: ["area": 70, "zip": 8009], source: "request") }
        == "request:1:2: column \"zip\": the level \"8009\" was not there in the fit, which had 8001, 8003, 8005; correct it, or predict nothing (--unseen missing) or the reference (--unseen reference) for it"
    )
    #expect(try model.prediction(of: ["area": 70, "zip": 8009], unseen: .missing).isNaN)
  }

  @Test func missingVariablesAreMissingFields() throws {
    let refusing = try FittedModel("price ~ area", homes)
    for row in [["zip": 8003], ["area": nil], ["area": .number(.nan)]] as [[String: Table.Field]] {
      #expect(
        message { _ = try refusing.prediction(of: row) }
          == "row:1:1: column \"area\": a number is missing; fill it in, or drop or fill such rows")
      let dropping = try FittedModel("price ~ area", homes, missing: .drop)
      #expect(try dropping.prediction(of: row).isNaN)
      #expect(try dropping.prediction(of: row, interval: .prediction).upper.isNaN)
      let filling = try FittedModel("price ~ area", homes, missing: .constant(50))
      #expect(try filling.prediction(of: row) == filling.prediction(of: ["area": 50]))
    }
    #expect(
      message { _ = try refusing.prediction(of: ["area": "large"]) }
        == "row:1:1: column \"area\": \"large\" is not a number; correct it or leave the column out")
    #expect(
      message { _ = try refusing.prediction(of: ["area": "3"]) }
        == "row:1:1: column \"area\": \"3\" is a word among numbers; give the number, or make the column a category"
    )
  }

  @Test(arguments: [2, 1, 0, -1, .nan, .infinity])
  func aLevelThatIsNoneIsRefused(level: Double) throws {
    let model = try FittedModel("price ~ area", homes)
    let text = level.isNaN ? "nan" : level.isInfinite ? "inf" : "\(Int(level))"
    #expect(
      message { _ = try model.predictions(from: homes, interval: .prediction, level: level) }
        == "homes.csv: the level of an interval is \(text); give one between 0 and 1, such as 0.95")
    #expect(
      message { _ = try model.prediction(of: ["area": 1], interval: .prediction, level: level) }
        == "row: the level of an interval is \(text); give one between 0 and 1, such as 0.95")
  }

  @Test func aWeightNarrowsTheInterval() throws {
    let model = try FittedModel("price ~ area", homes)
    let one = try model.prediction(of: ["area": 60], interval: .prediction)
    let four = try model.prediction(of: ["area": 60, "w": 4], interval: .prediction, weights: "w")
    #expect(four.prediction == one.prediction && four.upper < one.upper)
    let rows = try Table(columns: ["area": .numbers([60]), "w": .numbers([4])])
    #expect(try model.predictions(from: rows, interval: .prediction, weights: "w") == [four])
  }
}
