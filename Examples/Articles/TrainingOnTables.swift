// The programs of the article "Training on tables".

import TabularRegression

func trainingOnTables() throws {
  let homes = try Table(csv: ["january.csv", "march.csv"])
  let training = try TableTraining(Formula("price ~ area + rooms"), homes)
  while let report = try training.next() { print(report.epoch, report.loss) }
  try training.model().write(to: "trained.model")
}
