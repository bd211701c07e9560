internal import Drawing
internal import LinearAlgebra

extension Report {
  /// The page: one file without scripts that needs nothing else, light and dark as the reader has it, and fit to be
  /// printed.
  ///
  /// - Complexity: O(bins + terms)
  public var html: String {
    let panels = panels, remarkable = panels.filter(\.finding.isRemarkable)
    let title = "\(printable(model.target)): report of a fit"
    var page = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(escaped(title))</title>
      <style>
      \(Stylesheet.css)
      \(Self.stylesheet)
      </style>
      </head>
      <body>
      <main>
      <header>
      <h1>\(escaped(shortTarget))</h1>
      <p class="formula"><code>\(escaped(shortened(model.formula, to: 400)))</code></p>

      """
    for sentence in introduction { page += "<p>\(escaped(sentence))</p>\n" }
    page += "</header>\n<nav aria-label=\"What is seen\">\n<h2>What is seen</h2>\n"
    if remarkable.isEmpty {
      page +=
        diagnostics.observations < 20 || diagnostics.hasNoResiduals
        ? "<p>Nothing that could be tested.</p>\n" : "<p>Nothing unusual in any panel.</p>\n"
    } else {
      page += "<ul>\n"
      for (index, panel) in panels.enumerated() where panel.finding.isRemarkable {
        page +=
          "<li><a href=\"#panel-\(index)\">\(escaped(panel.title))</a>: \(escaped(panel.finding.text))</li>\n"
      }
      page += "</ul>\n"
    }
    page += """
      <p class="note">Where a test stands behind it, something is said only if chance alone would show as much in one of a thousand samples or fewer.</p>
      </nav>

      """
    for (index, panel) in panels.enumerated() { page += section(panel, index) }
    return page
      + "<footer><p>Made by linreg of swift-linear-regression.</p></footer>\n</main>\n</body>\n</html>\n"
  }

  private func section(_ panel: Panel, _ index: Int) -> String {
    var text = """
      <section id="panel-\(index)" aria-labelledby="heading-\(index)"\(panel.isWide ? " class=\"wide\"" : "")>
      <h2 id="heading-\(index)">\(escaped(panel.title))</h2>
      <p class="finding\(panel.finding.isRemarkable ? " remarkable" : "")">\(escaped(panel.finding.text))</p>

      """
    if let test = panel.finding.test { text += "<p class=\"note\">\(escaped(test)).</p>\n" }
    if !panel.charts.isEmpty {
      text += "<div class=\"charts\">\n"
      for (number, chart) in panel.charts.enumerated() {
        text +=
          "<figure>\n\(chart.svg(id: "chart-\(index)-\(number)", hasHeading: panel.charts.count > 1))\n</figure>\n"
      }
      text += "</div>\n"
    }
    text += "<p class=\"note\">\(escaped(panel.caption))</p>\n"
    for table in panel.tables where !table.rows.isEmpty {
      text +=
        table.isOpen
        ? self.table(table)
        : "<details>\n<summary>\(escaped(table.title))</summary>\n\(self.table(table))</details>\n"
    }
    return text + "</section>\n"
  }

  private func table(_ table: PanelTable) -> String {
    var text =
      "<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"\(escaped(table.title))\"><table\(table.columns.count == 2 ? " class=\"words\"" : "")>\n<thead><tr>"
    for column in table.columns { text += "<th scope=\"col\">\(escaped(column))</th>" }
    text += "</tr></thead>\n<tbody>\n"
    for row in table.rows {
      text += "<tr>"
      for (index, cell) in row.enumerated() {
        text +=
          index == 0
          ? "<th scope=\"row\">\(escaped(shortened(cell, to: 80)))</th>" : "<td>\(escaped(cell))</td>"
      }
      text += "</tr>\n"
    }
    return text + "</tbody>\n</table></div>\n"
  }

  private func shortened(_ text: String, to most: Int) -> String {
    text.count <= most ? text : "\(text.prefix(most - 1))…"
  }

  private static var stylesheet: String {
    """
    :root { color-scheme: light dark; --page: #ffffff; --text: #1b1f24; --quiet: #57606a; --line: #d0d7de; --mark: #9a3412; --box: #f6f8fa; }
    @media (prefers-color-scheme: dark) { :root { --page: #0d1117; --text: #e6e8ea; --quiet: #a0a8b0; --line: #3a4149; --mark: #f0a66b; --box: #161b22; } }
    @media print { :root { color-scheme: light; --page: #ffffff; --text: #000000; --quiet: #444444; --line: #bbbbbb; --mark: #8a2c0d; --box: #ffffff; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; }
    main { max-width: 1240px; margin: 0 auto; padding: 1rem; display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); }
    header, nav, footer, .wide { grid-column: 1 / -1; }
    header p, nav p, nav li { max-width: 75ch; }
    h1 { margin: 0; font-size: 1.75rem; overflow-wrap: anywhere; }
    h2 { margin: 0 0 0.25rem; font-size: 1.125rem; overflow-wrap: anywhere; }
    p { margin: 0.25rem 0; overflow-wrap: anywhere; }
    code { font: 0.875em ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
    section, nav { min-width: 0; border: 1px solid var(--line); border-radius: 6px; padding: 1rem; }
    .finding { max-width: 75ch; }
    .remarkable { color: var(--mark); font-weight: 600; }
    .note, footer { color: var(--quiet); font-size: 0.8125rem; max-width: 90ch; }
    .charts { display: grid; gap: 0.5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); }
    figure { margin: 0.25rem 0; min-width: 0; }
    figure svg { display: block; width: 100%; height: auto; max-width: 640px; }
    .table { overflow-x: auto; }
    table { border-collapse: collapse; font-size: 0.8125rem; font-variant-numeric: tabular-nums; }
    th, td { padding: 0.15rem 0.6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
    th:first-child { text-align: left; font-weight: 400; min-width: 9.5rem; max-width: 18rem; white-space: normal; overflow-wrap: anywhere; }
    .words th { text-align: left; }
    .words th:first-child { min-width: 3rem; white-space: nowrap; }
    .words td { white-space: normal; text-align: left; }
    thead th { font-weight: 600; background: var(--box); }
    summary { cursor: pointer; color: var(--quiet); font-size: 0.8125rem; }
    a { color: inherit; }
    @media print {
      main { max-width: none; padding: 0; gap: 0.5rem; grid-template-columns: 1fr 1fr; font-size: 10pt; }
      section, nav { break-inside: avoid; padding: 0.5rem; }
      .charts { grid-template-columns: 1fr 1fr; }
      section:not(.wide) .charts { grid-template-columns: 1fr; }
      .table { overflow: visible; }
      table { font-size: 7pt; }
      th, td { padding: 0.1rem 0.3rem; }
      details { display: none; }
    }
    """
  }
}
