extension NPYHeader {
  /// Reads the dictionary: the few Python literals that a matrix's header consists of.
  struct Scanner {
    /// What is still to be read; its indices are positions in the file.
    var text: ArraySlice<UInt8>
    /// Whether it is UTF-8, as from version 3 on; before, it is Latin-1.
    let isUTF8: Bool

    /// The three values, each there once, in any order.
    mutating func dictionary() throws(Fault) -> (
      type: String, fields: [Field], isFortranOrder: Bool, dimensions: [String]
    ) {
      var type: String?, fields: [Field] = [], isFortranOrder: Bool?, dimensions: [String]?
      try expect("{")
      while peek() != UInt8(ascii: "}") {
        let key = try string("a key")
        try expect(":")
        switch key {
        case "descr" where type == nil: (type, fields) = try contents()
        case "fortran_order" where isFortranOrder == nil: isFortranOrder = try boolean()
        case "shape" where dimensions == nil: dimensions = try tuple()
        case "descr", "fortran_order", "shape":
          throw Fault("its header has the key '\(key)' twice; \(again)")
        default:
          throw Fault(
            "its header has the key '\(printable(shortened(key)))', which is not one of the NPY format; \(again)"
          )
        }
        if !take(",") { break }
      }
      try expect("}")
      if peek() != nil { throw malformed("the header's end") }
      func present<Value>(_ value: Value?, _ key: String) throws(Fault) -> Value {
        guard let value else { throw Fault("its header lacks the key '\(key)'; \(again)") }
        return value
      }
      return (
        try present(type, "descr"), fields, try present(isFortranOrder, "fortran_order"),
        try present(dimensions, "shape")
      )
    }

    /// The name of a type, or "[('a', '<i4'), ('b', '<f8')]".
    private mutating func contents() throws(Fault) -> (type: String, fields: [Field]) {
      if peek() == UInt8(ascii: "(") {
        throw Fault("its elements are arrays of their own; write them as the columns of a matrix")
      }
      if !take("[") { return (try string("the type"), []) }
      var fields: [Field] = []
      while peek() != UInt8(ascii: "]") {
        fields.append(try field())
        if !take(",") { break }
      }
      try expect("]")
      if fields.isEmpty { throw Fault("its records have no field; write those of numbers") }
      return ("", fields)
    }

    /// "('a', '<i4')"; a title may stand before the name.
    private mutating func field() throws(Fault) -> Field {
      try expect("(")
      var name: String
      if take("(") {
        _ = try string("a title")
        try expect(",")
        name = try string("a name")
        try expect(")")
      } else {
        name = try string("a name")
      }
      try expect(",")
      if peek() == UInt8(ascii: "[") {
        throw Fault(
          "its field '\(printable(shortened(name)))' has fields of its own; write those as fields of all")
      }
      let type = try string("the type")
      if take(","), peek() != UInt8(ascii: ")") {
        throw Fault(
          "its field '\(printable(shortened(name)))' is an array of its own; write its columns as fields of their own"
        )
      }
      try expect(")")
      if name.contains("\\") {
        throw Fault(
          "the name '\(printable(shortened(name)))' of a field has an escape; give the field a plain name")
      }
      return Field(name: name, type: type)
    }

    private mutating func boolean() throws(Fault) -> Bool {
      skipSpaces()
      for (word, value) in [("True", true), ("False", false)] where text.starts(with: word.utf8) {
        text = text.dropFirst(word.utf8.count)
        return value
      }
      throw malformed("True or False")
    }

    /// "(3, 2)", "(3,)", "()"; a number in brackets without a comma is a number to Python.
    private mutating func tuple() throws(Fault) -> [String] {
      var numbers: [String] = []
      try expect("(")
      while peek() != UInt8(ascii: ")") {
        numbers.append(try integer())
        if take(",") { continue }
        if numbers.count == 1 { throw malformed("','") }
        break
      }
      try expect(")")
      return numbers
    }

    private mutating func integer() throws(Fault) -> String {
      let sign = take("-") ? "-" : ""
      if sign.isEmpty { skipSpaces() }
      let digits = text.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      // Python has no numbers like 02
      if digits.isEmpty || digits.count > 1 && digits.first == UInt8(ascii: "0") {
        throw malformed("a whole number")
      }
      text = text[digits.endIndex...]
      return sign + String(decoding: digits, as: UTF8.self)
    }

    /// In single or double quotes; none of the format's has an escape.
    private mutating func string(_ what: String) throws(Fault) -> String {
      guard let quote = peek(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
        throw malformed("\(what) in quotes")
      }
      let rest = text.dropFirst()
      guard let end = rest.firstIndex(of: quote) else { throw malformed("\(what) with both quotes") }
      text = rest[(end + 1)...]
      if isUTF8 { return String(decoding: rest[..<end], as: UTF8.self) }
      return String(String.UnicodeScalarView(rest[..<end].map { Unicode.Scalar($0) }))
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(Fault) {
      if !take(character) { throw malformed("'\(character)'") }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard peek() == UInt8(ascii: character) else { return false }
      text = text.dropFirst()
      return true
    }

    private mutating func peek() -> UInt8? {
      skipSpaces()
      return text.first
    }

    private mutating func skipSpaces() {
      text = text.drop { " \t\r\n".utf8.contains($0) }
    }

    private func malformed(_ expected: String) -> Fault {
      let found =
        switch text.first {
        case nil: "the header's end"
        case let byte? where (32..<127).contains(byte): "'\(Character(Unicode.Scalar(byte)))'"
        case let byte?: "the byte \(byte)"
        }
      return Fault(
        "its header is malformed: \(expected) should stand at byte \(text.startIndex), not \(found); \(again)"
      )
    }
  }
}
