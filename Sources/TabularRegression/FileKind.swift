/// Files that are taken for others, known by how they begin.
enum FileKind: CaseIterable {
  case share, checkpoint, model, matrix, archive, parquet, page

  /// The kind of a file that begins with these bytes; nil where it is none of these.
  init?(_ start: some Collection<UInt8>) {
    guard let kind = Self.allCases.first(where: { start.starts(with: $0.beginning) }) else { return nil }
    self = kind
  }

  private var beginning: [UInt8] {
    switch self {
    case .share: Array("linreg-share ".utf8)
    case .checkpoint: Array("linreg-checkpoint ".utf8)
    case .model: Array("{\n".utf8)
    case .matrix: [0x93] + Array("NUMPY".utf8)
    case .archive: Array("PK\u{3}\u{4}".utf8)
    case .parquet: Array("PAR1".utf8)
    case .page: Array("<".utf8)
    }
  }

  /// What it is, and what is done with it, for a message that says what it is not.
  var description: String {
    switch self {
    case .share: "this is a share; linreg solve makes a model of it"
    case .checkpoint: "this is a checkpoint; linreg train --resume goes on from it"
    case .model: "this is JSON, such as a model, which linreg summary shows and linreg predict takes first"
    case .matrix: "this is a NumPy matrix; let its name end in .npy"
    case .archive:
      "this is an archive, such as a spreadsheet or NumPy's .npz; save the table as CSV, or one array as .npy"
    case .parquet: "this is a Parquet file; save the table as CSV"
    case .page: "this is HTML or XML; save the table as CSV"
    }
  }
}
