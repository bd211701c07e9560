// Draws charts that are described in JSON, one below another, as one SVG:
//
//     pictures [FILE] > picture.svg
//
// FILE is standard input where it is missing. What it holds is in ChartDescription.swift.
import Drawing
import Foundation

let arguments = CommandLine.arguments.dropFirst()
do {
  let data =
    try arguments.first.map { try Data(contentsOf: URL(filePath: $0)) } ?? FileHandle.standardInput
    .readToEnd()
    ?? Data()
  let picture = try JSONDecoder().decode(PictureDescription.self, from: data)
  print(picture.svg, terminator: "")
} catch {
  FileHandle.standardError.write(Data("pictures: \(error)\n".utf8))
  exit(1)
}
