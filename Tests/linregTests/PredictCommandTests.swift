import Foundation
import TestSupport
import Testing

/// `linreg predict` as a part of a pipe, and what it tells beside predictions.
@Suite struct PredictCommandTests {
  let folder = TemporaryFolder()
  let model: String

  init() throws {
    model = folder.path("m.json")
    let homes = "area,rooms,price\n50,2,500\n60,3,520\n80,3,760\n70,3,640\n90,4,810\n100,4,905\n40,1,410\n"
    #expect(try linreg("fit", "price ~ area + rooms", "-", "-m", model, input: homes).status == 0)
  }

  @Test func columnsArePassedAsTheyStand() throws {
    let rows = "rooms,id,note,area\n2,007,\"a, b\",50\n3,1e3,,60.50\n4,NA,\" x \",70\n"
    let plain = try linreg("predict", model, "-", input: rows).output.split(separator: "\n")
    #expect(plain[0] == "prediction")
    #expect(
      try linreg("predict", model, "-", "--pass", "id,note", "--pass", "area", input: rows).output
        == "id,note,area,prediction\n007,\"a, b\",50,\(plain[1])\n1e3,,60.5,\(plain[2])\nNA,\" x \",70,\(plain[3])\n"
    )
    let json = try linreg("predict", model, "-", "--pass", "id", "--json", input: rows).output
    #expect(
      json
        == "{\"predictions\": [\(plain[1]), \(plain[2]), \(plain[3])], \"columns\": {\"id\": [\"007\", \"1e3\", \"NA\"]}}\n"
    )
  }

  /// Into a matrix what is passed goes as numbers.
  @Test func columnsArePassedToMatrices() throws {
    let rows = "rooms,id,sold,area\n2,007,true,50\n3,1e3,FALSE,60.50\n"
    let path = folder.path("p.npy")
    #expect(
      try linreg("predict", model, "-", "--pass", "id,sold", "-o", path, input: rows)
        == Outcome(status: 0, output: "", error: ""))
    #expect(
      try linreg("convert", path, "-", "--to", "csv", "--columns", "id,sold").output
        == "id,sold\n7,1\n1000,0\n")
  }

  @Test func theModelIsNotWrittenOver() throws {
    let run = try linreg("predict", model, "-", "-o", model, input: "area,rooms\n50,2\n")
    #expect(run.status == 1)
    #expect(run.error == "\(model): this is the input; write to another file\n")
    #expect(try linreg("summary", model).status == 0)
  }

  @Test func guardNamesColumnsOutsideTheirRange() throws {
    let rows = "area,rooms\n50,2\n120,3\n39,9\n70,4\n"
    let run = try linreg("predict", model, "-", "--guard", input: rows)
    let lines = run.output.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(lines[0] == ["prediction", "leverage", "outside"])
    #expect(lines.dropFirst().map { $0[2] } == ["", "area", "area;rooms", ""])
    #expect(
      run.error
        == "2 rows are outside the range of the fit's rows: area (2), rooms (1); the first is standard input:3, column area\n"
    )
    // Leverages of the fit's own rows sum up to the number of coefficients.
    let own = "area,rooms\n50,2\n60,3\n80,3\n70,3\n90,4\n100,4\n40,1\n"
    let guarded = try linreg("predict", model, "-", "--guard", "--interval", "confidence", input: own)
    #expect(guarded.error == "")
    let leverages = guarded.output.split(separator: "\n").dropFirst().map {
      Double($0.split(separator: ",")[3])!
    }
    #expect(abs(leverages.reduce(0, +) - 3) < 1e-12)
  }

  @Test func rowsThatTheFitDoesNotDetermineHaveNoPrediction() throws {
    let homes = "ground,upper,total,price\n50,30,80,160\n60,20,80,171\n70,45,115,228\n40,45,85,165\n"
    #expect(try linreg("fit", "price ~ .", "-", "-m", model, input: homes).status == 0)
    let rows = "ground,upper,total\n50,30,80\n50,30,81\n60,20,90\n"
    let run = try linreg("predict", model, "-", "--guard", input: rows)
    let outside = run.output.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).last!
    }
    #expect(run.status == 0 && outside == ["outside", "", "total", "total"])
    #expect(
      run.error
        == "2 rows are not estimable and have no prediction, for in the fit's rows total = ground + upper (2); the first is standard input:3; --unestimable keep predicts them all the same\n"
    )
    let kept = try linreg("predict", model, "-", "--unestimable", "keep", input: rows)
    let plain = try linreg("predict", model, "-", input: rows)
    #expect(plain.error == run.error && plain.output.hasSuffix("\n\"\"\n\"\"\n"))
    #expect(Set(kept.output.split(separator: "\n")).count == 3 && !kept.output.contains("\""))
    #expect(
      kept.error
        == "2 rows are predicted though not estimable, for in the fit's rows total = ground + upper (2); the first is standard input:3\n"
    )
    let json = try linreg("predict", model, "-", "--json", input: rows)
    #expect(json.error == run.error && json.output.hasSuffix(", null, null]}\n"))
    let left = try linreg("evaluate", model, "-", input: homes + "50,30,81,999\n")
    #expect(left.output.hasPrefix("observations             4\n"))
    #expect(
      left.error
        == "1 row is not estimable and left out, for in the fit's rows total = ground + upper (1); the first is standard input:6; --unestimable keep predicts it all the same\n"
    )
  }

  @Test func weightsGoWithPredictionIntervals() throws {
    let homes = "area,price,w\n50,500,1\n60,520,2\n80,760,1\n70,640,3\n90,810,2\n"
    #expect(try linreg("fit", "price ~ area", "-", "--weights", "w", "-m", model, input: homes).status == 0)
    let silent = try linreg("predict", model, "-", "--interval", "confidence", input: homes)
    #expect(silent.error == "")
    let said = try linreg("predict", model, "-", "--interval", "prediction", input: homes)
    #expect(
      said.error
        == "the intervals are for rows of weight 1, though the fit weighed rows by \"w\"; --weights COLUMN weighs them\n"
    )
    let weighted = try linreg(
      "predict", model, "-", "--interval", "prediction", "--weights", "w", "--pass", "w", input: homes)
    #expect(weighted.error == "" && weighted.output.hasPrefix("w,prediction,lower,upper\n1,"))
    let (a, b) = (said.output.split(separator: "\n"), weighted.output.split(separator: "\n"))
    #expect(b[1] == "1,\(a[1])" && b[2] != "2,\(a[2])")
    let usage = try linreg("predict", model, "-", "--weights", "w", input: homes)
    #expect(usage.status == 2 && usage.error.hasPrefix("Error: --weights goes with --interval prediction.\n"))
  }

  /// A line is answered before the next one is written.
  @Test(.timeLimit(.minutes(1)), arguments: ["area,rooms\n", "\u{FEFF}area,rooms\r\n"])
  func linesOfAPipeAreAnsweredAtOnce(header: String) throws {
    let process = Process(), input = Pipe(), output = Pipe()
    process.executableURL = executable
    process.arguments = ["predict", model, "-"]
    (process.standardInput, process.standardOutput) = (input, output)
    try process.run()
    func write(_ text: String) throws { try input.fileHandleForWriting.write(contentsOf: Data(text.utf8)) }
    var answers = ""
    func waitForLines(_ count: Int) {
      while answers.count(where: \.isNewline) < count {
        answers += String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
      }
    }
    try write(header)
    for row in 0..<4 {
      try write("5\(row),")
      try write("2\n")
      waitForLines(row + 2)
    }
    try write("60,3\n70,")
    waitForLines(6)
    try write("3")
    try input.fileHandleForWriting.close()
    waitForLines(7)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let file = folder.path("rows.csv")
    try Data("area,rooms\n50,2\n51,2\n52,2\n53,2\n60,3\n70,3\n".utf8).write(to: URL(fileURLWithPath: file))
    #expect(try linreg("predict", model, file).output == answers)
  }

  @Test func aFileIsWrittenWholeOrNotAtAll() throws {
    let output = folder.path("out.csv")
    var rows = "area,rooms\n"
    for row in 0..<200_000 { rows += "\(40 + row % 50),2\n" }
    #expect(
      try linreg("predict", model, "-", "-o", output, input: rows)
        == Outcome(status: 0, output: "", error: ""))
    let whole = try String(contentsOfFile: output, encoding: .utf8)
    #expect(whole == (try linreg("predict", model, "-", input: rows).output))
    #expect(whole.count(where: \.isNewline) == 200_001)
    let failed = try linreg("predict", model, "-", "-o", output, input: rows + "x,2\n")
    #expect(
      failed
        == Outcome(
          status: 1, output: "",
          error:
            "standard input:200002:1: column \"area\": \"x\" is not a number; correct it or leave the column out\n"
        ))
    #expect(try String(contentsOfFile: output, encoding: .utf8) == whole)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path("")).sorted() == ["m.json", "out.csv"])
    #expect(
      try linreg("predict", model, output, "-o", output).error
        == "\(output): this is the input; write to another file\n")
  }

  /// Ctrl-C while nothing arrives: the file stays as it was, and nothing is left beside it.
  @Test(.timeLimit(.minutes(1))) func interruptedWhileItWaits() throws {
    let process = Process(), input = Pipe(), errors = Pipe()
    process.executableURL = executable
    process.arguments = ["predict", model, "-", "-o", folder.path("out.csv")]
    (process.standardInput, process.standardError) = (input, errors)
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data("area,rooms\n50,2\n60,".utf8))
    // By then the first row is predicted, into a file that has no name.
    usleep(500_000)
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    #expect(errors.fileHandleForReading.availableData.isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("")) == ["m.json"])
  }

  @Test func columnsWithoutAHeaderAreNamed() throws {
    let named = try linreg("predict", model, "-", input: "area,rooms\n50,2\n")
    #expect(
      try linreg("predict", model, "-", "--no-header", "--names", "rooms, area", input: "2,50\n") == named)
    let fit = try linreg("fit", "y ~ x", "-", "--no-header", "--names", "x,y", input: "1,2\n2,3\n3,5\n")
    #expect(try linreg("fit", "y ~ x", "-", input: "x,y\n1,2\n2,3\n3,5\n") == fit && fit.status == 0)
  }

  @Test(arguments: [
    (["--pass", "prediction"], "Error: --pass prediction: there would be two columns of that name."),
    (["--pass", "area,area"], "Error: --pass area: there would be two columns of that name."),
    (["--json", "-o", "x.csv"], "Error: --json prints on standard output; leave -o out."),
    (
      ["--guard", "-o", "x.npy"],
      "Error: --guard names columns, and .npy holds only numbers; write .csv."
    ),
  ])
  func optionsThatDoNotGoTogether(arguments: [String], message: String) throws {
    let run = try linreg(["predict", model, diabetes] + arguments)
    #expect(run.status == 2 && run.error.hasPrefix(message))
  }

  @Test func aColumnToPassHasToBeThere() throws {
    #expect(
      try linreg("predict", model, "-", "--pass", "id", input: "area,rooms\n1,2\n")
        == Outcome(
          status: 1, output: "",
          error: "standard input: there is no column \"id\"; the columns are area, rooms\n"))
  }

  @Test func swappedFilesAreTold() throws {
    try Data("a,y\n1,3\n2,5\n3,7\n".utf8).write(to: URL(fileURLWithPath: folder.path("s.csv")))
    let location = URL(fileURLWithPath: folder.path(""))
    #expect(try linreg("fit", "y ~ a", "s.csv", "-m", "m", in: location).status == 0)
    for verb in ["predict", "evaluate"] {
      for first in ["s.csv", "/dev/zero"] {
        #expect(
          try linreg(verb, first, "m", in: location)
            == Outcome(
              status: 1, output: "",
              error:
                "\(first): this is not a model file, but m is one; give the model first, then the rows\n"))
      }
      #expect(
        try linreg(verb, "/dev/zero", "s.csv", in: location).error
          == "/dev/zero: this is not a model file; give one that fit or train has written with -m\n")
    }
  }
}
