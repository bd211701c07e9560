import Foundation
import TestSupport
import Testing

/// `linreg train`, run as a user would.
@Suite struct TrainCommandTests {
  let folder = TemporaryFolder()
  var location: URL { URL(fileURLWithPath: folder.path("")) }
  static let slow = [
    "train", "--target", "progression", diabetes, "--learning-rate", "0.01", "--batch-size", "4", "--epochs",
    "400", "--seed", "5",
    "--json", "--quiet",
  ]

  func coefficients(_ text: String, _ key: String = "estimate") throws -> [Double] {
    let json = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    return try #require(json["coefficients"] as? [[String: Any]]).map { try #require($0[key] as? Double) }
  }

  @Test func withoutOptionsTheCoefficientsAreThoseOfFit() throws {
    let trained = try linreg("train", "--target", "progression", diabetes, "--json")
    let fit = try linreg("fit", "--target", "progression", diabetes, "--json")
    for (a, b) in zip(try coefficients(trained.output), try coefficients(fit.output)) {
      #expect(abs(a - b) <= 1e-10 * abs(b))
    }
    #expect(trained.output.contains("\"stopReason\" : \"converged\""))
    let outcome = try linreg("train", "--target", "progression", diabetes)
    #expect(
      outcome.output.contains(
        /\nconverged after \d epochs: the exact fit's coefficients to 10 digits or more\n/))
    #expect(
      outcome.error.split(separator: "\n").last?.contains(
        /^epoch +\d\/100  loss 1429.85   distance to exact <1e-12$/) == true)
    #expect((outcome.output + outcome.error).split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test func everySettingIsPrinted() throws {
    let outcome = try linreg(
      "train", "progression ~ bmi + bp", diabetes, "--learning-rate", "0.05", "--schedule", "cosine",
      "--momentum", "0.5", "--nesterov",
      "--weight-decay", "0.001", "--average", "tail", "--order", "shuffled-blocks", "--batch-size", "16",
      "--epochs", "30",
      "--validation-fraction", "0.2", "--patience", "4", "--seed", "7", "-m", folder.path("model.json"))
    #expect(outcome.status == 0)
    let lines = outcome.output.split(separator: "\n")
    #expect(lines[1].hasSuffix(" epochs, learning rate 0.05 falling to 0 by a cosine, batch size 16, seed 7"))
    #expect(lines[2] == "momentum 0.5 (Nesterov), weight decay 0.001, last 50 % of the steps averaged")
    #expect(outcome.output.contains("loss on 88 validation rows "))
    #expect(outcome.error.contains("  validation "))
    #expect(lines.allSatisfy { $0.count <= 80 })
    // A saved model tells the same.
    #expect(try linreg("summary", folder.path("model.json")).output == outcome.output)
  }

  @Test func rowsToValidateOnMayBeAFile() throws {
    let rows = try String(contentsOfFile: diabetes, encoding: .utf8).split(separator: "\n")
    try (rows[..<301].joined(separator: "\n") + "\n").write(
      toFile: folder.path("train.csv"), atomically: true, encoding: .utf8)
    try ([rows[0]] + rows[301...]).joined(separator: "\n").write(
      toFile: folder.path("other.csv"), atomically: true, encoding: .utf8)
    let outcome = try linreg(
      "train", "progression ~ .", "train.csv", "--validation", "other.csv", "--learning-rate", "0.01",
      "--quiet", in: location)
    #expect(outcome.status == 0)
    #expect(
      outcome.output.contains("on 10 features, 301 observations")
        || outcome.output.contains("on 10 features, 300 observations"))
    #expect(outcome.output.contains("loss on 142 validation rows "))
    #expect(
      try linreg(
        "train", "progression ~ .", "train.csv", "--validation", "other.csv", "-m", "other.csv", in: location)
        == Outcome(status: 1, output: "", error: "other.csv: this is the input; write to another file\n"))
    #expect(
      try linreg("train", "progression ~ .", "train.csv", "--validation", "none.csv", in: location)
        == Outcome(
          status: 1, output: "", error: "none.csv: cannot read the file: No such file or directory\n"))
  }

  @Test func statisticsAreOfTheRowsThatAreLearntFrom() throws {
    let arguments = ["train", "progression ~ .", diabetes, "--validation-fraction", "0.2", "--quiet"]
    let json = try #require(
      JSONSerialization.jsonObject(with: Data(try linreg(arguments + ["--json"]).output.utf8))
        as? [String: Any])
    #expect(json["observations"] as? Int == 354 && json["degreesOfFreedom"] as? Int == 343)
    // The loss is of the same rows.
    let last = try #require((json["epochs"] as? [[String: Any]])?.last?["loss"] as? Double)
    let sum = try #require(json["residualSumOfSquares"] as? Double)
    #expect(abs(sum / (2 * 354) / last - 1) < 1e-9)
    #expect(
      try linreg(arguments).output.hasPrefix(
        "progression on 10 features, 354 observations and 88 held out: SGD\n"))
  }

  @Test func theExactSolutionWithDecayIsThePenalisedOne() throws {
    let output = try linreg(
      "train", "progression ~ bmi + bp", diabetes, "--learning-rate", "0.02", "--schedule", "cosine",
      "--weight-decay", "1",
      "--epochs", "200", "--json", "--quiet"
    ).output
    // λ on the mean loss is a ridge penalty of n λ.
    let ridge = try linreg("fit", "progression ~ bmi + bp", diabetes, "--ridge", "442", "--json").output
    for (a, b) in zip(try coefficients(output, "exact"), try coefficients(ridge)) {
      #expect(abs(a - b) < 1e-9 * abs(b))
    }
    for (a, b) in zip(try coefficients(output), try coefficients(ridge)) {
      #expect(abs(a - b) < 1e-2 * abs(b))
    }
  }

  // MARK: Checkpoints

  /// Killed at any moment and gone on with, a run ends with the bits of one that was never stopped. LINREG_KILLED_RUNS
  /// sets how many.
  @Test func killedRunsEndWithTheSameBits() throws {
    let whole = try linreg(Self.slow).output
    #expect(whole.count > 1000)
    let runs = ProcessInfo.processInfo.environment["LINREG_KILLED_RUNS"].flatMap(Int.init) ?? 4
    var kills = 0
    for run in 0..<runs {
      let arguments =
        Self.slow + [
          "--checkpoint", "run\(run)", "--checkpoint-batches", "\(run % 2 == 0 ? 400 : 3001)", "--resume",
        ]
      for attempt in 0... {
        let (process, output, _) = try start(arguments, in: folder)
        // Longer each time, or a run that saves seldom would never come to its end.
        usleep(UInt32.random(in: 1_000...(60_000 + UInt32(attempt) * 60_000)))
        if process.isRunning {
          kill(process.processIdentifier, SIGKILL)
          kills += 1
        }
        process.waitUntilExit()
        if process.terminationReason == .exit {
          #expect(process.terminationStatus == 0)
          #expect(
            try String(contentsOfFile: output, encoding: .utf8) == whole, "run \(run) after \(attempt) kills")
          break
        }
      }
      // Nothing beside it, neither a temporary file nor a lock.
      let files = try FileManager.default.contentsOfDirectory(atPath: location.path).filter {
        $0.contains("run\(run)") || $0.hasPrefix(".")
      }
      #expect(Set(files).isSubset(of: ["run\(run)"]))
    }
    #expect(kills >= runs, "\(kills) kills")
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func interruptedRunsAreSaved(signal: Int32) throws {
    let slower = Self.slow.map { $0 == "400" ? "6000" : $0 }
    let whole = try linreg(slower).output
    let arguments = slower + ["--checkpoint", "saved", "--checkpoint-batches", "1000"]
    let (process, output, error) = try start(arguments, in: folder)
    while process.isRunning, !FileManager.default.fileExists(atPath: folder.path("saved")) { usleep(1000) }
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 128 + signal)
    #expect(try String(contentsOfFile: output, encoding: .utf8) == "")
    #expect(
      try String(contentsOfFile: error, encoding: .utf8).contains(
        /^interrupted in epoch \d+; the same command with --resume goes on\n$/))
    let resumed = try linreg(arguments + ["--resume"], in: location)
    #expect(resumed.output == whole)
    // Again, once it has ended: the same once more. Without --resume the file is not overwritten.
    #expect(try linreg(arguments + ["--resume"], in: location).output == whole)
    #expect(
      try linreg(arguments, in: location)
        == Outcome(
          status: 1, output: "",
          error:
            "saved: checkpoint of a finished run; use --resume to go on with more epochs, or another name\n"))
  }

  @Test func anInterruptionIsToldInOneShortLine() throws {
    let (process, _, error) = try start(Self.slow.map { $0 == "400" ? "100000" : $0 }, in: folder)
    sleep(1)
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 130)
    #expect(
      try String(contentsOfFile: error, encoding: .utf8)
        == "interrupted; nothing is saved without --checkpoint\n")
  }

  @Test func aRunCanBeGivenMoreEpochs() throws {
    func run(_ epochs: Int, _ more: String...) throws -> Outcome {
      try linreg(
        ["train", "progression ~ bmi", diabetes, "--learning-rate", "0.01", "--epochs", "\(epochs)"] + more,
        in: location)
    }
    let first = try run(2, "--checkpoint", "c")
    #expect(first.error.hasSuffix("\nc: kept; --resume with more --epochs goes on from it\n"))
    let resumed = try run(5, "--checkpoint", "c", "--resume")
    #expect(resumed.error.hasPrefix("c: going on in epoch 3\nepoch 3/5  "))
    #expect(try run(5, "--quiet") == Outcome(status: 0, output: resumed.output, error: ""))
    #expect(
      try run(5, "--checkpoint", "c", "--resume")
        == Outcome(
          status: 0, output: resumed.output,
          error:
            "c: this run has ended; here is its model\nc: kept; --resume with more --epochs goes on from it\n"
        ))
    #expect(
      try run(3, "--checkpoint", "c", "--resume")
        == Outcome(
          status: 1, output: "",
          error:
            "c: the checkpoint belongs to other settings: epochs 5 instead of 3; give the former ones, or begin anew under another name\n"
        ))
  }

  @Test func aRunThatHasEndedForGoodRemovesItsCheckpoint() throws {
    func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: location.path) }
    let converged = [
      "train", "progression ~ bmi", diabetes, "--checkpoint", "c", "--checkpoint-batches", "1",
    ]
    #expect(
      try linreg(converged, in: location).error.hasSuffix(
        "  distance to exact <1e-12\nc: removed, for the run has ended\n"))
    #expect(try files() == [])
    // The same once more.
    #expect(try linreg(converged + ["--quiet"], in: location).error == "")
    let cosine = [
      "train", "progression ~ bmi", diabetes, "--checkpoint", "c", "--learning-rate", "0.01", "--schedule",
      "cosine", "--epochs", "2",
    ]
    #expect(try linreg(cosine, in: location).error.hasSuffix("\nc: removed, for the run has ended\n"))
    #expect(try files() == [])
  }

  @Test func whatIsNoCheckpointIsLeftAlone() throws {
    try "a letter\n".write(toFile: folder.path("letter"), atomically: true, encoding: .utf8)
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    func refusal(_ path: String, _ more: String...) throws -> Outcome {
      try linreg(["train", "progression ~ bmi", diabetes, "--checkpoint", path] + more, in: location)
    }
    for more in [[], ["--resume"]] {
      let outcome = try linreg(
        ["train", "progression ~ bmi", diabetes, "--checkpoint", "letter"] + more, in: location)
      #expect(
        outcome
          == Outcome(
            status: 1, output: "",
            error: "letter: this is not a checkpoint, and it is not overwritten; give another name\n"))
    }
    #expect(try String(contentsOfFile: folder.path("letter"), encoding: .utf8) == "a letter\n")
    for path in ["/dev/full", "/dev/null", ".", "pipe"] {
      #expect(
        try refusal(path)
          == Outcome(
            status: 1, output: "", error: "\(path): this is not a regular file; give another name\n"))
    }
    #expect(
      try linreg("train", "progression ~ bmi", diabetes, "-m", ".", in: location)
        == Outcome(status: 1, output: "", error: ".: cannot write the file: Is a directory\n"))

    // One of an earlier version: states have changed since.
    try Data("linreg-checkpoint 1 2 08f44b07b5901a25\n{}".utf8).write(to: location.appending(path: "old"))
    let old = try linreg(Self.slow + ["--checkpoint", "old", "--resume"], in: location)
    #expect(old.status == 1)
    #expect(
      old.error
        == "old: the checkpoint has version 1, which is no longer read; begin anew under another name, or delete it\n"
    )
  }

  @Test func checkpointsOfOtherRunsAreRefused() throws {
    let first = [
      "train", "progression ~ bmi", diabetes, "--learning-rate", "0.01", "--epochs", "2", "--checkpoint", "c",
      "--quiet",
    ]
    #expect(try linreg(first, in: location).status == 0)
    func refusal(_ arguments: [String]) throws -> String {
      let outcome = try linreg(arguments + ["--resume"], in: location)
      #expect(outcome.status == 1 && outcome.output == "")
      return outcome.error
    }
    let remedy = ", or begin anew under another name\n"
    #expect(
      try refusal(first.map { $0 == "0.01" ? "0.02" : $0 } + ["--seed", "3"])
        == "c: the checkpoint belongs to other settings: learning rate 0.01 instead of 0.02, seed 0 instead of 3; give the former ones\(remedy)"
    )
    #expect(
      try refusal(first.map { $0 == "progression ~ bmi" ? "progression ~ bp" : $0 })
        == "c: the checkpoint belongs to another formula, progression ~ bmi; give that one\(remedy)")
    let text = try String(contentsOfFile: diabetes, encoding: .utf8)
    try text.replacing("32.1", with: "32.2", maxReplacements: 1).write(
      toFile: folder.path("other.csv"), atomically: true, encoding: .utf8)
    #expect(
      try refusal(first.map { $0 == diabetes ? "other.csv" : $0 })
        == "c: the checkpoint belongs to other data than other.csv; give the file it was made from\(remedy)")
    // The file is not read where another run would begin anew.
    #expect(
      try linreg(first.map { $0 == "2" ? "3" : $0 }, in: location).error
        == "c: checkpoint of a finished run; use --resume to go on with more epochs, or another name\n")
    // Damage: every truncation and flipped bits.
    let bytes = try Data(contentsOf: location.appendingPathComponent("c"))
    for count in Array(stride(from: 0, to: bytes.count, by: 97)) + [bytes.count - 1] {
      try bytes.prefix(count).write(to: location.appendingPathComponent("c"))
      #expect(try refusal(first).hasPrefix("c: "))
    }
    for place in stride(from: 0, to: bytes.count, by: 61) {
      var damaged = bytes
      damaged[place] ^= 1
      try damaged.write(to: location.appendingPathComponent("c"))
      #expect(try refusal(first).hasPrefix("c: "), "byte \(place)")
    }
  }

  @Test func aFullDiskCostsAWarningNotTheRun() throws {
    let arguments = [
      "train", "progression ~ .", diabetes, "--learning-rate", "0.01", "--epochs", "3", "--checkpoint", "c",
    ]
    #expect(try linreg(arguments + ["--quiet"], in: location).status == 0)
    let before = try Data(contentsOf: location.appendingPathComponent("c"))
    // No file may grow beyond a block of 512 bytes or 1 KiB: too little for a checkpoint.
    let command = ([executable.path] + arguments + ["--resume", "--checkpoint-batches", "1", "--json"]).map {
      "'\($0)'"
    }.joined(separator: " ")
    let process = Process(), pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "ulimit -f 1; \(command) | wc -c"]
    process.currentDirectoryURL = location
    process.standardError = pipe
    let output = Pipe()
    process.standardOutput = output
    // Begin again, so that there is something to save.
    try FileManager.default.removeItem(atPath: folder.path("c"))
    try Data(before).write(to: location.appendingPathComponent("kept"))
    try process.run()
    let notes = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let count = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(Int(count.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0 > 2000)
    let lines = notes.split(separator: "\n").filter { !$0.hasPrefix("epoch") }
    #expect(
      lines == [
        "c: there is no checkpoint yet; training starts at the beginning",
        "c: cannot write the file: File too large; training goes on without it",
      ])
    #expect(
      !FileManager.default.fileExists(atPath: folder.path("c"))
        && !FileManager.default.fileExists(atPath: folder.path(".c.tmp")))
  }

  @Test(arguments: [
    (["--momentum", "0.9"], "Error: --momentum goes with --learning-rate."),
    (["--schedule", "cosine"], "Error: --schedule goes with --learning-rate."),
    (["--no-distance"], "Error: --no-distance goes with --learning-rate."),
    (
      ["--learning-rate", "0.1", "--momentum", "1"], "Error: --momentum is 1.0; it is 0 or more and below 1."
    ),
    (["--learning-rate", "0.1", "--nesterov"], "Error: --nesterov goes with --momentum."),
    (["--learning-rate", "0.1", "--weight-decay=-1"], "Error: --weight-decay is -1.0; it is 0 or more."),
    (["--tolerance", "0"], "Error: --tolerance is 0.0; it is above 0 and below 1."),
    (["--patience", "0"], "Error: --patience is 0; it is 1 or more."),
    (
      ["--validation-fraction", "1"],
      "Error: --validation-fraction is 1.0; it is 0 or more and below 1."
    ),
    (["--average", "all"], "Error: --average goes with --learning-rate."),
    (["--no-standardize"], "Error: --no-standardize goes with --learning-rate."),
    (["--patience", "3", "--validation", "x.csv"], "Error: --patience goes with --learning-rate."),
    (
      ["--patience", "3", "--learning-rate", "0.1"],
      "Error: --patience goes with --validation, --validation-fraction or --tolerance."
    ),
    (["--checkpoint-seconds", "3"], "Error: --checkpoint-seconds goes with --checkpoint."),
    (["--checkpoint-batches", "3"], "Error: --checkpoint-batches goes with --checkpoint."),
    (
      ["--checkpoint", "c", "--checkpoint-seconds", "3", "--checkpoint-batches", "3"],
      "Error: --checkpoint-seconds and --checkpoint-batches cannot be given together."
    ),
    (["--epochs", "3000000000"], "Error: --epochs is 3000000000; it is 2147483647 at most."),
    (["--learning-rate", "fast"], "Error: The value 'fast' is invalid for '--learning-rate <rate>'"),
    (
      ["--seed=-1"],
      "Error: The value '-1' is invalid for '--seed <seed>': it is a whole number from 0 to 18446744073709551615"
    ),
    (
      ["--validation-fraction", "0.1", "--validation", "x.csv"],
      "Error: --validation and --validation-fraction cannot be given together."
    ),
    (["--resume"], "Error: --resume goes with --checkpoint."),
    (
      ["--checkpoint", "c", "--checkpoint-batches", "0"], "Error: --checkpoint-batches is 0; it is 1 or more."
    ),
    (["--checkpoint", "c", "-m", "c"], "Error: The model and the checkpoint need files of their own."),
    (["--checkpoint", "./c", "-m", "c"], "Error: The model and the checkpoint need files of their own."),
    (
      ["--order", "random"],
      "Error: The value 'random' is invalid for '--order <order>'. Please provide one of 'shuffled', 'shuffled-blocks' or 'in-order'."
    ),
  ])
  func usageExitsWithTwo(arguments: [String], expected: String) throws {
    let outcome = try linreg(["train", "--target", "progression", diabetes] + arguments, in: location)
    #expect(outcome.status == 2)
    #expect(outcome.output == "")
    #expect(outcome.error.split(separator: "\n").first.map(String.init) == expected)
  }

  @Test func columnsThatDependOnOthersAreNamed() throws {
    let text = "ground,upper,total,price\n1,2,3,10\n2,1,3,12\n4,3,7,20\n5,2,7,24\n3,7,10,31\n6,1,7,22\n"
    let outcome = try linreg(
      "train", "--target", "price", "-", "--quiet", "-m", folder.path("m.json"), input: text)
    #expect(outcome.status == 0 && outcome.error == "")
    #expect(
      outcome.output.contains(
        "\n\ntotal = ground + upper\nthe solution of least norm in standardised units; fit leaves the columns out\n\nconverged after "
      ))
    #expect(outcome.output.contains(/\n\d+ epochs, automatic steps, batch size 1, seed 0\n/))
    #expect(try linreg("summary", folder.path("m.json")).output == outcome.output)
    let json = try linreg("train", "--target", "price", "-", "--quiet", "--json", input: text).output
    let minimumNorm = try linreg(
      "fit", "--target", "price", "-", "--redundant", "minimum-norm", "--json", input: text
    ).output
    for (a, b) in zip(try coefficients(json), try coefficients(minimumNorm)) {
      #expect(abs(a - b) <= 1e-9 * abs(b))
    }
    #expect(json.contains("\"redundancy\" : \"minimum-norm\"") && json.contains("\"batchSize\" : 1,"))
  }

  @Test func noInfiniteLossIsShown() throws {
    let outcome = try linreg(
      "train", "progression ~ bmi", diabetes, "--learning-rate", "1e200", "--batch-size", "442")
    #expect(outcome.status == 3 && outcome.output == "")
    #expect(
      outcome.error.wholeMatch(
        of: /diverged in epoch 1: a learning rate of 1e\+200 is too large .*; try [\d.]+\n/) != nil,
      "\(outcome.error)")
  }

  @Test func aRunOfOneEpochSaysSo() throws {
    let outcome = try linreg(
      "train", "progression ~ bmi", diabetes, "--learning-rate", "0.01", "--epochs", "1")
    #expect(outcome.output.contains("\nstopped after 1 epoch: no more were asked for\n"))
  }

  @Test func someRowsHaveToBeLeft() throws {
    #expect(
      try linreg("train", "progression ~ bmi", diabetes, "--validation-fraction", "0.999")
        == Outcome(
          status: 1, output: "",
          error:
            "\(diabetes): with a validation fraction of 0.999 no row is left to learn from; use a smaller one, or none\n"
        ))
  }

  @Test func awkwardData() throws {
    func run(_ text: String, _ more: String...) throws -> Outcome {
      try linreg(["train", "--target", "y", "-", "--quiet"] + more, input: text)
    }
    // One row; a constant column; more columns than rows; columns that depend on each other.
    #expect(try run("x,y\n1,2\n").status == 0)
    #expect(try run("x,c,y\n1,5,2\n2,5,3\n3,5,5\n").output.contains(/\nc +0 +0\n/))
    #expect(try run("a,b,c,y\n1,2,3,4\n2,1,5,1\n").output.contains("fewer rows than coefficients"))
    #expect(try run("x,y\n1,2\n2,2\n3,2\n4,2\n").output.contains("\nconverged after "))
    let twins = try run("a,b,y\n1,1,1\n2,2,3\n3,3,4\n4,4,4\n")
    #expect(twins.output.contains("converged") && twins.output.contains(/\na +0.5 +0.5\nb +0.5 +0.5\n/))
    #expect(try run("x,y\n1,2\n2,nan\n").error.hasPrefix("standard input:3:2: "))
    #expect(try run("x,y\n").status == 1)
    #expect(try run("x,y\n1,2\n2,3\n", "--batch-size", "100").status == 0)
  }
}
