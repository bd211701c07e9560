import ArgumentParser
import TabularRegression

/// A fit of each group of rows.
struct GroupOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Fit each group of rows by itself: those of one level of these columns, \(betweenCommas); may be given again.",
      valueName: "columns"),
    transform: names)
  var by: [[String]] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Write the fits of --by to this file, .csv or .tsv: whole or not at all.", valueName: "file"),
    completion: .file())
  var output: String?

  private var columns: [String] { Array(by.joined()) }

  var isAsked: Bool { !by.isEmpty }

  /// Throws where options of the fit do not go with these.
  func check(_ fit: Fit) throws {
    guard isAsked else {
      if output != nil { throw ValidationError("-o goes with --by; -m writes a model.") }
      return
    }
    if columns.contains("") || Set(columns).count < columns.count {
      throw ValidationError("--by takes different names separated by single commas.")
    }
    if let output {
      try OutputPath.check(output)
      if TableFormat(endingOf: output) == .npy {
        throw ValidationError("--by writes names, and .npy holds only numbers; write .csv.")
      }
    }
    let other: [(String, Bool)] = [
      ("-m", fit.output.modelFile != nil), ("--report", fit.report != nil), ("--explain", fit.explain),
      ("--ridge", fit.options.ridge != .penalty(0)), ("--precision", fit.options.precision != .automatic),
      ("--solver", fit.options.solver != .automatic), ("--redundant", fit.options.redundant != .drop),
      ("--vcov", fit.covariance.vcov != nil), ("--cluster", !fit.covariance.cluster.isEmpty),
      ("--frequency-weights", fit.weighing.frequencyWeights != nil),
      ("--probability-weights", fit.weighing.probabilityWeights != nil),
      ("--keep-shares", fit.keep.keepShares != nil), ("--effects", fit.effects != nil),
      ("--keep-singletons", fit.keepSingletons), ("--statistics", fit.statistics.statistics != .usual),
      ("--level", fit.statistics.level != nil),
    ]
    if let (name, _) = other.first(where: \.1) {
      throw ValidationError("--by prints a table of plain least-squares fits, without \(name).")
    }
    if let targets = (try? fit.data.formula())?.targetCount, targets > 1 {
      throw ValidationError("--by fits one target, and the formula has \(targets); give one at a time.")
    }
  }

  /// Fits all groups, and prints or writes them.
  func run(_ fit: Fit) throws {
    let formula = try fit.data.formula(), path = output ?? "-", isJSON = fit.output.format.json
    let communicator = try fit.ranks.communicator()
    try communicator.onFirst { () throws(TabularError) in
      if path != "-" {
        try TableWriter.check(path, TableFormat(endingOf: path) ?? .csv, besides: fit.data.files)
      }
    }
    try fit.memory.run(fit.threads) {
      let reading = fit.text.options(categories: (formula?.categories ?? []).union(columns)).keepingDigits()
      let file = try communicator.part(fit.data.files) { (part) throws(TabularError) in
        try TableFile(fit.data.files, options: reading, part: part)
      }
      noteRowNames(file)
      if !isJSON { try GroupedFits.checkNames(by: columns, source: file.source) }
      let others = file.columnNames.filter { !columns.contains($0) }
      let formula =
        try formula
        ?? fit.data.formula(
          of: others, in: file.source, besides: fit.weighing.weights, intercept: !fit.noIntercept)
      var progress = ReadingProgress()
      defer { progress.end() }
      let fits = try GroupedFits(
        formula, by: columns, reading: file, on: communicator, weights: fit.weighing.weights,
        missing: fit.rows.missing
      ) { progress.show($0) }
      progress.end()
      guard let fits else { return }
      if fits.droppedRows > 0 {
        Terminal.note(
          "\(fits.droppedRows) \(fits.droppedRows == 1 ? "row" : "rows") with a missing field left out")
      }
      if isJSON { return try fits.writeJSON(to: path) }
      try fits.write(to: path, CSVEncoder(endingOf: path))
    }
  }
}
