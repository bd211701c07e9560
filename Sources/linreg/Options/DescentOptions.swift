import ArgumentParser
import LinearRegression

/// The settings of SGD.
struct DescentOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: "How often every row is used, at most.")
  var epochs = SGD().epochs

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Rows per step (default: what suits the shape, 32 with --learning-rate).", valueName: "rows"))
  var batchSize: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("\"auto\", or the step size of plain SGD, in standardised units.", valueName: "rate"),
    completion: .list(["auto"]))
  var learningRate = RateOption.automatic

  @Option(
    help:
      "How that rate falls: inverse (with the fourth root of the steps), step (by half every ten epochs), cosine (to 0)."
  )
  var schedule: Schedule?

  @Option(parsing: .unconditional, help: "Share of the last step that the next repeats.")
  var momentum = 0.0

  @Flag(help: "Look ahead, as Nesterov's momentum does.")
  var nesterov = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Penalty λ ‖w‖² / 2 on the mean loss, in standardised units.", valueName: "lambda"))
  var weightDecay = 0.0

  @Option(help: "Average the parameters of all steps, or of the last half.")
  var average: Average?

  @Option(help: "The order of the rows: shuffled, shuffled-blocks, in-order.")
  var order = Order.shuffled

  @Option(
    parsing: .unconditional,
    help:
      "Seed of initial weights, row order and held-out rows; the same seed gives the same bytes (default: 0).",
    transform: seedNumber)
  var seed = SGD().seed

  @Option(
    parsing: .unconditional,
    help:
      "When to stop: the largest distance of a coefficient from the exact one, relative to the largest coefficient, in standardised units (default: 1e-10); with --learning-rate, the share by which the loss must fall."
  )
  var tolerance: Double?

  @Flag(help: "Train in the columns' own units; with --learning-rate.")
  var noStandardize = false

  @Flag(help: "Do not measure the distance to the exact solution; with --learning-rate.")
  var noDistance = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Share of the rows to hold out and validate on.", valueName: "share"))
  var validationFraction: Double?

  @Option(
    parsing: .unconditional,
    help: "Epochs without a better loss before a run with --learning-rate stops (default: \(SGD().patience))."
  )
  var patience: Int?

  func validate() throws {
    // The library allows a run of no epochs; here it would have nothing to show.
    if epochs < 1 { throw ValidationError("--epochs is \(epochs); it is 1 or more.") }
    if let fault = method.fault { throw ValidationError("\(fault.described(\.option)).") }
    if learningRate == .automatic {
      // What an automatic rate passes over.
      let given = [
        ("--schedule", schedule != nil), ("--no-standardize", noStandardize), ("--no-distance", noDistance),
        ("--patience", patience != nil),
      ].first { $0.1 }
      if let given { throw ValidationError("\(given.0) goes with --learning-rate.") }
    }
  }

  /// The settings, which `validate` checks.
  var method: SGD {
    SGD(
      epochs: epochs, batchSize: batchSize, learningRate: learningRate.rate(schedule), momentum: momentum,
      nesterov: nesterov, weightDecay: weightDecay,
      averaging: average.map { $0 == .all ? .all : .tail(0.5) } ?? .none, order: order.order, seed: seed,
      tolerance: tolerance, standardize: !noStandardize, measuresDistance: !noDistance,
      validationFraction: validationFraction ?? SGD().validationFraction, patience: patience ?? SGD().patience
    )
  }
}

/// A learning rate, or that it is left to the run.
enum RateOption: Equatable, ExpressibleByArgument {
  case automatic
  case constant(Double)

  init?(argument: String) {
    switch argument {
    case "auto", "automatic": self = .automatic
    default:
      guard let rate = Double(argument) else { return nil }
      self = .constant(rate)
    }
  }

  var defaultValueDescription: String { "auto" }

  func rate(_ schedule: Schedule?) -> LearningRate {
    guard case .constant(let rate) = self else { return .automatic }
    return switch schedule {
    case nil: .constant(rate)
    case .inverse: .inverseScaling(rate)
    case .step: .step(rate)
    case .cosine: .cosine(rate)
    }
  }
}

enum Schedule: String, CaseIterable, ExpressibleByArgument { case inverse, step, cosine }

enum Average: String, CaseIterable, ExpressibleByArgument { case all, tail }

/// The orders of rows by the names that a command line has for them.
enum Order: String, CaseIterable, ExpressibleByArgument {
  case shuffled
  case shuffledBlocks = "shuffled-blocks"
  case inOrder = "in-order"

  var order: RowOrder {
    switch self {
    case .shuffled: .shuffled
    case .shuffledBlocks: .shuffledBlocks
    case .inOrder: .inOrder
    }
  }
}
