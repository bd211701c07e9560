import ArgumentParser
import LinearRegression

/// What weighs the rows, and what that means.
struct WeightOptions: ParsableArguments {
  @Option(
    help: "The column that weighs the rows, as R's lm does: the variance of an error is in proportion to 1/w."
  )
  var weights: String?

  @Option(
    help: ArgumentHelp(
      "The column that says how many equal observations a row stands for, a whole number: they all count.",
      valueName: "column"))
  var frequencyWeights: String?

  @Option(
    help: ArgumentHelp(
      "The column with the inverse of the probability by which a row was drawn; standard errors are robust: those of fit are HC1, unless --vcov or --cluster says another, those of shares by vcov.",
      valueName: "column"))
  var probabilityWeights: String?

  func validate() throws {
    if [weights, frequencyWeights, probabilityWeights].count(where: { $0 != nil }) > 1 {
      throw ValidationError("Give one of --weights, --frequency-weights and --probability-weights.")
    }
  }

  var column: String? { weights ?? frequencyWeights ?? probabilityWeights }

  var kind: WeightKind {
    frequencyWeights != nil ? .frequency : probabilityWeights != nil ? .probability : .analytic
  }
}
