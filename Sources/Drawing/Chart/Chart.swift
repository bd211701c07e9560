/// A chart: what it shows, in the units of the data. It is drawn as SVG by ``svg(id:isStandalone:)`` and in
/// characters by ``text(columns:rows:_:color:)``.
package struct Chart: Equatable, Sendable {
  /// Short, above the plot; the accessible name.
  package var title: String
  /// One sentence that says what is to be seen, for readers who do not see it.
  package var summary: String
  package var x: Axis
  package var y: Axis
  /// Drawn in order, the later over the earlier.
  package var layers: [Layer]
  /// Units of the SVG's view box.
  package var width: Double
  package var height: Double

  package init(
    title: String, summary: String, x: Axis, y: Axis, layers: [Layer], width: Double = 480,
    height: Double = 320
  ) {
    self.title = title
    self.summary = summary
    self.x = x
    self.y = y
    self.layers = layers
    self.width = width
    self.height = height
  }
}

/// What an axis measures.
package struct Axis: Equatable, Sendable {
  package enum Scale: String, Sendable, Decodable {
    case linear
    /// Base 10. Values that are not above 0 have no place on it.
    case log
  }

  package var label: String
  /// Of the data. The axis may reach a little further.
  package var range: ClosedRange<Double>
  package var scale: Scale
  /// Names of the positions 0, 1, 2, …, from the top of a vertical axis, from the left of a horizontal one. Their
  /// number is the axis's range then. A position without a name has no tick.
  package var categories: [String]?

  package init(
    label: String, range: ClosedRange<Double>, scale: Scale = .linear, categories: [String]? = nil
  ) {
    self.label = label
    self.range = range
    self.scale = scale
    self.categories = categories
  }

  /// An axis of names.
  package init(label: String, categories: [String]) {
    self.init(label: label, range: 0...Double(max(1, categories.count) - 1), categories: categories)
  }
}
