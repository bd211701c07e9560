// A model as JSON text: for other programs, for a data base, and to be read back.

#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif
internal import LinearRegression

extension FittedModel {
  /// The model as JSON, for other programs and ``init(json:source:)``: the coefficients under their names, and all that
  /// predictions need.
  ///
  /// Numbers are written so that reading them back gives the same bits; keys are sorted, so that equal models give
  /// equal bytes. A model file, ``write(to:)``, has a checksum besides, and is smaller where there are many levels.
  public var json: String {
    do {
      return String(decoding: try JSONEncoder.ofModels.encode(self), as: UTF8.self) + "\n"
    } catch {
      fatalError("a model record cannot be encoded: \(error); this is a bug in swift-linear-regression")
    }
  }

  /// Reads a model from its ``json``: it predicts with the same bits.
  ///
  /// - Parameters:
  ///   - text: the JSON, as ``json`` gives it and `linreg fit --json` prints it for one target.
  ///   - source: what messages call it.
  /// - Throws: ``TabularError/model(path:message:)``: a text that is no JSON, damaged, or of another version.
  /// - Complexity: O(text)
  public init(json text: String, source: String = "the model's JSON") throws(TabularError) {
    let contents: ModelContents
    do {
      contents = try JSONDecoder.ofModels.decode(ModelRecord.self, from: Data(text.utf8)).contents
    } catch {
      throw .model(path: source, message: Self.text(error))
    }
    self = contents.model
  }

  private static func text(_ error: any Error) -> String {
    if let error = error as? RecordFault { return error.message }
    return "this is not a model's JSON, or it is damaged: \(Envelope.text(error)); fit the model again"
  }
}

/// As ``json``: other formats of Codable have the same members.
extension FittedModel: Codable {
  /// Encodes the members of ``json``.
  public func encode(to encoder: any Encoder) throws { try ModelRecord(self).encode(to: encoder) }

  /// Decodes the members of ``json``.
  ///
  /// - Throws: `DecodingError`: a member that is not there, or members that do not fit together.
  public init(from decoder: any Decoder) throws {
    do {
      self = try ModelRecord(from: decoder).contents.model
    } catch let error as RecordFault {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: error.message))
    }
  }
}

/// What is wrong with a record whose members can all be read.
private struct RecordFault: Error {
  let message: String
}

extension ModelRecord {
  /// What the model is made of.
  fileprivate var contents: ModelContents {
    get throws {
      let versions = FittedModel.envelope.versions
      if members.format != Members.format {
        throw RecordFault(message: "this is not a model's JSON; give what FittedModel.json or fit --json has")
      }
      if !versions.contains(members.version) {
        throw RecordFault(
          message:
            "the model has version \(members.version), this software reads \(versions.lowerBound) to \(versions.upperBound); fit the model again"
        )
      }
      let contents = members.design.fault == nil ? ModelContents(self) : nil
      if let fault = contents?.fault ?? (contents == nil ? members.design.fault ?? Envelope.misfit : nil) {
        throw RecordFault(message: "the model's JSON is damaged: \(fault); fit the model again")
      }
      return contents!
    }
  }
}

extension ModelContents {
  /// The contents of a record; nil where the coefficients are not those of the design, or a member is missing.
  ///
  /// - Precondition: the design has no fault.
  fileprivate init?(_ record: ModelRecord) {
    let members = record.members, design = members.design, statistics = record.statistics
    let first = design.hasIntercept ? 1 : 0
    if members.coefficients.count != first + design.columns.count { return nil }
    self.init(
      formula: members.formula, design: design,
      estimates: members.coefficients.map { $0.estimate ?? .nan },
      standardErrors: members.coefficients.map { $0.standardError ?? .nan },
      observations: members.observations, droppedRows: members.droppedRows, statistics: statistics)
    certificate = members.certificate.map {
      Certificate($0, members.dependencies ?? [], members.readingLoss)
    }
    (covariance, method, smearing) = (members.covariance, members.method, members.smearing)
    robustCovariance = members.robustCovariance
    (effects, lowModel) = (members.effects, members.lowModel)
    if members.training != nil {
      training = TrainingRun(members, coefficients)
      if training == nil { return nil }
    }
  }
}

extension TrainingRun {
  /// The run of a record; nil where a member is not there.
  fileprivate init?(_ members: ModelRecord.Members, _ coefficients: CoefficientTable) {
    let exact = members.coefficients.compactMap(\.exact)
    guard let method = members.training, let batchSize = members.batchSize, let epochs = members.epochs,
      let stopReason = members.stopReason, let epoch = members.epoch,
      let validationRows = members.validationRows, members.design.hasIntercept,
      exact.count == coefficients.count
    else { return nil }
    self.init(
      model: coefficients.model(hasIntercept: true), epochs: epochs, stopReason: stopReason, epoch: epoch,
      method: method, batchSize: batchSize, validationRows: validationRows,
      exact: LinearModel(coefficients: Array(exact.dropFirst()), intercept: exact[0]), rank: members.rank,
      redundant: members.dependencies ?? [])
  }
}
