import Foundation

@testable import Drawing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// What an XML parser that knows nothing of this package finds in an SVG.
final class ParsedSVG: NSObject, XMLParserDelegate {
  struct Text {
    var classes: String
    var attributes: [String: String]
    var content = ""

    /// Left, top, right, bottom as a browser would have them at most.
    var box: (left: Double, top: Double, right: Double, bottom: Double) {
      let isHeading = classes.contains("heading")
      let width = SansSerif.width(content, size: isHeading ? 14 : 12, isBold: isHeading)
      if let transform = attributes["transform"] {
        let numbers = transform.split { !"0123456789.-".contains($0) }.compactMap { Double($0) }
        return (numbers[0] - 11, numbers[1] - width / 2, numbers[0] + 3, numbers[1] + width / 2)
      }
      let x = Double(attributes["x"] ?? "") ?? .nan, y = Double(attributes["y"] ?? "") ?? .nan
      let left = classes.contains("middle") ? x - width / 2 : classes.contains("end") ? x - width : x
      return (left, y - (isHeading ? 13 : 11), left + width, y + 3)
    }
  }

  private(set) var isWellFormed = false
  private(set) var texts: [Text] = []
  private(set) var elements: [(name: String, attributes: [String: String])] = []
  /// The content of title and desc of the whole.
  private(set) var title = "", summary = ""
  private var path: [String] = []

  init(_ svg: String) {
    super.init()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = self
    isWellFormed = parser.parse()
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    path.append(name)
    elements.append((name, attributes))
    if name == "text" { texts.append(Text(classes: attributes["class"] ?? "", attributes: attributes)) }
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?)
  {
    path.removeLast()
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    switch path.last {
    case "text": texts[texts.count - 1].content += string
    case "title" where path.count == 2: title += string
    case "desc": summary += string
    default: break
    }
  }
}
