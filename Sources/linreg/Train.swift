import ArgumentParser
import LinearRegression
import TabularRegression

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a model by minibatch SGD and tell how far it is from the exact fit.",
    usage: """
      linreg train <formula> <file> [<options>]
      linreg train --target <target> <file> [<options>]
      """,
    discussion: """
      Columns are standardised inside; the model is in their own units.
      After each epoch a line on standard error tells the loss (mean of squared
      error / 2) and the largest distance of a coefficient from the exact one, in
      standardised units.

      Example: linreg train 'price ~ .' homes.csv --epochs 200 --seed 7
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var output: ModelOutputOptions
  @OptionGroup var threads: ThreadOptions

  @Option(parsing: .unconditional, help: "How often every row is used.")
  var epochs = SGD().epochs

  @Option(parsing: .unconditional, help: "Rows per step.")
  var batchSize = SGD().batchSize

  @Option(parsing: .unconditional, help: "Step size, in standardised units.")
  var learningRate = SGD().learningRate

  @Option(
    parsing: .unconditional,
    help: "Seed of initial weights and row order; the same seed gives the same bytes.")
  var seed = SGD().seed

  @Flag(help: "Print no line per epoch.")
  var quiet = false

  func validate() throws {
    if epochs < 1 { throw ValidationError("--epochs is \(epochs); it is 1 or more.") }
    if batchSize < 1 { throw ValidationError("--batch-size is \(batchSize); it is 1 or more.") }
    if !(learningRate > 0 && learningRate.isFinite) {
      throw ValidationError("--learning-rate is \(learningRate); it is a positive number.")
    }
  }

  func run() throws {
    let method = SGD(epochs: epochs, batchSize: batchSize, learningRate: learningRate, seed: seed)
    let formula = try data.formula()
    try output.check(besides: data.file)
    try threads.run {
      let table = try Table(csv: data.file)
      func tell(_ report: EpochReport) { if !quiet { Terminal.note(report.line(of: epochs)) } }
      let model =
        if let formula {
          try FittedModel(training: formula, table, method: method, report: tell)
        } else {
          try FittedModel(
            training: table, target: data.target ?? "", features: data.features(of: table), method: method,
            report: tell)
        }
      try deliver(model, output)
    }
  }
}
