import ArgumentParser
import LinearRegression
import TabularRegression

struct TestCommand: RankedCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Test linear hypotheses on a model's coefficients, or what its errors are taken to be.",
    usage: """
      linreg test <model> <hypothesis> [<options>]
      linreg test <model> <test> <file> ... [<options>]
      """,
    discussion: """
      A hypothesis is one or several equations between commas, of the names that the
      fit prints, numbers, sums and multiples: 'a = b, c = 0', '2*a + b = 1',
      'a = b = 0'; a name alone is to be 0. A name with other characters stands in
      backticks. The test is Wald's F with the covariance that the model has, robust
      or clustered where it was fitted so: R's linearHypothesis and waldtest.

      With the rows of the fit, a test of its errors by name, over all of them:

      durbin-watson  are they like those of the rows before? p by the normal
                     approximation
      breusch-pagan  do their variances depend on the columns? --studentized for
                     errors that are not normal (Koenker), R's bptest
      reset          does the mean bend with the fitted values, their powers 2 and 3?
      jarque-bera    are skewness and kurtosis those of normal errors?

      Of a weighted fit the errors are those times the roots of the weights; so are
      the columns of durbin-watson, but not those of breusch-pagan (lmtest's bptest
      with weights is another test), and reset weighs the rows.

      An equation that begins with a minus sign would be taken for an option: write
      '0 - a = 1', or put -- before it.

      Example: linreg test homes.model 'area = 2*rooms, zip8003 = 0'
      """)

  @Argument(help: "A model file, from -m of fit; \"-\" is standard input.", completion: .file())
  var model: String

  @Argument(
    help: ArgumentHelp(
      "The hypothesis, such as 'a = b, c = 0', or '0 - a = 1' for one with a minus sign first; or durbin-watson, breusch-pagan, reset or jarque-bera.",
      valueName: "hypothesis or test"))
  var hypothesis: String

  @Argument(
    help:
      "For a test by name: CSV or NPY files with the rows of the fit, read as one; \"-\" is standard input.",
    completion: .file())
  var files: [String] = []

  @Flag(help: "Koenker's form of breusch-pagan, for errors that are not normal.")
  var studentized = false

  @Option(help: "The target to test, of a model of several.")
  var target: String?

  @OptionGroup var unusual: PolicyOptions
  @OptionGroup var text: TextOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var ranks: RankOptions

  /// The test of errors that is asked for by name.
  private var errorTest: ErrorTest? {
    let test = ErrorTest(rawValue: hypothesis)
    return test == .breuschPagan && studentized ? .koenker : test
  }

  private var name: String { displayed(model) }

  /// Names of the tests that read rows.
  private static let tests = ErrorTest.allCases.map(\.rawValue)

  /// What a slip of one of these names may have meant: "; is \"reset\" meant?".
  private var guess: String? { nearest(hypothesis, Self.tests).map { "is \"\($0)\" meant?" } }

  func validate() throws {
    if model == "-" && files.contains("-") {
      throw ValidationError("Only one of the two files can be standard input.")
    }
    try checkOnce(files)
    if !files.isEmpty && errorTest == nil {
      throw ValidationError(
        "\"\(printable(hypothesis))\" is none of the tests that read rows; \(guess ?? "they are \(Self.tests.joined(separator: ", ")), and a hypothesis takes no files.")"
      )
    }
    if studentized && errorTest != .koenker {
      throw ValidationError("--studentized goes with breusch-pagan.")
    }
  }

  func run() throws {
    let communicator = try ranks.communicator()
    if let errorTest, !files.isEmpty { return try run(errorTest, communicator) }
    if communicator.rank != 0 { return }
    let chosen = try FittedModel.chosen(target, of: try FittedModel.perTarget(contentsOf: model), named: name)
    if errorTest != nil, !chosen.features.contains(hypothesis) {
      _ = try errorTest.map { (test) throws(TabularError) in try ErrorTestRows(test, chosen, named: name) }
      throw ValidationError("\(hypothesis) reads the rows of the fit; give their files.")
    }
    let test = try hypothesisTest(chosen)
    Terminal.print(format.json ? test.json : test.text)
    test.notes.forEach(Terminal.note)
  }

  private func hypothesisTest(_ model: FittedModel) throws -> HypothesisTest {
    do throws(TabularError) {
      return try HypothesisTest(hypothesis, on: model, named: name)
    } catch {
      if case .unusable = error, let guess {
        throw ValidationError("\"\(hypothesis)\" is neither a hypothesis nor a test; \(guess)")
      }
      throw error
    }
  }

  /// A test of errors, in one reading of the rows.
  private func run(_ test: ErrorTest, _ communicator: any Communicator) throws {
    let result = try threads.run { () -> ErrorTest.Result? in
      let model = try communicator.agree(
        try FittedModel.chosen(
          target, of: FittedModel.perTarget(contentsOf: model, beforeRowsOf: files[0]), named: name))
      let rows = try ErrorTestRows(test, model, unusual.policies, named: name)
      let file = try communicator.part(files) { (part) throws(TabularError) in
        try TableFile(
          files, options: text.options(categories: model.categories).keepingDigits(for: model), part: part)
      }
      var sums: ErrorTestRows.Sums?, progress = ReadingProgress()
      defer { progress.end() }
      try communicator.forEachBlock(of: file, columns: rows.columnsRead) { (block) throws(TabularError) in
        try rows.sums(block)
      } take: { (block) throws(TabularError) in
        if sums == nil { sums = block } else { try sums?.merge(block, source: file.source) }
        progress.show(sums?.observations ?? 0)
      }
      return communicator.rank == 0 ? try rows.result(sums, source: file.source) : nil
    }
    if let result { Terminal.print(format.json ? result.json : result.text) }
  }
}
