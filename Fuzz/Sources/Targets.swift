import Foundation
@testable import LinearRegression

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
@testable import TabularRegression

/// Readers of untrusted bytes. Whatever the bytes, they return or throw.
enum Targets {
  typealias Target = ([UInt8]) throws(TabularError) -> Void

  static func target(_ name: String) -> Target? {
    if let target = targets[name] { return target }
    guard let use = Decodables.uses[name] else { return nil }
    func decode(_ bytes: [UInt8]) throws(TabularError) { _ = use(Data(bytes)) }
    return decode
  }

  nonisolated(unsafe) private static let targets: [String: Target] = [
    // The first byte chooses options, the second the size of blocks. Every way of reading gives the table or the
    // error of the plain reader; what is written is read back.
    "csv": { (bytes: [UInt8]) throws(TabularError) in
      guard bytes.count >= 2 else { return }
      let text = CSVText(bytes)
      let expected = text.plainOutcome
      let blockSize = Int(bytes[1]) + 1
      for (size, usesVectors, threads) in [
        (whole, true, 1), (whole, false, 1), (blockSize, true, 1), (blockSize, true, 2),
      ] {
        let other = text.outcome(blockSize: size, usesVectors: usesVectors, threads: threads)
        precondition(other == expected, "blocks of \(size): \(other), not \(expected)")
      }
      let whole = text.fields(blockSize: blockSize)
      for parts in [2, 5] {
        let fields = text.fields(blockSize: blockSize, parts: parts)
        // Without rows only the whole has to say so.
        precondition(fields == whole || fields.isEmpty, "\(parts) parts: \(fields), not \(whole)")
      }
      try text.writeAndReadAgain()
    },
    "npy": { (bytes: [UInt8]) throws(TabularError) in
      do throws(NPYHeader.Fault) {
        let header = try NPYHeader(Array(bytes.prefix(NPYHeader.longest)), fileSize: bytes.count)
        _ = try? header.shape(of: Float.self, fileSize: bytes.count)
        _ = try? header.shape(of: Double.self, fileSize: bytes.count)
      } catch {}
      write(bytes)
      let table = try Table(npy: path)
      for name in table.columnNames { _ = try? table.column(name) }
    },
    "formula": { (bytes: [UInt8]) throws(TabularError) in
      let models = try FittedModel.perTarget(Formula(String(decoding: bytes, as: UTF8.self)), data)
      for model in models { _ = model.summary }
    },
    // Behind the checksum too: the bytes are sealed as they are.
    "model": { (bytes: [UInt8]) throws(TabularError) in
      _ = try? FittedModel(RandomAccessFile(bytes, name: "fuzz"))
      let sealed = RandomAccessFile(FittedModel.envelope.firstLine(bytes) + bytes, name: "fuzz")
      let models = try FittedModel.models(sealed)
      models.forEach(use)
      var columns = PredictionColumns(interval: .prediction, isGuarded: true)
      columns.targets = models.map(\.target)
      attempt { () throws(TabularError) in _ = try FittedModel.predictedRows(models, data, columns) }
    },
    "model-json": { (bytes: [UInt8]) throws(TabularError) in
      let model = try FittedModel(json: String(decoding: bytes, as: UTF8.self))
      use(model)
      // What was read is written, and read again.
      _ = try FittedModel(json: model.json)
      _ = try model.prediction(of: ["a": 1, "b": 2.5, "x": 3, "z": "red"], unseen: .missing)
    },
    "share": { (bytes: [UInt8]) throws(TabularError) in
      _ = try? Share(RandomAccessFile(bytes, name: "fuzz"))
      var share = try Share(RandomAccessFile(Share.envelope.firstLine(bytes) + bytes, name: "fuzz"))
      let again = try Share(RandomAccessFile(share.fileBytes, name: "again"))
      precondition(again == share, "a share that is written is another")
      attempt { () throws(TabularError) in use(try share.solve()) }
      attempt { () throws(TabularError) in _ = try share.solve(LeastSquares(ridgePenalty: 1)) }
      attempt { () throws(TabularError) in
        _ = try share.solve(dropping: Array(share.features.prefix(1)))
      }
      try share.merge(again)
      _ = try share.solve()
    },
    "part": { (bytes: [UInt8]) throws(TabularError) in
      _ = try? PartialShare(RandomAccessFile(bytes, name: "fuzz"))
      var part = try PartialShare(
        RandomAccessFile(PartialShare.envelope.firstLine(bytes) + bytes, name: "fuzz"))
      let again = try PartialShare(RandomAccessFile(part.fileBytes, name: "again"))
      precondition(again.fileBytes == part.fileBytes, "a part that is written is another")
      attempt { () throws(TabularError) in
        use(try part.whole(allowsMissing: true, named: "fuzz").solve())
      }
      attempt { () throws(TabularError) in try part.merge(again, named: "again") }
      _ = try part.whole(named: "fuzz").solve()
    },
    "scores": { (bytes: [UInt8]) throws(TabularError) in
      _ = try? CovarianceShare(RandomAccessFile(bytes, name: "fuzz"))
      var share = try CovarianceShare(
        RandomAccessFile(CovarianceShare.envelope.firstLine(bytes) + bytes, name: "fuzz"))
      let again = try CovarianceShare(RandomAccessFile(share.fileBytes, name: "again"))
      precondition(again.fileBytes == share.fileBytes, "a share that is written is another")
      let model = try FittedModel("y ~ a + b", data)
      attempt { () throws(TabularError) in _ = try model.withCovariance(share.finished) }
      // Of whatever model it is.
      let rows = try RobustRows([model], share.estimator, source: "fuzz")
      if share.coordinates == [model.covariance?.coordinateCount ?? 0] {
        attempt { () throws(TabularError) in
          _ = try share.all(rows).models(rows, source: "fuzz")
        }
      }
      attempt { () throws(TabularError) in try share.merge(again, named: "again") }
      attempt { () throws(TabularError) in
        try share.merge(CovarianceShare(share.estimator, of: model, data), named: "data")
      }
    },
    "survey": { (bytes: [UInt8]) throws(TabularError) in
      _ = try? SavedSurvey(RandomAccessFile(bytes, name: "fuzz"))
      var survey = try SavedSurvey(
        RandomAccessFile(SavedSurvey.envelope.firstLine(bytes) + bytes, name: "fuzz"))
      let again = try SavedSurvey(RandomAccessFile(survey.fileBytes, name: "again"))
      precondition(again.fileBytes == survey.fileBytes, "a survey that is written is another")
      try survey.merge(again, named: "again")
      _ = try survey.whole(named: "fuzz").design(isPart: true)
    },
    "checkpoint": { (bytes: [UInt8]) throws(TabularError) in
      func open(_ bytes: [UInt8]) throws(TabularError) -> TrainingCheckpoint {
        try TrainingCheckpoint.envelope.open(RandomAccessFile(bytes, name: "fuzz"))
      }
      _ = try? open(bytes)
      _ = try open(TrainingCheckpoint.envelope.firstLine(bytes) + bytes)
    },
  ]

  /// What can be done with a model that was read.
  private static func use(_ model: FittedModel) {
    _ = model.summary
    precondition(!model.json.isEmpty)
    attempt { () throws(TabularError) in _ = try model.evaluation(on: data) }
    attempt { () throws(TabularError) in _ = try model.predictions(from: data, unseen: .missing) }
    attempt { () throws(TabularError) in
      _ = try model.predictions(from: data, interval: .prediction, unseen: .reference)
    }
  }

  /// Goes on behind an error, if it is one line.
  static func attempt(_ work: () throws(TabularError) -> Void) {
    do throws(TabularError) {
      try work()
    } catch {
      if case .formula = error { return }  // has the formula below it
      precondition(
        !error.description.contains(where: \.isNewline), "an error of several lines: \(error.description)")
    }
  }

  /// Bytes of a block that every input fits into.
  static let whole = 1 << 13

  /// What formulas are evaluated on.
  private static let data = try! Table(
    csvText:
      "y,a,b,x,z\n1,2,3,0.5,red\n2,1,4,1.5,blue\n4,1,5,9,red\n3,7,-1,2,green\n5,5,5,5,red\n6,1,0,3,blue",
    source: "data")

  /// A file in memory for the readers that take one, of this process only.
  private static let path = (access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp") + "/linreg-fuzz-\(getpid())"

  /// Writes that file, without waiting for a disk.
  private static func write(_ bytes: [UInt8]) {
    let file = fopen(path, "w")!
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }
}
