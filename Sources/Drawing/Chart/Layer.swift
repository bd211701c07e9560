/// The role of a mark, from which its colour follows.
package enum Ink: String, CaseIterable, Sendable, Decodable {
  case data, fit, band, warning, second, third, muted
}

/// Marks of one kind.
package enum Layer: Equatable, Sendable {
  /// Counts of observations, shaded by their logarithm.
  case cells(Cells)
  /// Dots. Those beyond the plot are small triangles at its edge.
  case points([Point], Ink)
  /// Points in order, joined; broken where one is not finite.
  case line([Point], Ink, isDashed: Bool)
  /// The area between low and high, broken where one is not finite.
  case band([Interval], Ink)
  /// Vertical lines from low to high at x = `at`, with a dot at the middle.
  case intervals([Interval], Ink)
  /// Horizontal lines from low to high at y = `at`, with a dot at the middle.
  case horizontalIntervals([Interval], Ink)
  /// A histogram's bars, from 0 upwards, on a logarithmic axis from its lower end.
  case bars([Bar], Ink)
  /// A bar for each value, at y = `y`, from 0 to x = `x`; from 1 on a logarithmic axis.
  case horizontalBars([Point], Ink)
  /// A line across the plot at x, at y, or at both.
  case rule(x: Double?, y: Double?, Ink)
  /// Names beside points. A name that would overlap others is moved to another side of its point, or left out.
  case labels([Label], Ink)
}

package struct Point: Equatable, Sendable {
  package var x: Double
  package var y: Double

  package init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }
}

/// From low to high at one position of the other axis.
package struct Interval: Equatable, Sendable {
  package var at: Double
  package var low: Double
  package var high: Double
  /// Marked by a dot.
  package var middle: Double?

  package init(at: Double, low: Double, high: Double, middle: Double? = nil) {
    self.at = at
    self.low = low
    self.high = high
    self.middle = middle
  }
}

/// A histogram's bar over low … high.
package struct Bar: Equatable, Sendable {
  package var low: Double
  package var high: Double
  package var height: Double

  package init(low: Double, high: Double, height: Double) {
    self.low = low
    self.high = high
    self.height = height
  }
}

/// A name for a point.
package struct Label: Equatable, Sendable {
  package var x: Double
  package var y: Double
  package var text: String

  package init(x: Double, y: Double, text: String) {
    self.x = x
    self.y = y
    self.text = text
  }
}

/// Counts of observations in the cells of a grid.
package struct Cells: Equatable, Sendable {
  /// Ascending, one more than there are columns.
  package var xEdges: [Double]
  /// Ascending, one more than there are rows.
  package var yEdges: [Double]
  /// Row by row from the lowest y, within a row from the lowest x: count (i, j) of column i and row j is
  /// `counts[j * columns + i]`.
  package var counts: [Int]

  package init(xEdges: [Double], yEdges: [Double], counts: [Int]) {
    self.xEdges = xEdges
    self.yEdges = yEdges
    self.counts = counts
  }

  package var columns: Int { max(0, xEdges.count - 1) }
  package var rows: Int { max(0, yEdges.count - 1) }
}
