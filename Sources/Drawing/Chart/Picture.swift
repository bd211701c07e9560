/// Several charts, one below another.
package struct Picture: Equatable, Sendable, Decodable {
  /// The accessible name.
  package var title: String
  /// What is to be seen, for readers who do not see it.
  package var summary: String
  package var charts: [Chart]

  package init(title: String, summary: String, charts: [Chart]) {
    self.title = title
    self.summary = summary
    self.charts = charts
  }
}
