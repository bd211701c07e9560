// The programs of the article "Files of data".

import TabularRegression

func filesOfData() throws {
  let table = try Table(csv: "january.csv")
  try table.matrix(["area", "price"]).write(npy: "area-price.npy")

  let X = try MappedMatrix<Double>(npy: "area-price.npy")
  let y = try table.column("price")
  let fit = try LeastSquares().fit(X[rows: 0..<10], y[..<10].map { $0 })
  let training = try Training(SGD(order: .shuffledBlocks), X, y)

  _ = (fit, training)
}
