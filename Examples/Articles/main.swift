// Runs the programs of the articles in a folder that has the data of Examples/Homes: those that print what the articles
// show, or with "rest" the others, whose numbers end in digits that depend on the processor.

import Foundation
import TabularRegression

/// Random numbers, the same ones each time.
func numbers(_ rows: Int, _ columns: Int) -> Matrix<Float> {
  var generator = SeededGenerator(seed: UInt64(columns))
  return Matrix(rows: rows, columns: columns) { _, _ in Float(generator.nextNormal()) }
}

let manager = FileManager.default
let examples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
let folder = manager.temporaryDirectory.appending(path: UUID().uuidString)
try manager.createDirectory(at: folder, withIntermediateDirectories: false)
defer { try? manager.removeItem(at: folder) }
for (name, copy) in [
  ("january", "january"), ("february", "february"), ("march", "march"), ("new", "new"), ("march", "homes"),
] {
  try manager.copyItem(
    at: examples.appending(path: "Homes/\(name).csv"), to: folder.appending(path: "\(copy).csv"))
}
_ = manager.changeCurrentDirectoryPath(folder.path)

if CommandLine.arguments.contains("rest") {
  try linearAlgebra()
  try linearRegression()
  try tabularRegression()
  try tabularRegressionOfCategories()
  try exactFits()
  try await fitsInTheBackground()
  try trainingBySGD()
  try await watchedRuns()
  try filesOfData()
  try modelsAndPredictions()
  try trainingOnTables()
  try await inAServer()
  try comingFromR()
} else {
  comingFromScikitLearn()
  try tablesAndFormulas()
  try mergingShares()
}
