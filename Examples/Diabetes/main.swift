// The diabetes data: an exact fit and SGD side by side, a model file, predictions.

import Foundation
import TabularRegression

let folder = #filePath.dropLast("main.swift".count)
let patients = try Table(csv: "\(folder)diabetes.csv")

let exact = try FittedModel(patients, target: "progression")
print(exact.summary)

let trained = try FittedModel(training: patients, target: "progression", method: SGD(seed: 1))
print("\nby SGD:\n")
print(trained.summary)

let file = FileManager.default.temporaryDirectory.appendingPathComponent("diabetes.model").path
try exact.write(to: file)
let predictions = try FittedModel(contentsOf: file).predictions(from: patients)
print(
  "\nfirst patient: \(predictions[0].rounded()) predicted, \(try patients.column("progression")[0]) measured")
