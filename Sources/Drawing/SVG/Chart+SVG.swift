extension Chart {
  /// The chart as an SVG element for an HTML page that has ``Stylesheet/css``, or as a file of its own.
  ///
  /// - Parameters:
  ///   - id: an identifier that no other chart of the page has; what is not a letter, a digit, "-" or "_" becomes "-".
  ///   - isStandalone: whether the stylesheet and a light background are part of the picture.
  ///   - hasHeading: whether the title is drawn; where it is not, it is the accessible name all the same.
  package func svg(id: String, isStandalone: Bool = false, hasHeading: Bool = true) -> String {
    var drawn = self
    if !hasHeading { drawn.title = "" }
    return beginning(width: width, height: height, id: id, title: title, summary: summary, isStandalone)
      + drawn.body + "</svg>\n"
  }

  fileprivate var body: String {
    let page = Page(self)
    let axes = page.axes(self)
    var result = axes.below
    var labels = LabelPlacement(page)
    for layer in layers { result += page.marks(layer, &labels) }
    result += axes.above
    if isEmpty {
      let middle = page.point(UnitPoint(x: 0.5, y: 0.5))
      let place = "x=\"\(decimal(middle.x))\" y=\"\(decimal(middle.y))\""
      result += textElement("no data", of: "no data", "class=\"middle\" \(place)")
    }
    return result
  }
}

extension Picture {
  /// The charts as an SVG file.
  package func svg(id: String) -> String {
    let width = charts.reduce(0) { max($0, Page.side($1.width)) }
    let height = charts.reduce(0) { $0 + Page.side($1.height) }
    var result = beginning(width: width, height: height, id: id, title: title, summary: summary, true)
    var top = 0.0
    for chart in charts {
      result += "<g transform=\"translate(0,\(decimal(top)))\">\n\(chart.body)</g>\n"
      top += Page.side(chart.height)
    }
    return result + "</svg>\n"
  }
}

/// The beginning of an SVG: its size, what it is called, its background.
private func beginning(
  width: Double, height: Double, id: String, title: String, summary: String, _ isStandalone: Bool
) -> String {
  let id = String(id.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "-" })
  let width = decimal(Page.side(width)), height = decimal(Page.side(height))
  let namespace =
    isStandalone ? " xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\"" : ""
  var result = "<svg class=\"chart\"\(namespace) viewBox=\"0 0 \(width) \(height)\""
  result += " role=\"img\" aria-labelledby=\"\(id)-title \(id)-desc\">\n"
  result += "<title id=\"\(id)-title\">\(escaped(title))</title>\n"
  result += "<desc id=\"\(id)-desc\">\(escaped(summary))</desc>\n"
  if isStandalone {
    result += "<style>\n\(Stylesheet.standalone)</style>\n"
    result += "<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n"
  }
  return result
}
