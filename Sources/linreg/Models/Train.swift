import ArgumentParser
import LinearRegression
import TabularRegression

struct Train: RankedCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a model by minibatch SGD and tell how far it is from the exact fit.",
    usage: """
      linreg train <formula> <file> ... [<options>]
      linreg train --target <target> <file> ... [<options>]
      """,
    discussion: """
      Without options nothing needs tuning: columns are scaled inside, steps are
      preconditioned by what a first pass finds, and the run stops at the
      least-squares answer. With --learning-rate the steps are those of plain SGD.
      The model is in the units of the columns either way.

      On a terminal a bar shows the progress, elsewhere a line per epoch: the loss
      (mean of squared error / 2) and the largest distance of a coefficient from
      the exact one, in standardised units.

      With --validation or --validation-fraction plain steps stop after --patience
      epochs without a better loss on those rows, and the best model is kept.

      With --checkpoint the run can be stopped by Ctrl-C, or by anything else, and
      continued by --resume: the result has the same bits. A run that has used its
      epochs keeps its checkpoint and can be given more, but not with --schedule
      cosine or --average tail, which look ahead to the end. A run that has ended
      for good removes its checkpoint. Two runs at a time cannot have one checkpoint.

      Columns that others determine are named and stay: of all solutions the result
      is the one of least norm in standardised units. fit leaves such columns out.

      Columns of more than 64 MB are kept in a temporary file (TMPDIR says where),
      and only the target in memory.

      Formulas, categories and missing fields are those of fit, but for "- 1" and
      cbind: there is an intercept, and one target.

      Example: linreg train 'price ~ .' homes.csv -m homes.model
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var output: ModelOutputOptions
  @OptionGroup var rows: MissingOptions
  @OptionGroup var text: TextOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var memory: MemoryOptions
  @OptionGroup var ranks: RankOptions
  @OptionGroup var options: DescentOptions
  @OptionGroup var checkpoints: CheckpointOptions

  @Option(help: "The column that weighs the rows.")
  var weights: String?

  @Option(help: ArgumentHelp("A CSV file with rows to validate on.", valueName: "file"), completion: .file())
  var validation: String?

  @Flag(help: "Draw loss and distance over the epochs on standard error at the end.")
  var plot = false

  @Flag(help: "Show no progress.")
  var quiet = false

  func validate() throws {
    if validation != nil && options.validationFraction != nil {
      throw ValidationError("--validation and --validation-fraction cannot be given together.")
    }
    if options.patience != nil && validation == nil && options.method.validationFraction == 0
      && options.tolerance == nil
    {
      throw ValidationError("--patience goes with --validation, --validation-fraction or --tolerance.")
    }
    if let checkpoint = checkpoints.checkpoint, let model = output.modelFile,
      Files.areSame(checkpoint, model)
    {
      throw ValidationError("The model and the checkpoint need files of their own.")
    }
    if validation == "-" && data.files.contains("-") {
      throw ValidationError("Only one of the two files can be standard input.")
    }
  }

  func run() throws {
    let method = options.method
    let formula = try data.formula()
    let inputs = data.files + [validation].compactMap { $0 }
    let communicator = try ranks.communicator()
    var lock: FileLock?
    try communicator.onFirst { () throws(TabularError) in
      try output.check(besides: inputs)
      lock = try checkpoints.lock(besides: inputs)
    }
    defer { lock?.release() }
    try memory.run(threads) {
      let options = text.options(categories: formula?.categories ?? [])
      let file = try communicator.part(data.files) { (part) throws(TabularError) in
        try TableFile(data.files, options: options, part: part)
      }
      noteRowNames(file)
      var reading = ReadingProgress()
      defer { reading.end() }
      let formula =
        try formula ?? data.formula(of: file.columnNames, in: file.source, besides: weights)
      let training = try training(formula, communicator, file, method) { reading.show($0) }
      reading.end()
      // The steps are rank 0's.
      guard let training else { return }
      try checkpoints.resume(training, isQuiet: quiet, note: Terminal.note)
      Interrupts.respond(by: checkpoints.whileRunning)
      var saver = CheckpointSaver(checkpoints, training)
      var progress = TrainProgress(training, isQuiet: quiet, atMost: saver.chunk)
      while training.stopReason == nil {
        let report = try training.advance(rows: progress.chunk)
        progress.show(report)
        saver.save(isDue: report != nil && training.stopReason != nil, note: progress.note)
      }
      progress.clear()
      if training.stopReason == .interrupted {
        saver.saveNow(note: Terminal.note)
        Interrupts.respond(by: .end(note: saver.goingOn("interrupted in epoch \(training.epochs.count + 1)")))
      }
      Interrupts.respond(by: .end(note: saver.goingOn("interrupted")))
      let model = try training.model()
      try deliver([model], output)
      if plot, let charts = model.training?.charts {
        CharacterPage(on: .error).drawn(charts).forEach(Terminal.note)
      }
      Interrupts.respond(by: .end(note: nil))
      checkpoints.finish(training, isQuiet: quiet, note: Terminal.note)
    }
  }

  /// The run, on rank 0.
  private func training(
    _ formula: Formula, _ communicator: any Communicator, _ file: TableFile, _ method: SGD,
    progress: (Int) -> Void
  ) throws -> TableTraining? {
    let options = text.options(categories: formula.categories)
    var others: TableFile?
    try communicator.onFirst { () throws(TabularError) in
      if let validation { others = try TableFile([validation], options: options) }
    }
    if communicator.size > 1 {
      return try TableTraining(
        formula, on: communicator, part: file, weights: weights, missing: rows.missing, validation: others,
        method: method, stopSignal: Interrupts.stop, progress: progress)
    }
    return try TableTraining(
      formula, reading: file, weights: weights, missing: rows.missing, validation: others, method: method,
      stopSignal: Interrupts.stop, progress: progress)
  }
}
