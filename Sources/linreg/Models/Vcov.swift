import ArgumentParser
import LinearRegression
import TabularRegression

struct Vcov: RankedCommand {
  static let configuration = CommandConfiguration(
    abstract: "Give a model other standard errors: robust, or clustered.",
    usage: """
      linreg vcov <model> <file> ... --vcov <estimator> [<options>]
      linreg vcov <model> <file> ... --cluster <columns> [<options>]
      """,
    discussion: """
      The coefficients stay; standard errors, t, p, intervals and F become those of
      errors that have unequal variances (HC0 to HC3), depend on each other within
      clusters, or on those of rows before (hac). The rows are those of the fit, read
      once. "fit" takes the same options and does both.

      Small samples: HC1 has the factor n/(n - k), hac too; clusters G/(G - 1) times
      (n - 1)/(n - k), and t on G - 1 degrees of freedom, G being the number of
      clusters, of two columns the smaller one: as Stata and fixest.

      Example: linreg vcov homes.model homes.csv --cluster zip -m clustered.model
      """)

  @Argument(help: "A model file, from -m of fit.", completion: .file())
  var model: String

  @Argument(
    help:
      "CSV or NPY files with the rows of the fit, in its order for hac, read as one; \"-\" is standard input.",
    completion: .file())
  var files: [String]

  @OptionGroup var covariance: CovarianceOptions
  @OptionGroup var output: ModelOutputOptions
  @OptionGroup var text: TextOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var ranks: RankOptions

  func validate() throws {
    if files.isEmpty { throw ValidationError("Missing expected argument '<file>'") }
    if model == "-" && files.contains("-") {
      throw ValidationError("Only one of the two files can be standard input.")
    }
    try checkOnce(files)
    if covariance.vcov == .classical {
      throw ValidationError(
        "The classical standard errors are those that fit gives; fit again without --vcov.")
    }
    if !covariance.needsRows {
      throw ValidationError(
        "Which standard errors? Give --vcov, such as --vcov HC1, or --cluster with a column.")
    }
  }

  func run() throws {
    let communicator = try ranks.communicator()
    try communicator.onFirst { () throws(TabularError) in try output.check(besides: files + [model]) }
    let models = try threads.run { () -> [FittedModel]? in
      let models = try communicator.agree(
        try FittedModel.perTarget(contentsOf: model, beforeRowsOf: files[0]))
      let categories = models[0].categories.union(
        covariance.cluster.filter { !models[0].variables.contains($0) })
      let file = try communicator.part(files) { (part) throws(TabularError) in
        try TableFile(files, options: text.options(categories: categories), part: part)
      }
      try covariance.checkColumns(of: file)
      guard let estimator = covariance.estimator(observations: models[0].observations) else { return models }
      var progress = ReadingProgress()
      defer { progress.end() }
      return try FittedModel.withCovariance(
        estimator, of: models, named: displayed(model), reading: file, on: communicator
      ) {
        progress.show($0)
      }
    }
    if let models { try deliver(models, output) }
  }
}
