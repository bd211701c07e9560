internal import LinearAlgebra

/// What an NPY file says of its elements before they follow: their type, order and number.
///
/// Six bytes "\x93NUMPY", two of the format's version, the length of the text in two bytes (version 1) or four (2 and
/// 3), then the text, a Python dictionary with the keys `descr`, `fortran_order` and `shape`, filled up with spaces so
/// that the elements are aligned. Versions 2 and 3 differ from 1 in how long the text may be and how it is encoded. The
/// format is NumPy Enhancement Proposal 1.
struct NPYHeader {
  /// What is wrong with a file and what to do, in one line without the file's name.
  struct Fault: Error {
    let message: String

    init(_ message: String) { self.message = message }
  }

  /// NumPy's name of the element type, such as "<f8"; empty for records.
  let type: String

  /// The fields of a record, in order; none where elements are no records.
  let fields: [Field]

  /// A field of a record: its name, which is empty for padding, and NumPy's name of its type.
  struct Field {
    let name: String
    let type: String
  }

  /// Whether the elements are in column-major order.
  let isFortranOrder: Bool

  /// The lengths of the dimensions, as written.
  let dimensions: [String]

  /// Where the elements begin in the file.
  let offset: Int

  /// The checksum of the elements, where the file was written with one.
  let checksum: String?

  /// As many bytes from a file's start are enough to read the header of any matrix.
  static let longest = 12 + longestText

  /// What a length of two bytes can say. The dictionary of a matrix has some sixty characters; longer ones are those of
  /// records.
  private static let longestText = 0xffff

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  static let again = "write it again with numpy.save"

  /// Reads the header, and not yet what it means.
  ///
  /// - Parameters:
  ///   - start: the file's first bytes, ``longest`` of them or all.
  ///   - fileSize: how many there are.
  init(_ start: [UInt8], fileSize: Int) throws(Fault) {
    if start.starts(with: Array("PK\u{3}\u{4}".utf8)) {
      throw Fault(
        "this is an archive (NPZ), not an NPY file; take an array: numpy.save('x.npy', numpy.load('x.npz')['x'])"
      )
    }
    guard !start.isEmpty, start.prefix(Self.magic.count).elementsEqual(Self.magic.prefix(start.count))
    else {
      throw Fault("this is not an NPY file: it does not begin with \\x93NUMPY; write one with numpy.save")
    }
    let truncated = Fault("the file ends after \(fileSize) bytes, within its header; copy or write it again")
    guard start.count >= 8 else { throw truncated }
    guard (1...3).contains(start[6]), start[7] == 0 else {
      throw Fault(
        "the file has NPY version \(start[6]).\(start[7]), this software reads 1.0, 2.0 and 3.0; \(Self.again)"
      )
    }
    let textStart = start[6] == 1 ? 10 : 12
    guard start.count >= textStart else { throw truncated }
    let length = start[8..<textStart].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= fileSize - textStart else {
      throw Fault(
        "its header is said to have \(length) bytes, but the file ends \(fileSize - textStart) bytes into it; copy or write it again"
      )
    }
    guard length <= Self.longestText else {
      throw Fault(
        "its header has \(length) bytes, more than the \(Self.longestText) that one of a matrix may have; \(Self.again)"
      )
    }
    offset = textStart + length
    var scanner = Scanner(text: start[textStart..<offset], isUTF8: start[6] == 3)
    (type, fields, isFortranOrder, dimensions) = try scanner.dictionary()
    checksum = Checksum(blanksIn: start[textStart..<offset])?.text
  }

  /// Where a file ends that begins with these bytes; behind them where it is no matrix.
  static func end(_ start: [UInt8]) -> Int {
    guard let header = try? NPYHeader(start, fileSize: start.count),
      let size = try? header.fields.isEmpty ? header.elementType().size : header.record().size,
      case let lengths = header.dimensions.compactMap({ Int($0) }), lengths.count == header.dimensions.count,
      case let bytes = lengths.reduce(into: Double(size), { $0 *= Double($1) }), bytes < 0x1p60
    else { return start.count }
    return header.offset + Int(max(0, bytes))
  }

  /// The shape of a matrix whose elements can be used in place.
  ///
  /// - Parameters:
  ///   - scalar: the type that the elements are to have.
  ///   - fileSize: number of bytes in the file.
  func shape<Scalar: BLASScalar>(of scalar: Scalar.Type, fileSize: Int) throws(Fault) -> Shape {
    let size = MemoryLayout<Scalar>.size
    if !fields.isEmpty {
      throw Fault("its elements are records; read it as a Table, or write one field of them")
    }
    guard type == "<f\(size)" else { throw otherType(than: scalar) }
    if isFortranOrder {
      throw Fault(
        "its elements are column after column (Fortran order); write numpy.ascontiguousarray(array)")
    }
    let shape = try shape(elementSize: size, fileSize: fileSize)
    if offset % MemoryLayout<Scalar>.alignment != 0 {
      throw Fault(
        "its elements begin at byte \(offset), no multiple of \(MemoryLayout<Scalar>.alignment), and cannot be used in place; \(Self.again)"
      )
    }
    return shape
  }

  /// The shape of a matrix, which has all its elements in the file.
  ///
  /// - Parameters:
  ///   - elementSize: bytes of an element.
  ///   - fileSize: number of bytes in the file.
  func shape(elementSize: Int, fileSize: Int) throws(Fault) -> Shape {
    let text = shortened("(\(dimensions.joined(separator: ", "))\(dimensions.count == 1 ? "," : ""))")
    if dimensions.contains(where: { $0.hasPrefix("-") }) {
      throw Fault("its shape \(text) has a negative dimension; \(Self.again)")
    }
    guard (1...2).contains(dimensions.count) else {
      throw Fault(
        "its shape \(text) has \(dimensions.count) dimensions where a matrix has two; write array.reshape(rows, columns)"
      )
    }
    let lengths = dimensions.map { Int($0) }
    guard let rows = lengths[0], let columns = lengths.count == 1 ? 1 : lengths[1],
      case let (rowBytes, overflow) = columns.multipliedReportingOverflow(by: elementSize), !overflow,
      case let (bytes, overflow) = rows.multipliedReportingOverflow(by: rowBytes), !overflow
    else { throw Fault("its shape \(text) is larger than any file; \(Self.again)") }
    let found = fileSize - offset
    if found < bytes {
      throw Fault(
        "its shape \(text) takes \(bytes) bytes, but \(found) follow the header: the file is truncated; copy or write it again"
      )
    }
    if found > bytes {
      throw Fault(
        "its shape \(text) takes \(bytes) bytes, but \(found) follow the header; write each array to a file of its own"
      )
    }
    return Shape(rows, columns)
  }

  /// The columns of the rows, each with its name where elements are records, and the bytes of a row.
  ///
  /// - Parameter fileSize: number of bytes in the file.
  func layout(fileSize: Int) throws(Fault) -> NPYLayout {
    if fields.isEmpty {
      let element = try elementType()
      let shape = try shape(elementSize: element.size, fileSize: fileSize)
      try requireData(shape.rows, shape.columns)
      return NPYLayout(element, shape)
    }
    if dimensions.count != 1 {
      throw Fault(
        "its records are in \(dimensions.count) dimensions, and rows are in one; write array.ravel()")
    }
    let (columns, names, size) = try record()
    let rows = try shape(elementSize: size, fileSize: fileSize).rows
    try requireData(rows, columns.count)
    return NPYLayout(columns, names: names, rows: rows, rowBytes: size)
  }

  /// The columns of records, their names, and the bytes of a record.
  private func record() throws(Fault) -> (columns: [NPYLayout.Column], names: [String], size: Int) {
    var columns: [NPYLayout.Column] = [], names: [String] = [], size = 0
    for field in fields {
      if field.name.isEmpty, field.type.hasPrefix("|V"), let padding = Int(field.type.dropFirst(2)),
        0...(1 << 30) ~= padding
      {
        size += padding
        continue
      }
      guard let element = NPYElementType(field.type) else {
        throw Fault(
          "its field '\(printable(shortened(field.name)))' is of type '\(printable(shortened(field.type)))', no number; write the others, as array[['a', 'b']]"
        )
      }
      columns.append(NPYLayout.Column(element: element, offset: size))
      names.append(field.name)
      size += element.size
    }
    return (columns, names, size)
  }

  private func requireData(_ rows: Int, _ columns: Int) throws(Fault) {
    if rows == 0 || columns == 0 { throw Fault("it has \(rows) rows and \(columns) columns; add data") }
  }

  /// How the elements are stored, where they are numbers that a Double can hold, or true and false.
  private func elementType() throws(Fault) -> NPYElementType {
    guard let element = NPYElementType(type) else { throw unreadableType(in: "read", conversion: "<f8") }
    return element
  }

  private func otherType<Scalar: BLASScalar>(than scalar: Scalar.Type) -> Fault {
    let wanted = "<f\(MemoryLayout<Scalar>.size)"
    let conversion = "write array.astype('\(wanted)')"
    guard let element = NPYElementType(type), element.kind != .float || element.size >= 4 else {
      return unreadableType(in: "used in place", conversion: wanted)
    }
    switch element.kind {
    case .float where element.isBigEndian:
      return Fault("its elements are big-endian ('\(type)'); \(conversion)")
    case .float:
      let name = type == "<f4" ? "Float" : "Double"
      return Fault(
        "its elements are of type \(name) ('\(type)'), not \(scalar); read it as MappedMatrix<\(name)> or \(conversion)"
      )
    case .signed, .unsigned: return Fault("its elements are integers ('\(type)'); \(conversion)")
    case .boolean: return Fault("its elements are true or false ('\(type)'); \(conversion)")
    }
  }

  /// What is said of a type that is none of ``NPYElementType``.
  private func unreadableType(in use: String, conversion wanted: String) -> Fault {
    let conversion = "write array.astype('\(wanted)')"
    let shown = "'\(printable(shortened(type)))'"
    // byte order, kind, size: "<f8"
    let hasByteOrder = type.first.map("<>|".contains) ?? false
    switch hasByteOrder ? type.dropFirst().first : nil {
    case "f" where ["2", "12", "16"].contains(type.dropFirst(2)):
      return Fault("its elements are floating-point numbers of another width (\(shown)); \(conversion)")
    case "c": return Fault("its elements are complex numbers (\(shown)); write array.real or array.imag")
    case "O": return Fault("its elements are pickled Python objects (\(shown)), never loaded; \(conversion)")
    case "U", "S", "a": return Fault("its elements are text (\(shown)); \(conversion)")
    default:
      return Fault("its elements are of type \(shown), not numbers that can be \(use); \(conversion)")
    }
  }

  /// The file's first bytes for a matrix, up to its elements: version 1, the same bytes as `numpy.save` writes.
  ///
  /// - Parameter checksum: that of the elements, which the names of the columns have too; nil for none. It is in the
  ///   blanks that fill up the text: a tab, then a tab or a space for each of its 32 bits. Readers pass over blanks
  ///   there, as Python does, where another key, a comment or bytes behind the elements would make some of them refuse
  ///   the file.
  static func bytes<Scalar: BLASScalar>(
    _ shape: Shape, of: Scalar.Type, checksum: Checksum? = nil
  ) -> [UInt8] {
    let dictionary =
      "{'descr': '<f\(MemoryLayout<Scalar>.size)', 'fortran_order': False, 'shape': (\(shape.rows), \(shape.columns)), }"
    let checksum = checksum?.blanks ?? []
    let alignment = 64
    // ten bytes before the text, one after it
    let needed = 10 + dictionary.utf8.count + checksum.count + 1
    let total = (needed + alignment - 1) / alignment * alignment, length = total - 10
    var bytes = magic + [1, 0, UInt8(length & 0xff), UInt8(length >> 8)]
    bytes += dictionary.utf8
    bytes += [UInt8](repeating: UInt8(ascii: " "), count: total - needed)
    bytes += checksum
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }
}

extension Checksum {
  /// A tab, then a tab for each bit that is 1 and a space for each that is 0, the highest first.
  fileprivate var blanks: [UInt8] {
    [Self.one] + (0..<32).map { value >> (31 - $0) & 1 == 1 ? Self.one : Self.zero }
  }

  /// The checksum that the blanks before a text's last byte stand for; nil where they stand for none.
  fileprivate init?(blanksIn text: ArraySlice<UInt8>) {
    let blanks = text.dropLast().suffix(33)
    guard blanks.count == 33, blanks.first == Self.one else { return nil }
    var value: UInt = 0
    for blank in blanks.dropFirst() {
      guard blank == Self.one || blank == Self.zero else { return nil }
      value = value << 1 | (blank == Self.one ? 1 : 0)
    }
    self.init(value: value)
  }

  private static let (zero, one) = (UInt8(ascii: " "), UInt8(ascii: "\t"))
}

/// A file's text, no longer than fits a message.
func shortened(_ text: String) -> String {
  // a character can be of any length, a scalar cannot
  let scalars = text.unicodeScalars
  return scalars.count > 60 ? "\(String(scalars.prefix(60)))…" : text
}
