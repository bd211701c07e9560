// The programs of the article "Tables and formulas".

import TabularRegression

func tablesAndFormulas() throws {
  let formula = try Formula("price ~ area + C(zip) + heating")
  let options = ReadingOptions(categories: formula.categories)
  let homes = try Table(csv: ["january.csv", "february.csv", "march.csv"], options: options)
  let model = try FittedModel(formula, homes)
  print(model.features)

  let complete = try FittedModel("price ~ area + rooms", Table(csv: "february.csv"), missing: .drop)
  print(complete.observations, complete.droppedRows)

  let columns = try Table(columns: ["area": .numbers([88, 45, 61]), "price": .numbers([749, 428, 610])])
  let rows = try Table(
    rows: [["area": 88, "heating": "gas"], ["area": 45, "heating": nil]], source: "request")
  let positions = try Table(rows: [[88, "gas"], [45, "pump"]], names: ["area", "heating"])

  let odd = try Table(rows: [["area": 88], ["area": "large"]], source: "request")
  do { _ = try odd.column("area") } catch { print(error) }

  _ = (columns, rows, positions)
}
