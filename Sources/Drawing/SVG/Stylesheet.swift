/// The looks of a chart. Colours are Okabe and Ito's, which readers tell apart who do not see all colours, with a dark
/// red for warnings, whose dots are larger too.
package enum Stylesheet {
  /// For the page that charts are part of: light or dark as the reader prefers, light on paper.
  package static let css =
    shapes + light.css + "@media screen and (prefers-color-scheme: dark) {\n" + dark.css + "}\n"

  /// For a picture on its own: light.
  static let standalone = shapes + light.css

  private static let shapes = """
    .chart { font: 12px system-ui, "DejaVu Sans", Verdana, sans-serif; }
    .chart .heading { font-size: 14px; font-weight: 600; }
    .chart .middle { text-anchor: middle; }
    .chart .end { text-anchor: end; }
    .chart .name { paint-order: stroke; stroke-width: 3; stroke-linejoin: round; }
    .chart path { fill: none; stroke-linejoin: round; }
    .chart .grid, .chart .axis { stroke-width: 1; shape-rendering: crispEdges; }
    .chart .line { stroke-width: 1.8; }
    .chart .dashed { stroke-dasharray: 6 4; }
    .chart .rule { stroke-width: 1.2; }
    .chart .interval { stroke-width: 1.8; }
    .chart .dots { stroke-width: 5; stroke-linecap: round; }
    .chart .dots.warning { stroke-width: 7; }
    .chart .dots.muted { stroke-width: 3.5; }
    .chart .dots.large { stroke-width: 8; }
    .chart path.fill { stroke-width: 0; }
    .chart .band-area { fill-opacity: .25; }
    .chart .cells { shape-rendering: crispEdges; }
    .chart .bars { fill-opacity: .85; }

    """

  private static let light = Palette(
    paper: "#ffffff", text: "#1f2328", axis: "#6e7781", grid: "#e4e7eb",
    inks: [
      .data: "#0072b2", .fit: "#d55e00", .band: "#e69f00", .warning: "#a50026", .second: "#009e73",
      .third: "#cc79a7", .muted: "#6b737d",
    ],
    shades: ["#d3e4f3", "#a9cde6", "#72aed6", "#3f8fc5", "#176db0", "#084584"])

  private static let dark = Palette(
    paper: "#0d1117", text: "#e6edf3", axis: "#8b949e", grid: "#2a3038",
    inks: [
      .data: "#56b4e9", .fit: "#ff8f3f", .band: "#e69f00", .warning: "#ff6b81", .second: "#2fc497",
      .third: "#e29ac4", .muted: "#8b949e",
    ],
    shades: ["#12304f", "#174b78", "#1f6aa5", "#338cc9", "#69b3e4", "#b9def7"])

  private struct Palette {
    var paper: String, text: String, axis: String, grid: String
    var inks: [Ink: String]
    /// Of cells, from few to many.
    var shades: [String]

    var css: String {
      var rules = """
        .chart text { fill: \(text); }
        .chart .paper { fill: \(paper); }
        .chart .name { stroke: \(paper); }
        .chart .axis { stroke: \(axis); }
        .chart .grid { stroke: \(grid); }

        """
      for ink in Ink.allCases {
        let colour = inks[ink] ?? text
        rules += ".chart path.\(ink) { stroke: \(colour); }\n"
        rules += ".chart path.\(ink).fill, .chart text.\(ink) { fill: \(colour); }\n"
      }
      for (index, shade) in shades.enumerated() {
        rules += ".chart .shade-\(index + 1) { stroke: \(shade); }\n"
      }
      return rules
    }
  }
}
