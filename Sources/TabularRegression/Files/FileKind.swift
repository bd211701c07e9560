/// Files that are taken for others, known by how they begin.
enum FileKind: CaseIterable {
  case share, checkpoint, model, json, matrix, archive, parquet, page

  /// The kind of a file that begins with these bytes; nil where it is none of these.
  init?(_ start: some Collection<UInt8>) {
    let kind = Self.allCases.first { kind in kind.beginnings.contains { start.starts(with: $0.utf8) } }
    if let kind {
      self = kind
    } else if start.starts(with: [0x93] + Array("NUMPY".utf8)) {
      self = .matrix
    } else {
      return nil
    }
  }

  private var beginnings: [String] {
    switch self {
    case .share: ["linreg-share "]
    case .checkpoint: ["linreg-checkpoint "]
    case .model: ["linreg-model "]
    case .json: ["{\n"]
    case .matrix: []
    case .archive: ["PK\u{3}\u{4}"]
    case .parquet: ["PAR1\u{15}"]
    case .page: ["<!", "<?", "<html", "<HTML"]
    }
  }

  /// What it is, and for the project's own files what takes them.
  var description: String {
    switch self {
    case .share: "this is a share; linreg solve makes a model of it"
    case .checkpoint: "this is a checkpoint; linreg train --resume goes on from it"
    case .model: "this is a model, which linreg summary shows and linreg predict takes first"
    case .json: "this is JSON, as --json prints it"
    case .matrix: "this is a NumPy matrix"
    case .archive: "this is an archive, such as a spreadsheet or NumPy's .npz"
    case .parquet: "this is a Parquet file"
    case .page: "this is HTML or XML"
    }
  }

  /// What it is, where something else is read.
  func description(insteadOf other: String) -> String {
    switch self {
    case .share, .checkpoint, .model: description
    case .json, .matrix, .archive, .parquet, .page: "\(description), not \(other) of swift-linear-regression"
    }
  }

  /// What it is, and what to do with it where a table's text is read.
  var descriptionAsTable: String {
    switch self {
    case .share, .checkpoint, .model: description
    case .matrix: "\(description); give it as a file whose name ends in .npy"
    case .archive: "\(description); save the table as CSV, or one array as .npy"
    case .json, .parquet, .page: "\(description); save the table as CSV"
    }
  }
}
