import ArgumentParser
import LinearRegression
import TabularRegression

struct Augment: RankedCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print fitted value, residual, leverage and influence of each row.",
    usage: "linreg augment <model> <file> ... [<options>]",
    discussion: """
      A row of CSV for each of the rows that the model was fitted on:

      fitted          what the model predicts for it
      residual        observed less fitted
      leverage        how much of its fitted value is its own observed one
      standardized    the residual over its standard error, by all rows
      studentized     the same, by a fit without the row: t
      cooks_distance  how far the fit without the row is, for all rows together
      dffits          how far it is for the row itself, in standard errors

      as R's fitted, residuals, hatvalues, rstandard, rstudent, cooks.distance and
      dffits. --dfbetas adds a column for each coefficient: how far it is from that
      of the fit without the row, in standard errors. Weights are those of the fit.

      A row with a missing field has empty fields, one of weight 0 only the first
      two; with leverage 1 a row determines its own fitted value, and has none but
      the first three. Rows are worked on as they are read, in constant memory.

      --top N prints the N rows with the largest Cook's distances, by file and line,
      in place of all.

      Example: linreg augment homes.model homes.csv --pass id > influence.csv
      """)

  @OptionGroup var options: DiagnosticOptions

  @Option(
    name: .shortAndLong, help: "Write the rows to this file, .csv, .tsv or .npy: whole or not at all.",
    completion: .file())
  var output = "-"

  @Option(
    name: .customLong("pass"),
    help: "Columns of the files to print before the others, \(betweenCommas); may be given again.",
    transform: names)
  var passed: [[String]] = []

  @Flag(help: "Print how far each coefficient is from that of a fit without the row.")
  var dfbetas = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Print so many rows, those with the largest Cook's distances.", valueName: "rows"))
  var top: Int?

  @OptionGroup var format: FormatOptions
  @OptionGroup var ranks: RankOptions

  func validate() throws {
    if let top {
      if !(1...1000 ~= top) { throw ValidationError("--top is \(top); it is 1 to 1000.") }
      if output != "-" { throw ValidationError("--top prints on standard output; leave -o out.") }
      if dfbetas || !passed.isEmpty {
        throw ValidationError("--top prints columns of its own; leave --pass and --dfbetas out.")
      }
    }
    if format.json && output != "-" {
      throw ValidationError("--json prints on standard output; leave -o out.")
    }
    try OutputPath.check(output)
  }

  func run() throws {
    let communicator = try ranks.communicator()
    try communicator.onFirst { () throws(TabularError) in
      if output != "-" {
        try TableWriter.check(output, RowOutput.format(output), besides: [options.model] + options.files)
      }
    }
    try options.threads.run {
      let model = try communicator.agree(try options.chosenModel())
      let influence = Influence(
        model, passed: Array(passed.joined()), dfbetas: dfbetas, options.unusual.policies)
      try RowOutput.checkNames(passed: influence.passed, own: influence.names)
      var reading = options.text.options(categories: model.categories).keepingDigits(for: model)
      // A matrix holds numbers, and text what stands in the file.
      if RowOutput.format(output) != .npy { reading.verbatim = .some(influence.columnsOnlyPassed) }
      let settings = reading, isWhole = format.json && top == nil
      let file = try communicator.part(options.files) { (part) throws(TabularError) in
        // For --json rank 0 reads all rows.
        try TableFile(options.files, options: settings, part: isWhole ? nil : part)
      }
      guard
        let sums = try top.map({ try printTop($0, influence, file, communicator) })
          ?? write(influence, file, communicator)
      else { return }
      for note in [
        influence.note, options.unusual.text(sums.unestimable, missing: ("left out", "left out")),
        influence.noteOfOthers(sums),
      ] {
        note.map(Terminal.note)
      }
    }
  }

  /// Writes the rows as they are read, or prints all at the end; gives the sums of all rows, nil on ranks but the first.
  private func write(
    _ influence: Influence, _ file: TableFile, _ communicator: any Communicator
  ) throws -> Influence.Sums? {
    var sums: Influence.Sums?
    func take(_ block: Influence.Sums) {
      if sums == nil { sums = block } else { sums?.merge(block) }
    }
    @Sendable func augmented(_ block: Table) throws(TabularError) -> (table: Table, notes: Influence.Sums) {
      try influence.augmented(block)
    }
    let rows = RowOutput(
      path: output, passed: influence.passed, own: influence.names, columnsRead: influence.columnsRead)
    if !format.json {
      try rows.write(file, on: communicator, augmented, take: take)
    } else if communicator.rank == 0 {
      try rows.printJSON(file, augmented, take: take)
    }
    return sums
  }

  /// Prints the most influential rows.
  private func printTop(
    _ count: Int, _ influence: Influence, _ file: TableFile, _ communicator: any Communicator
  ) throws -> Influence.Sums? {
    if let reason = influence.whyNone {
      throw TabularError.model(path: options.model, message: "no row has a Cook's distance: \(reason)")
    }
    var sums: Influence.Sums?, progress = ReadingProgress()
    defer { progress.end() }
    try communicator.forEachBlock(of: file, columns: influence.columnsRead) { (block) throws(TabularError) in
      try influence.mostInfluential(count, block)
    } take: { (block) in
      if sums == nil { sums = block } else { sums?.merge(block) }
      progress.show(sums?.observations ?? 0)
    }
    guard let sums else { return nil }
    Terminal.print(format.json ? sums.json(influence) : sums.text)
    return sums
  }
}
