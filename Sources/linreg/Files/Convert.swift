import ArgumentParser
import TabularRegression

struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Convert between CSV and NumPy's NPY files.",
    usage: "linreg convert <in> <out> [<options>]",
    discussion: """
      The names' endings tell the formats: .csv, .tsv with tabs, .npy.
      NPY files of floats, integers and booleans are read, in either byte order and
      in C or Fortran order, and of records, whose fields are columns. Numbers come
      back to the bit. A missing number is an empty field in CSV and NaN in NPY,
      where TRUE and FALSE, in any case, are 1 and 0. From text to text fields stay
      as they stand, unless --null-value or --float says otherwise.

      NPY has no names: those of X.npy are the lines of the file X.names beside it,
      which is written and read with it; its first line says to which matrix it
      belongs. Where there is no such file they are V1, V2, …

      Example: linreg convert homes.csv homes.npy --columns price,area,rooms
      """)

  @Argument(help: "The file to read; \"-\" is standard input.", completion: .file())
  var input: String

  @Argument(help: "The file to write; \"-\" is standard output.", completion: .file())
  var output: String

  @Option(help: "The format of the input, whatever its name.")
  var from: TableFormat?

  @Option(help: "The format of the output, whatever its name.")
  var to: TableFormat?

  @Option(help: "Columns to take, in this order, \(betweenCommas) (default: all).", transform: names)
  var columns: [String]?

  @Flag(help: "Write single precision: NPY of Float, CSV with the digits a Float needs.")
  var float = false

  @OptionGroup var text: TextOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    try OutputPath.check(output, option: "<out>")
    _ = (try format(input, from, "--from"), try format(output, to, "--to"))
    if format.json && output == "-" {
      throw ValidationError("--json and the table cannot both go to standard output.")
    }
    if let columns, let twice = columns.indices.first(where: { columns[..<$0].contains(columns[$0]) }) {
      throw ValidationError("--columns names \"\(columns[twice])\" twice.")
    }
  }

  /// The format of a file.
  private func format(_ path: String, _ given: TableFormat?, _ option: String) throws -> TableFormat {
    if let format = given ?? TableFormat(endingOf: path) { return format }
    throw ValidationError(
      path == "-"
        ? "Which format? Give \(option) csv or \(option) npy."
        : "\(path) ends in none of .csv, .tsv, .npy; give its format with \(option).")
  }

  func run() throws {
    let source = try format(input, from, "--from"), target = try format(output, to, "--to")
    if output != "-" { try TableWriter.check(output, target, besides: [input]) }
    var reading = text.options()
    // Text stays as it stands.
    if source != .npy, target != .npy, !float, text.nullValue.isEmpty { reading.verbatim = .all }
    let file = try TableFile([input], source, options: reading)
    let isSinglePrecision = float || target == .npy && file.isSinglePrecision
    let encoder: any TableEncoder =
      switch target {
      case .csv: CSVEncoder(isSinglePrecision: float || file.isSinglePrecision)
      case .tsv: CSVEncoder(delimiter: "\t", isSinglePrecision: float || file.isSinglePrecision)
      case .npy: isSinglePrecision ? NPYEncoder<Float>() : NPYEncoder<Double>()
      }
    try threads.run { try convert(file, encoder) }
  }

  private func convert(_ file: TableFile, _ encoder: some TableEncoder) throws {
    var writer: TableWriter?
    let columns = columns
    try file.forEachBlock(columns: columns.map(Set.init)) { (block) throws(TabularError) in
      let block = try columns.map(block.selecting) ?? block
      return (names: block.columnNames, rows: block.rowCount, bytes: try encoder.rows(block))
    } take: { (block) throws(TabularError) in
      if writer == nil { writer = try TableWriter(output, block.names, encoder) }
      try writer!.append(block.bytes, rows: block.rows)
    }
    try writer!.finish()
    if format.json { Terminal.print("{\"rows\": \(writer!.rowCount), \"columns\": \(writer!.columnCount)}") }
  }
}

extension TableFormat: ExpressibleByArgument {}
