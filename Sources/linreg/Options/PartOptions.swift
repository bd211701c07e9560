import ArgumentParser
import TabularRegression

/// Which part of the files is read.
struct PartOptions: ParsableArguments {
  @Option(
    name: .customLong("part"),
    help: ArgumentHelp(
      "Read one of so many parts of the files, such as 3/7; the others are for other processes.",
      valueName: "k/n"),
    transform: Self.part)
  var part: Part?

  @Sendable private static func part(_ text: String) throws -> Part {
    guard let part = Part(text) else {
      throw ValidationError("it is a number and a count, such as 3/7 for the third of seven")
    }
    return part
  }

  /// Throws where there is something among the files that cannot be read in parts.
  func check(_ files: [String]) throws {
    if part != nil, files.contains("-") {
      throw ValidationError("--part reads files, which several processes can open; \"-\" is read by one.")
    }
  }
}
