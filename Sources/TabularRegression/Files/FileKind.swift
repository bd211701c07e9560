/// Files that are taken for others, known by how they begin.
struct FileKind {
  /// What it is, and for the project's own files what takes them.
  private let description: String
  /// What to do with it where a table's text is read; nil for the project's own files.
  private let remedy: String?
  /// Its first bytes, or others where it may begin in several ways.
  private let beginnings: [[UInt8]]

  private init(
    _ description: String, _ remedy: String? = "save the table as CSV", texts: [String] = [],
    bytes: [[UInt8]] = []
  ) {
    self.description = "this is \(description)"
    self.remedy = remedy
    beginnings = texts.map { Array($0.utf8) } + bytes
  }

  private static let inflated = "decompress it; gzip alone is read as it is"

  private static let all = [
    FileKind("a share; linreg solve makes a model of it", nil, texts: ["linreg-share "]),
    FileKind(
      "a part of a share; linreg merge joins it with the other parts", nil,
      texts: ["linreg-part ", "linreg-kept "]),
    FileKind(
      "a share of a covariance; linreg vcov takes the shares of all rows behind their model", nil,
      texts: ["linreg-scores "]),
    FileKind("a survey; linreg accumulate --survey takes it", nil, texts: ["linreg-survey "]),
    FileKind("a checkpoint; linreg train --resume goes on from it", nil, texts: ["linreg-checkpoint "]),
    FileKind(
      "a model, which linreg summary shows and linreg predict takes first", nil, texts: ["linreg-model "]),
    FileKind("JSON, as --json prints it", texts: ["{\n"]),
    FileKind("JSON", texts: ["{\"", "[{", "[[", "[\n"]),
    FileKind(
      "a NumPy matrix", "give it as a file whose name ends in .npy", bytes: [[0x93] + Array("NUMPY".utf8)]),
    FileKind(
      "an archive, such as a spreadsheet or NumPy's .npz",
      "save the table as CSV, or an array as .npy: numpy.save('x.npy', numpy.load('x.npz')['x'])",
      texts: ["PK\u{3}\u{4}"]),
    FileKind("a spreadsheet of an old form", bytes: [[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]]),
    FileKind("compressed by bzip2", inflated, texts: (1...9).map { "BZh\($0)" }),
    FileKind("compressed by xz", inflated, bytes: [[0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]]),
    FileKind("compressed by zstd", inflated, bytes: [[0x28, 0xB5, 0x2F, 0xFD]]),
    FileKind("compressed by lz4", inflated, bytes: [[0x04, 0x22, 0x4D, 0x18]]),
    FileKind("a 7-Zip archive", inflated, bytes: [[0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]]),
    FileKind("a Parquet file", texts: ["PAR1\u{15}"]),
    FileKind("an Arrow or Feather file", texts: ["ARROW1", "FEA1"]),
    FileKind("an ORC file", texts: ["ORC\u{8}", "ORC\u{A}"]),
    FileKind("an Avro file", texts: ["Obj\u{1}"]),
    FileKind("an SQLite database", texts: ["SQLite format 3\u{0}"]),
    FileKind("an HDF5 file", bytes: [[0x89] + Array("HDF\r\n".utf8)]),
    FileKind("R's own form of data", texts: ["RDX2\n", "RDX3\n", "X\n\u{0}\u{0}"]),
    FileKind("a PDF document", texts: ["%PDF-"]),
    FileKind("HTML or XML", texts: ["<!", "<?", "<html", "<HTML"]),
  ]

  /// The kind of a file that begins with these bytes; nil where it is none of these.
  init?(_ start: some Collection<UInt8>) {
    if let kind = Self.all.first(where: { $0.beginnings.contains(where: start.starts) }) {
      self = kind
    } else if start.dropFirst(257).starts(with: "ustar".utf8) {
      self.init("a tar archive", "take the table out of it")
    } else {
      return nil
    }
  }

  /// What it is, where something else is read.
  func description(insteadOf other: String) -> String {
    remedy == nil ? description : "\(description), not \(other) of swift-linear-regression"
  }

  /// What it is, and what to do with it where a table's text is read.
  var descriptionAsTable: String { remedy.map { "\(description); \($0)" } ?? description }
}
