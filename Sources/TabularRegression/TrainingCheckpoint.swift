#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif
internal import LinearRegression

/// A checkpoint: the state of a training run in a file, an ``Envelope`` around JSON. Numbers come back with the same bits.
extension TableTraining {
  private static var envelope: Envelope {
    Envelope(
      formatName: "linreg-checkpoint", currentVersion: 1, noun: "checkpoint",
      remedy: "delete it to train from the beginning")
  }

  /// Saves the run as it stands: whole, or not at all. A checkpoint that was there before stays as it was until the new one is on
  /// the disk.
  ///
  /// - Throws: ``TabularError/file(path:operation:reason:)``; the run can go on.
  /// - Complexity: O(p k) and a flush to the disk; the first time one pass over the data, for their fingerprint.
  public func writeCheckpoint(to path: String) throws(TabularError) {
    let record = CheckpointRecord(formula: formula, columns: columnNames, state: state)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    do {
      let bytes = Self.envelope.seal(Array(try encoder.encode(record)) + [UInt8(ascii: "\n")])
      // Always the same temporary name: a run that is killed leaves one of them at most.
      try Files.write(
        bytes, to: path, temporaryName: ".\(path.split(separator: "/").last ?? "checkpoint").tmp")
    } catch let error as TabularError {
      throw error
    } catch {
      fatalError("a checkpoint cannot be encoded: \(error); this is a bug in swift-linear-regression")
    }
  }

  /// Goes on from a checkpoint: the run ends with the bits that it would have had without the stop.
  ///
  /// - Throws: ``TabularError``: a file that cannot be read, is damaged or truncated, belongs to a newer version, to other data or to
  ///   other settings. The run is then as it was.
  public func resume(fromCheckpoint path: String) throws(TabularError) {
    let (_, payload) = try Self.envelope.open(try Files.read(path), path: path)
    let record: CheckpointRecord
    do {
      record = try JSONDecoder().decode(CheckpointRecord.self, from: Data(payload))
    } catch {
      throw Self.envelope.damaged("its contents do not fit together", path: path)
    }
    func refused(_ what: String) -> TabularError {
      .model(path: path, message: "the checkpoint belongs to \(what); delete it to train from the beginning")
    }
    if record.formula != formula { throw refused("another formula, \(printable(record.formula))") }
    if record.columns != columnNames { throw refused("other columns: \(listed(record.columns))") }
    do throws(TrainingError) {
      try restore(record.state)
    } catch {
      switch error {
      case .state(.settings):
        throw refused(
          "other settings: \(record.state.method.differences(from: method).joined(separator: ", "))")
      case .state(.data): throw refused("other data than \(source)")
      default: throw Self.envelope.damaged("its contents do not fit together", path: path)
      }
    }
  }
}

private struct CheckpointRecord: Codable {
  var formula: String
  var columns: [String]
  var state: TrainingState
}
