import Foundation
import LinearRegression

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

  static func target(_ name: String) -> Target? { targets[name] }

  nonisolated(unsafe) private static let targets: [String: Target] = [
    // The first byte chooses options, the second the size of blocks. Every way of reading gives the same table or the
    // same error; what is written is read back.
    "csv": { (bytes: [UInt8]) throws(TabularError) in
      guard bytes.count >= 2 else { return }
      let text = CSVText(bytes)
      let expected = text.outcome(blockSize: whole, way: .withCare, threads: 1)
      let blockSize = Int(bytes[1]) + 1
      for (size, way, threads) in [
        (whole, ParsingWay.usual, 1), (whole, .withoutVectors, 1), (blockSize, .usual, 1),
        (blockSize, .withCare, 1), (blockSize, .usual, 2),
      ] {
        let other = text.outcome(blockSize: size, way: way, threads: threads)
        precondition(other == expected, "blocks of \(size): \(other), not \(expected)")
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
      _ = try FittedModel(Formula(String(decoding: bytes, as: UTF8.self)), data)
    },
    "model": { (bytes: [UInt8]) throws(TabularError) in
      write(bytes)
      if let model = resealedModel(bytes) { use(model) }
      use(try FittedModel(contentsOf: path))
    },
    // Behind the checksum too: the bytes are sealed as they are.
    "share": { (bytes: [UInt8]) throws(TabularError) in
      _ = try? Share(fileBytes: bytes, path: "fuzz")
      var share = try Share(fileBytes: Share.envelope.seal(bytes), path: "fuzz")
      let again = try Share(fileBytes: share.fileBytes, path: "again")
      precondition(again == share, "a share that is written is another")
      attempt { () throws(TabularError) in use(try share.solve()) }
      attempt { () throws(TabularError) in _ = try share.solve(LeastSquares(ridgePenalty: 1)) }
      attempt { () throws(TabularError) in
        _ = try share.solve(dropping: Array(share.features.prefix(1)))
      }
      try share.merge(again)
      _ = try share.solve()
    },
    "checkpoint": { (bytes: [UInt8]) throws(TabularError) in
      write(bytes)
      _ = try? TrainingCheckpoint(contentsOf: path)
      write(TrainingCheckpoint.envelope.seal(bytes))
      _ = try TrainingCheckpoint(contentsOf: path)
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

  /// The model of a file whose checksum is made to fit; nil where something else does not.
  private static func resealedModel(_ bytes: [UInt8]) -> FittedModel? {
    guard var record = try? JSONDecoder.ofModels.decode(ModelRecord.self, from: Data(bytes)) else {
      return nil
    }
    record.checksum = record.expectedChecksum
    return record.fault == nil ? FittedModel(record) : nil
  }

  /// Bytes of a block that every input fits into.
  private static let whole = 1 << 13

  /// What formulas are evaluated on.
  private static let data = try! Table(
    csvText:
      "y,a,b,x,z\n1,2,3,0.5,red\n2,1,4,1.5,blue\n4,1,5,9,red\n3,7,-1,2,green\n5,5,5,5,red\n6,1,0,3,blue",
    source: "data")

  /// A file for the readers that take one, of this process only.
  private static let path = "/tmp/linreg-fuzz-\(getpid())"

  /// Writes that file, without waiting for a disk.
  private static func write(_ bytes: [UInt8]) {
    let file = fopen(path, "w")!
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }
}
