import ArgumentParser
import LinearRegression
import TabularRegression

struct Accumulate: RankedCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reduce the rows of files to a share of an exact fit.",
    usage: "linreg accumulate <formula> <file> ... -o <share> [<options>]",
    discussion: """
      A share is some kilobytes however many rows it stands for. Shares of the
      same formula, from other files or machines, are joined by merge and
      solved by solve. They have the same levels of categories, but for one that
      stands alone in the formula: its levels are those of all, and each adds a row
      of means to the share. A share of several targets, cbind(y1, y2), is solved
      for all, or by solve --target for one.

      With --part 3/7 the third of seven processes reads its blocks of all files:
      of a text, the rows that end in each 4 MiB of the file; of .npy, rows; what
      gzip has compressed is one block. The seven parts are joined by merge, in any
      order: the share has the bytes of the one that a single process makes. A
      formula with several categories, contrasts, scale(), center(), orthogonal
      polynomials, splines without all knots, or --missing mean depends on all rows:
      each process then reads all of them once more, unless it is given their
      survey, by --survey.

      Example: linreg accumulate 'price ~ .' january.csv february.csv -o winter.share
      """)

  @Argument(help: "What to predict from what, such as 'y ~ a + b' or 'y ~ .'.")
  var formula: String

  @Argument(help: "CSV files with the same columns; \"-\" is standard input.", completion: .file())
  var files: [String]

  @OptionGroup var output: ShareOutputOptions
  @OptionGroup var rows: MissingOptions
  @OptionGroup var text: TextOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var memory: MemoryOptions
  @OptionGroup var ranks: RankOptions
  @OptionGroup var keep: KeepOptions

  @OptionGroup var weighing: WeightOptions

  @OptionGroup var part: PartOptions

  @Option(
    help: ArgumentHelp(
      "What survey has found in all rows, for a formula that depends on them.", valueName: "survey"),
    completion: .file())
  var survey: String?

  func validate() throws {
    try checkOrder(formula, files)
    try checkOnce(files)
    try part.check(files)
  }

  func run() throws {
    let formula = try Formula(formula)
    let communicator = try ranks.communicator(), kept = try keep.parts(communicator)
    if communicator.size > 1, part.part != nil || survey != nil {
      throw ValidationError(
        "--part and --survey are for processes on their own, and these are ranks of MPI; leave both out, or add --no-mpi."
      )
    }
    try communicator.onFirst { () throws(TabularError) in
      for file in files + [survey].compactMap({ $0 }) {
        try Files.checkWritable(output.shareFile, besides: file)
      }
    }
    let share = try memory.run(threads) { () -> SavedShare? in
      let options = text.options(categories: formula.categories)
      let file = try communicator.part(files) { (rank) throws(TabularError) in
        try TableFile(files, options: options, part: rank ?? part.part)
      }
      noteRowNames(file)
      var progress = ReadingProgress()
      defer { progress.end() }
      if communicator.size > 1 {
        let share = try Share(
          formula, on: communicator, part: file,
          whole: { () throws(TabularError) in try TableFile(files, options: options) },
          weights: weighing.column,
          weightKind: weighing.kind, missing: rows.missing, kept: kept
        ) { progress.show($0) }
        return share.map(SavedShare.whole)
      }
      return try SavedShare(
        formula, reading: file, weights: weighing.column, weightKind: weighing.kind, missing: rows.missing,
        knowing: survey.map { (path) throws(TabularError) in
          (try SavedSurvey(contentsOf: path), displayed(path))
        },
        whole: { () throws(TabularError) in try TableFile(files, options: options) }
      ) { progress.show($0) }
    }
    if let share { try output.deliver(share) }
  }
}
