/// One of several parts of equal size into which the leaves of files are divided, such as 3/7.
package struct Part: Equatable, Sendable {
  /// From 1 to ``count``.
  package let number: Int
  package let count: Int

  /// - Precondition: the number is from 1 to the count.
  package init(_ number: Int, of count: Int) {
    precondition(1...count ~= number, "part \(number) of \(count)")
    (self.number, self.count) = (number, count)
  }

  /// The part that a text such as "3/7" names; nil for another text.
  package init?(_ text: String) {
    let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let number = numbers[0], let count = numbers[1], number > 0, number <= count
    else { return nil }
    self.init(number, of: count)
  }

  /// Its share of so many leaves: consecutive ones; parts differ by one leaf at most.
  func range(of leaves: Int) -> Range<Int> {
    func bound(_ parts: Int) -> Int {
      let (high, low) = leaves.multipliedFullWidth(by: parts)
      return count.dividingFullWidth((high, low)).quotient
    }
    return bound(number - 1)..<bound(number)
  }
}

/// The leaves of files, counted from 0 through all of them: the blocks of rows that follow from a file and the width of
/// its rows alone, so that the same rows are in a leaf whoever reads it.
struct FileLeaves: Equatable, Codable, Sendable {
  struct File: Codable, Sendable {
    /// What the file is called, without its folder, which may be another on each machine.
    var name: String
    /// Its size; nil for what is not a regular file.
    var bytes: Int?
    /// Nanoseconds at which it was written to last; not a part of what files are, for copies have other times.
    var modified: Int?
    var leaves: Int

    private enum CodingKeys: String, CodingKey { case name, bytes, leaves }

    /// Whether it has the same name, size and leaves.
    func isSame(as other: File) -> Bool {
      (name, bytes, leaves) == (other.name, other.bytes, other.leaves)
    }
  }

  let files: [File]

  static func == (a: FileLeaves, b: FileLeaves) -> Bool {
    a.files.elementsEqual(b.files) { $0.isSame(as: $1) }
  }

  init(_ files: [File]) { self.files = files }

  /// Number of all leaves.
  var count: Int { files.reduce(0) { $0 + $1.leaves } }

  /// Whether counts that were read from a file can be those of leaves.
  var isSound: Bool {
    var count = 0
    for file in files {
      guard file.leaves > 0, file.bytes ?? 0 >= 0 else { return false }
      let (sum, overflow) = count.addingReportingOverflow(file.leaves)
      if overflow || sum > 1 << 53 { return false }
      count = sum
    }
    return count > 0
  }

  /// The leaves of each file that are in a range, counted from 0 in the file.
  func ofEachFile(_ range: Range<Int>) -> [Range<Int>] {
    var first = 0
    return files.map { file in
      defer { first += file.leaves }
      let inFile = range.clamped(to: first..<first + file.leaves)
      return inFile.lowerBound - first..<inFile.upperBound - first
    }
  }

  /// "blocks 17–18 of b.csv and block 1 of c.csv", blocks being counted from 1.
  func text(of ranges: [Range<Int>]) -> String {
    var texts: [String] = []
    for range in ranges {
      for (file, leaves) in zip(files, ofEachFile(range)) where !leaves.isEmpty {
        let (first, last) = (leaves.lowerBound + 1, leaves.upperBound)
        let blocks =
          file.leaves == 1 ? "" : first == last ? "block \(first) of " : "blocks \(first)–\(last) of "
        texts.append(blocks + printable(file.name))
      }
    }
    if texts.count > 6 { texts = texts.prefix(5) + ["\(texts.count - 5) more"] }
    return texts.count < 2
      ? texts.joined() : "\(texts.dropLast().joined(separator: ", ")) and \(texts[texts.count - 1])"
  }
}

/// Which of the leaves of files are read.
package struct Division: Equatable, Sendable {
  let leaves: FileLeaves
  let range: Range<Int>
  /// Whether others read the rest, be there one or not.
  let isPart: Bool
  /// How text is read, in words: parts that are read in several ways are not parts of one whole.
  let reading: String

  /// - Parameters:
  ///   - part: the part that is read; nil for all.
  ///   - options: how text is read; nil for what is no text.
  init(_ leaves: FileLeaves, _ part: Part?, _ options: ReadingOptions? = nil) {
    self.leaves = leaves
    reading = options?.facts ?? ""
    range = part?.range(of: leaves.count) ?? 0..<leaves.count
    isPart = part != nil
  }

  /// The files in words, such as "b.csv of 1024 bytes".
  package var descriptions: [String] {
    leaves.files.map { file in
      "\(printable(file.name))\(file.bytes.map { " of \($0) bytes" } ?? "")"
    }
  }

  /// What tells whether the files are the same, of which the same leaves are read.
  var facts: [String] {
    leaves.files.map { "\($0.name) \($0.bytes ?? -1) \($0.modified ?? 0) \($0.leaves)" } + [
      "\(range)", reading,
    ]
  }
}
