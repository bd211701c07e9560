import ArgumentParser
import TabularRegression

/// Where and how often a run is saved.
struct CheckpointOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Save the run in this file as it goes.", valueName: "file"), completion: .file())
  var checkpoint: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seconds between two checkpoints (default: 30).", valueName: "seconds"))
  var checkpointSeconds: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Save every so many batches instead.", valueName: "batches"))
  var checkpointBatches: Int?

  @Flag(help: "Go on from the checkpoint, if there is one yet.")
  var resume = false

  func validate() throws {
    if checkpoint == "-" || checkpoint == "" {
      throw ValidationError("--checkpoint needs the name of a file.")
    }
    if checkpoint == nil {
      let given = [
        ("--resume", resume), ("--checkpoint-seconds", checkpointSeconds != nil),
        ("--checkpoint-batches", checkpointBatches != nil),
      ].first { $0.1 }
      if let given { throw ValidationError("\(given.0) goes with --checkpoint.") }
    }
    if checkpointSeconds != nil && checkpointBatches != nil {
      throw ValidationError("--checkpoint-seconds and --checkpoint-batches cannot be given together.")
    }
    if let checkpointBatches, checkpointBatches < 1 {
      throw ValidationError("--checkpoint-batches is \(checkpointBatches); it is 1 or more.")
    }
    if let checkpointSeconds, !(checkpointSeconds >= 0 && checkpointSeconds.isFinite) {
      throw ValidationError("--checkpoint-seconds is \(checkpointSeconds); it is 0 or more.")
    }
  }

  /// Takes the checkpoint for this run alone; nil where there is none.
  ///
  /// - Throws: it could not be written, something else would be lost by it, or another run has it, before any work is
  ///   done.
  func lock(besides inputs: [String]) throws(TabularError) -> FileLock? {
    guard let checkpoint else { return nil }
    try Files.checkRegular(checkpoint)
    for input in inputs { try Files.checkWritable(checkpoint, besides: input) }
    let lock = try FileLock(checkpoint)
    guard Files.exists(checkpoint) else { return lock }
    let state = try TrainingCheckpoint(contentsOf: checkpoint).state
    if !resume {
      throw TabularError.unusable(
        file: checkpoint,
        message: state.stopReason == nil
          ? "checkpoint of a run in epoch \(state.epochsDone + 1); use --resume to go on, or another name"
          : "checkpoint of a finished run; use --resume to go on with more epochs, or another name")
    }
    return lock
  }

  /// Goes on from the checkpoint where that is asked for.
  func resume(_ training: TableTraining, isQuiet: Bool, note: (String) -> Void) throws {
    guard resume, let checkpoint else { return }
    guard Files.exists(checkpoint) else {
      return note("\(checkpoint): there is no checkpoint yet; training starts at the beginning")
    }
    try training.resume(fromCheckpoint: checkpoint)
    if isQuiet { return }
    note(
      training.stopReason == nil
        ? "\(checkpoint): going on in epoch \(training.epochs.count + 1)"
        : "\(checkpoint): this run has ended; here is its model")
  }

  /// Removes the checkpoint of a run that has ended by itself, once its model is out; one that more epochs could go on
  /// from stays.
  func finish(_ training: TableTraining, isQuiet: Bool, note: (String) -> Void) {
    guard let checkpoint, Files.exists(checkpoint) else { return }
    if training.couldUseMoreEpochs {
      if !isQuiet { note("\(checkpoint): kept; --resume with more --epochs goes on from it") }
      return
    }
    do throws(TabularError) {
      try Files.remove(checkpoint)
      if !isQuiet { note("\(checkpoint): removed, for the run has ended") }
    } catch {
      note(error.description)
    }
  }

  /// What a signal does while the run goes on.
  var whileRunning: Interrupts.Response {
    checkpoint == nil ? .end(note: "interrupted; nothing is saved without --checkpoint") : .save
  }
}

/// Saves a run now and then. A disk that is full costs a warning, not the run.
struct CheckpointSaver {
  private let path: String?
  private let pause: Duration
  private let rows: Int?
  private let training: TableTraining
  private var lastTime = ContinuousClock.now
  private var lastRows = 0
  private var hasFailed = false

  init(_ options: CheckpointOptions, _ training: TableTraining) {
    path = options.checkpoint
    pause = .seconds(options.checkpointSeconds ?? 30)
    rows = options.checkpointBatches.map { min($0, .max / training.batchSize) * training.batchSize }
    self.training = training
    lastRows = training.rowsUsed
  }

  /// At most so many rows may pass before the next look at whether a checkpoint is due.
  var chunk: Int { rows ?? .max }

  /// Saves if it is time to.
  mutating func save(isDue: Bool, note: (String) -> Void) {
    if path == nil { return }
    let isTime = rows.map { training.rowsUsed - lastRows >= $0 } ?? (ContinuousClock.now - lastTime >= pause)
    if isDue || isTime { saveNow(note: note) }
  }

  /// Saves, whatever the time.
  mutating func saveNow(note: (String) -> Void) {
    guard let path else { return }
    do {
      try training.writeCheckpoint(to: path)
      hasFailed = false
    } catch {
      // Once, not at every attempt.
      if !hasFailed { note("\(error); training goes on without it") }
      hasFailed = true
    }
    lastTime = .now
    lastRows = training.rowsUsed
  }

  /// What is said last where a signal ends the run.
  func goingOn(_ place: String) -> String {
    if path == nil { return "\(place); nothing is saved without --checkpoint" }
    return hasFailed ? place : "\(place); the same command with --resume goes on"
  }
}
