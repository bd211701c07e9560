import Drawing

/// A picture in JSON: `{"title": …, "summary": …, "charts": […]}`.
struct PictureDescription: Decodable {
  var title: String
  var summary: String
  var charts: [ChartDescription]

  var svg: String {
    Chart.svg(charts.map(\.chart), id: "picture", title: title, summary: summary)
  }
}

/// A chart in JSON: the properties of `Chart`, `width` and `height` optional.
struct ChartDescription: Decodable {
  var title: String
  var x: AxisDescription
  var y: AxisDescription
  var layers: [LayerDescription]
  var width: Double?
  var height: Double?

  var chart: Chart {
    Chart(
      title: title, summary: "", x: x.axis, y: y.axis, layers: layers.map(\.layer), width: width ?? 480,
      height: height ?? 320)
  }
}

/// An axis in JSON: `{"label": …, "range": [low, high], "scale": "log"}` or `{"label": …, "categories": […]}`.
struct AxisDescription: Decodable {
  var axis: Axis

  private enum CodingKeys: CodingKey { case label, range, scale, categories }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let label = try container.decode(String.self, forKey: .label)
    if let categories = try container.decodeIfPresent([String].self, forKey: .categories) {
      axis = Axis(label: label, categories: categories)
      return
    }
    let range = try container.decode([Double].self, forKey: .range)
    guard range.count == 2, range[0] <= range[1] else {
      throw DecodingError.dataCorruptedError(
        forKey: .range, in: container, debugDescription: "a range is two numbers, the smaller first")
    }
    let scale = try container.decodeIfPresent(String.self, forKey: .scale)
    guard [nil, "linear", "log"].contains(scale) else {
      throw DecodingError.dataCorruptedError(
        forKey: .scale, in: container, debugDescription: "a scale is linear or log")
    }
    axis = Axis(label: label, range: range[0]...range[1], scale: scale == "log" ? .log : .linear)
  }
}

/// A layer in JSON: `{"kind": …, "ink": …}`, "data" where no ink is given, with what its kind needs:
///
///     points, line, dashedLine, horizontalBars   "points": [[x, y], …], null where a number is missing
///     labels                                     "points" and "texts": […]
///     band, intervals, horizontalIntervals       "intervals": [[at, low, high] or [at, low, high, middle], …]
///     bars                                       "bars": [[low, high, height], …]
///     cells                                      "xEdges", "yEdges" and "counts", row by row
///     rule                                       "x", "y" or both
struct LayerDescription: Decodable {
  var layer: Layer

  private enum Kind: String, Decodable {
    case points, line, dashedLine, horizontalBars, labels, band, intervals, horizontalIntervals, bars, cells,
      rule
  }

  private enum CodingKeys: CodingKey {
    case kind, ink, points, texts, intervals, bars, xEdges, yEdges, counts, x, y
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let name = try container.decodeIfPresent(String.self, forKey: .ink) ?? Ink.data.rawValue
    guard let ink = Ink(rawValue: name) else {
      throw DecodingError.dataCorruptedError(
        forKey: .ink, in: container, debugDescription: "there is no ink \(name)")
    }
    func points() throws -> [Point] {
      try container.numbers(.points, 2...2).map { Point(x: $0[0], y: $0[1]) }
    }
    func intervals() throws -> [Interval] {
      try container.numbers(.intervals, 3...4).map { numbers in
        Interval(
          at: numbers[0], low: numbers[1], high: numbers[2], middle: numbers.count == 4 ? numbers[3] : nil)
      }
    }
    layer =
      switch try container.decode(Kind.self, forKey: .kind) {
      case .points: .points(try points(), ink)
      case .line: .line(try points(), ink, isDashed: false)
      case .dashedLine: .line(try points(), ink, isDashed: true)
      case .horizontalBars: .horizontalBars(try points(), ink)
      case .labels:
        .labels(
          zip(try points(), try container.decode([String].self, forKey: .texts)).map { point, text in
            Label(x: point.x, y: point.y, text: text)
          }, ink)
      case .band: .band(try intervals(), ink)
      case .intervals: .intervals(try intervals(), ink)
      case .horizontalIntervals: .horizontalIntervals(try intervals(), ink)
      case .bars:
        .bars(
          try container.numbers(.bars, 3...3).map { Bar(low: $0[0], high: $0[1], height: $0[2]) }, ink)
      case .cells:
        .cells(
          Cells(
            xEdges: try container.decode([Double].self, forKey: .xEdges),
            yEdges: try container.decode([Double].self, forKey: .yEdges),
            counts: try container.decode([Int].self, forKey: .counts)))
      case .rule:
        .rule(
          x: try container.decodeIfPresent(Double.self, forKey: .x),
          y: try container.decodeIfPresent(Double.self, forKey: .y), ink)
      }
  }
}

extension KeyedDecodingContainer {
  /// Rows of numbers, as many in each as `counts` says; null is not a number.
  fileprivate func numbers(_ key: Key, _ counts: ClosedRange<Int>) throws -> [[Double]] {
    try decode([[Double?]].self, forKey: key).map { row in
      guard counts.contains(row.count) else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: self, debugDescription: "\(row.count) numbers where \(counts) are expected")
      }
      return row.map { $0 ?? .nan }
    }
  }
}
