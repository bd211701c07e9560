import ArgumentParser
import LinearRegression
import TabularRegression

/// Finds what a formula has to know of all rows.
struct Survey: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find what a formula has to know of all rows: levels, means.",
    usage: "linreg survey <formula> <file> ... -o <survey> [<options>]",
    discussion: """
      A formula with several categories, products of one, contrasts, scale(),
      center(), orthogonal polynomials or splines without all knots, and --missing
      mean, depend on all rows, so that parts of them can only be accumulated once
      all have been looked at. survey looks at
      a part; merge joins what was found, in the order of the rows or of any parts;
      accumulate --survey then reduces a part.

      --json tells whether the formula needs a survey at all, as far as the first
      rows show.

      Example: linreg survey 'price ~ zip*heating' homes.csv --part 3/7 -o 3.survey
      """)

  @Argument(help: "What to predict from what, such as 'y ~ a + C(b)'.")
  var formula: String

  @Argument(help: "CSV files with the same columns; \"-\" is standard input.", completion: .file())
  var files: [String]

  @Option(
    name: .customShort("o"), help: ArgumentHelp("Write the survey to this file.", valueName: "survey"),
    completion: .file())
  var surveyFile: String

  @OptionGroup var part: PartOptions
  @OptionGroup var rows: MissingOptions
  @OptionGroup var text: TextOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var format: FormatOptions

  @OptionGroup var weighing: WeightOptions

  func validate() throws {
    try checkOrder(formula, files)
    try checkOnce(files)
    try part.check(files)
    if surveyFile == "-" || surveyFile == "" {
      throw ValidationError("-o needs the name of a file; a survey is not written to standard output.")
    }
  }

  func run() throws {
    let formula = try Formula(formula)
    for file in files { try Files.checkWritable(surveyFile, besides: file) }
    let survey = try threads.run {
      let file = try TableFile(files, options: text.options(categories: formula.categories), part: part.part)
      noteRowNames(file)
      var progress = ReadingProgress()
      defer { progress.end() }
      return try SavedSurvey(
        formula, reading: file, weights: weighing.column, weightKind: weighing.kind, missing: rows.missing
      ) { progress.show($0) }
    }
    try deliver(survey, to: surveyFile, format)
  }
}

/// Writes a survey and says what it holds.
func deliver(_ survey: SavedSurvey, to path: String, _ format: FormatOptions) throws {
  try survey.write(to: path)
  if format.json {
    let isNeeded = survey.isNeeded.map { ", \"needed\": \($0)" } ?? ""
    Terminal.print("{\"rows\": \(survey.rowCount)\(isNeeded), \"complete\": \(survey.missingText == nil)}")
  } else {
    let lacks = survey.missingText.map { "; it lacks \($0)" } ?? ""
    Terminal.note("\(path): \(survey.rowCount) \(survey.rowCount == 1 ? "row" : "rows") surveyed\(lacks)")
  }
}
