// The README's lines about the libraries, on some data.
import Foundation
import TabularRegression

func numbers(_ rows: Int, _ columns: Int) -> Matrix<Float> {
  var generator = SeededGenerator(seed: UInt64(columns))
  return Matrix(rows: rows, columns: columns) { _, _ in Float(generator.nextNormal()) }
}
let X = numbers(500, 20), y = numbers(500, 1).elements, weights = y.map { $0 * $0 }
let row = X[row: 0].map { Double($0) }
let batch = numbers(10, 20), targets = numbers(10, 1).elements
var other = LeastSquares.Factor(features: 20)
try other.add(batch, targets)
let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
defer { try? FileManager.default.removeItem(at: folder) }
_ = FileManager.default.changeCurrentDirectoryPath(folder.path)
try X.write(npy: "X.npy")

let fit = try LeastSquares().fit(X, y, weights: weights)
print(fit.coefficients, fit.coefficientStatistics(), fit.statistics[0].rSquared ?? .nan)
print(fit.certificate.estimatedDigits)
let interval = fit.predict(row, interval: .prediction, level: 0.95)

var share = LeastSquares.Factor(features: 20)  // here; the rest, elsewhere
try share.add(X, y)
try share.merge(other)
print(try share.solve().coefficients)

print(try LeastSquares().crossValidate(X, y).withinOneStandardError)  // a ridge penalty

// Larger than memory, if need be.
let training = try Training(SGD(), try MappedMatrix<Float>(npy: "X.npy"), y)
for try await progress in training.progress(every: 1_000_000) {
  print(progress.rows, progress.lossSinceLast ?? .nan)
}
let run = try training.run(), state = training.state  // a model; and what another process goes on from

var online = OnlineSGD(features: 20)  // a stream
try online.partialFit(batch, targets)
