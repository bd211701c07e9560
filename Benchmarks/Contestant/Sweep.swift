import BenchmarkSupport
import LinearRegression

/// How cost grows with the number of rows and of columns: lines "work,variable,size,seconds".
struct Sweep {
  private let rows = [1000, 3162, 10_000, 31_623, 100_000, 316_228, 1_000_000]
  private let columns = [4, 8, 16, 32, 64, 128, 256, 512]

  func run() throws {
    for n in rows { try point("n", n, rows: n, columns: 100) }
    for p in columns { try point("p", p, rows: 100_000, columns: p) }
  }

  private func point(_ variable: String, _ size: Int, rows: Int, columns: Int) throws {
    var generator = SeededGenerator(seed: 1)
    let X = Matrix<Float>.random(rows, columns, using: &generator)
    let y = Matrix<Float>.random(rows, 1, using: &generator)
    let w = Matrix<Float>.random(columns, 1, using: &generator), b: Matrix<Float> = [[0]]
    let epoch = SGD(
      epochs: 1, batchSize: 256, learningRate: 0.01, order: .inOrder, standardize: false,
      measuresDistance: false)
    let works: [(name: String, run: () throws -> Void)] = [
      ("gradient", { keep(gradient(X, targets: y, w, b)) }),
      ("SGD epoch", { keep(try epoch.train(X, y)) }),
      ("exact fit", { keep(try LeastSquares().fit(X, y)) }),
    ]
    for work in works {
      let first = try timed { try work.run() }.seconds
      let seconds = medianTimes([BenchmarkSupport.Contestant(firstCall: first) { try! work.run() }])[0]
      printNow("\(work.name),\(variable),\(size),\(seconds)")
    }
  }
}
