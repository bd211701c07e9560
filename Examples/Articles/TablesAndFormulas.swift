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
}
