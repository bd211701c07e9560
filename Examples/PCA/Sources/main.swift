// Principal components of a CSV file of numbers, the last column left out: columns are centred and scaled to standard
// deviation 1, and the singular value decomposition does the rest.
import Foundation
import LinearAlgebra

let lines = try String(contentsOfFile: CommandLine.arguments[1], encoding: .utf8).split(separator: "\n")
var X = try Matrix(
  checking: lines.dropFirst().map { line in line.split(separator: ",").dropLast().map { Double($0) ?? .nan } }
)
for (j, mean) in X.columnMeans().enumerated() {
  let centered = X[column: j].map { $0 - mean }
  X[column: j] = centered.map { $0 / norm(centered) * Double(X.rowCount - 1).squareRoot() }
}
let svd = try SVD(factoring: X)
let variances = svd.values.map { $0 * $0 / Double(X.rowCount - 1) }
print("variances", variances.map { String(format: "%.4f", $0) }.joined(separator: " "))
print("their sum", String(format: "%.4f", variances.reduce(0, +)))
print(
  "two of them explain",
  String(format: "%.1f %%", 100 * (variances[0] + variances[1]) / Double(X.columnCount)))
