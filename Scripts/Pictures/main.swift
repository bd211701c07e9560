// Draws charts that are described in JSON, one below another, as one SVG:
//
//     pictures [FILE] > picture.svg
//
// FILE is standard input where it is missing. What it holds is in Chart+Decodable.swift.
import Drawing
import Foundation

let arguments = CommandLine.arguments.dropFirst()
do {
  let input = try arguments.first.map { try FileHandle(forReadingFrom: URL(filePath: $0)) } ?? .standardInput
  let picture = try JSONDecoder().decode(Picture.self, from: try input.readToEnd() ?? Data())
  print(picture.svg(id: "picture"), terminator: "")
} catch {
  FileHandle.standardError.write(Data("pictures: \(error)\n".utf8))
  exit(1)
}
