import ArgumentParser
import LinearRegression
import TabularRegression

struct Vcov: RankedCommand {
  static let configuration = CommandConfiguration(
    abstract: "Give a model other standard errors: robust, or clustered.",
    usage: """
      linreg vcov <model> <file> ... --vcov <estimator> [<options>]
      linreg vcov <model> <file> ... --cluster <columns> [<options>]
      linreg vcov <model> <share> ... [<options>]
      """,
    discussion: """
      The coefficients stay; standard errors, t, p, intervals and F become those of
      errors that have unequal variances (HC0 to HC3), depend on each other within
      clusters, or on those of rows before (hac). The rows are those of the fit, read
      once. "fit" takes the same options and does both.

      Small samples: HC1 has the factor n/(n - k), hac too; clusters G/(G - 1) times
      (n - 1)/(n - k), and t on G - 1 degrees of freedom, G being the number of
      clusters, of two columns the smaller one: as Stata and fixest.

      Rows on several machines, or in files of several months: with -o each writes
      the sums of its rows to a share, and vcov takes the shares of all, in the order
      of the rows, in place of files. With --part 3/7 the third of seven processes
      reads its blocks of all files; such shares come in any order.

      Example: linreg vcov homes.model homes.csv --cluster zip -m clustered.model
      """)

  @Argument(help: "A model file, from -m of fit or solve.", completion: .file())
  var model: String

  @Argument(
    help:
      "CSV or NPY files with the rows of the fit, in its order for hac, read as one; \"-\" is standard input. Or shares of all rows, from -o.",
    completion: .file())
  var files: [String]

  @OptionGroup var covariance: CovarianceOptions
  @OptionGroup var output: ModelOutputOptions

  @Option(
    name: .customShort("o"),
    help: ArgumentHelp(
      "Write the sums of these rows to this file, and no model; the rows may be some of the fit's.",
      valueName: "share"),
    completion: .file())
  var shareFile: String?

  @OptionGroup var part: PartOptions
  @OptionGroup var text: TextOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var ranks: RankOptions

  /// Whether shares are given, and no rows.
  private var takesShares: Bool { files.contains(where: CovarianceShare.begins) }

  func validate() throws {
    if files.isEmpty { throw ValidationError("Missing expected argument '<file>'") }
    if model == "-" && files.contains("-") {
      throw ValidationError("Only one of the two files can be standard input.")
    }
    try checkOnce(files, takesShares ? "shares" : "files")
    try validateShare()
    if takesShares { return }
    if !covariance.needsRows && covariance.vcov != .classical {
      throw ValidationError(
        "Which standard errors? Give --vcov, such as --vcov HC1, or --cluster with a column.")
    }
  }

  private func validateShare() throws {
    if let shareFile {
      if shareFile == "-" || shareFile == "" {
        throw ValidationError("-o needs the name of a file; a share is not written to standard output.")
      }
      if output.modelFile != nil {
        throw ValidationError("-o writes the sums of rows, and no model; leave -m out.")
      }
    }
    if takesShares {
      if shareFile != nil { throw ValidationError("Shares are joined by merge; -o goes with files of rows.") }
      if part.part != nil { throw ValidationError("--part goes with files of rows, not with shares.") }
      if covariance.vcov != nil || covariance.needsRows {
        throw ValidationError(
          "Shares have the estimator that they were made for; leave --vcov and --cluster out.")
      }
    } else if part.part != nil, shareFile == nil {
      throw ValidationError("--part goes with -o: standard errors are formed of the shares of all parts.")
    }
    try part.check(files)
  }

  func run() throws {
    let communicator = try ranks.communicator()
    if communicator.size > 1, part.part != nil {
      throw ValidationError(
        "--part is for processes on their own, and these are ranks of MPI; leave it out, or add --no-mpi.")
    }
    try communicator.onFirst { () throws(TabularError) in
      try output.check(besides: files + [model])
      if let shareFile {
        for input in files + [model] { try Files.checkWritable(shareFile, besides: input) }
      }
    }
    let models = try communicator.agree(
      try FittedModel.perTarget(contentsOf: model, beforeRowsOf: files[0]))
    if covariance.vcov == .classical { throw ValidationError(whyNotClassical(models[0])) }
    var robust: [FittedModel]?
    if takesShares {
      try communicator.onFirst { () throws(TabularError) in robust = try formed(models) }
    } else if let shareFile {
      let share = try reading(models, communicator) { estimator, file, progress in
        try CovarianceShare(estimator, of: models, reading: file, on: communicator, progress: progress)
      }
      if let share { try deliver(share, to: shareFile, output.format) }
    } else {
      robust = try reading(models, communicator) { estimator, file, progress in
        try FittedModel.withCovariance(
          estimator, of: models, named: displayed(model), reading: file, on: communicator, progress: progress)
      }
    }
    if let robust { try deliver(robust, output) }
  }

  /// Why a model is not given classical standard errors.
  private func whyNotClassical(_ model: FittedModel) -> String {
    model.standardErrorKind == "classical"
      ? "\(displayed(self.model)) has classical standard errors already; linreg summary prints them."
      : "Classical standard errors are those of fit; fit again without --vcov, --cluster and --probability-weights."
  }

  /// The models with the covariance of shares.
  private func formed(_ models: [FittedModel]) throws(TabularError) -> [FittedModel] {
    var sums = try CovarianceShare(contentsOf: files[0])
    for path in files.dropFirst() { try sums.merge(CovarianceShare(contentsOf: path), named: path) }
    if files.count > 1 { sums.orderText.map(Terminal.noteUnlessError) }
    return try sums.models(models, named: files)
  }

  /// What the rows come to, each rank reading its part.
  private func reading<Result>(
    _ models: [FittedModel], _ communicator: any Communicator,
    _ work: (CovarianceEstimator, TableFile, (Int) -> Void) throws -> Result?
  ) throws -> Result? {
    try threads.run {
      let categories = models[0].categories.union(
        covariance.cluster.filter { !models[0].variables.contains($0) })
      let file = try communicator.part(files) { (rank) throws(TabularError) in
        let reading = text.options(categories: categories)
        return try TableFile(
          files, options: reading.keepingDigits(models[0].method?.precision ?? .automatic),
          part: rank ?? part.part)
      }
      try covariance.checkColumns(of: file)
      guard let estimator = covariance.estimator(observations: models[0].observations) else { return nil }
      var progress = ReadingProgress()
      defer { progress.end() }
      return try work(estimator, file) { progress.show($0) }
    }
  }
}

/// Writes a share of a covariance and says what it holds.
func deliver(_ share: CovarianceShare, to path: String, _ format: FormatOptions) throws {
  try share.write(to: path)
  let rows = share.observations, estimator = share.estimator.text
  if format.json {
    let missing = share.missingText.map { ", \"missing\": \(quotedForJSON($0))" } ?? ""
    Terminal.print("{\"observations\": \(rows), \"estimator\": \(quotedForJSON(estimator))\(missing)}")
  } else {
    let lacks = share.missingText.map { "; it lacks \($0)" } ?? ""
    Terminal.note("\(path): \(rows) \(rows == 1 ? "row" : "rows"), \(printable(estimator))\(lacks)")
  }
}
