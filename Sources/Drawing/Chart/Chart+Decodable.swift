// Charts in JSON, as scripts in other languages describe them: Scripts/Pictures reads it.

/// The properties of a chart; `summary`, `width` and `height` may be missing.
extension Chart: Decodable {
  private enum CodingKeys: CodingKey { case title, summary, x, y, layers, width, height }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      title: try container.decode(String.self, forKey: .title),
      summary: try container.decodeIfPresent(String.self, forKey: .summary) ?? "",
      x: try container.decode(Axis.self, forKey: .x), y: try container.decode(Axis.self, forKey: .y),
      layers: try container.decode([Layer].self, forKey: .layers))
    width = try container.decodeIfPresent(Double.self, forKey: .width) ?? width
    height = try container.decodeIfPresent(Double.self, forKey: .height) ?? height
  }
}

/// `{"label": …, "range": [low, high], "scale": "log"}` or `{"label": …, "categories": […]}`.
extension Axis: Decodable {
  private enum CodingKeys: CodingKey { case label, range, scale, categories }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let label = try container.decode(String.self, forKey: .label)
    if let categories = try container.decodeIfPresent([String].self, forKey: .categories) {
      self.init(label: label, categories: categories)
      return
    }
    let range = try container.decode([Double].self, forKey: .range)
    guard range.count == 2, range[0] <= range[1] else {
      throw DecodingError.dataCorruptedError(
        forKey: .range, in: container, debugDescription: "a range is two numbers, the smaller first")
    }
    self.init(
      label: label, range: range[0]...range[1],
      scale: try container.decodeIfPresent(Scale.self, forKey: .scale) ?? .linear)
  }
}

/// `{"kind": …, "ink": …}`, "data" where no ink is given, with what its kind needs:
///
///     points, line, dashedLine, horizontalBars   "points": [[x, y], …], null where a number is missing
///     labels                                     "points" and "texts": […]
///     band, intervals, horizontalIntervals       "intervals": [[at, low, high] or [at, low, high, middle], …]
///     bars                                       "bars": [[low, high, height], …]
///     cells                                      "xEdges", "yEdges" and "counts", row by row
///     rule                                       "x", "y" or both
extension Layer: Decodable {
  private enum Kind: String, Decodable {
    case points, line, dashedLine, horizontalBars, labels, band, intervals, horizontalIntervals, bars, cells,
      rule
  }

  fileprivate enum CodingKeys: CodingKey {
    case kind, ink, points, texts, intervals, bars, xEdges, yEdges, counts, x, y
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let ink = try container.decodeIfPresent(Ink.self, forKey: .ink) ?? .data
    self =
      switch try container.decode(Kind.self, forKey: .kind) {
      case .points: .points(try container.points(), ink)
      case .line: .line(try container.points(), ink, isDashed: false)
      case .dashedLine: .line(try container.points(), ink, isDashed: true)
      case .horizontalBars: .horizontalBars(try container.points(), ink)
      case .labels:
        .labels(
          zip(try container.points(), try container.decode([String].self, forKey: .texts)).map {
            Label(x: $0.x, y: $0.y, text: $1)
          }, ink)
      case .band: .band(try container.intervals(), ink)
      case .intervals: .intervals(try container.intervals(), ink)
      case .horizontalIntervals: .horizontalIntervals(try container.intervals(), ink)
      case .bars:
        .bars(try container.numbers(.bars, 3...3).map { Bar(low: $0[0], high: $0[1], height: $0[2]) }, ink)
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

extension KeyedDecodingContainer<Layer.CodingKeys> {
  fileprivate func points() throws -> [Point] {
    try numbers(.points, 2...2).map { Point(x: $0[0], y: $0[1]) }
  }

  fileprivate func intervals() throws -> [Interval] {
    try numbers(.intervals, 3...4).map { numbers in
      Interval(
        at: numbers[0], low: numbers[1], high: numbers[2], middle: numbers.count == 4 ? numbers[3] : nil)
    }
  }

  /// Rows of numbers, as many in each as `counts` says; null is not a number.
  fileprivate func numbers(_ key: Key, _ counts: ClosedRange<Int>) throws -> [[Double]] {
    try decode([[Double?]].self, forKey: key).map { row in
      guard counts.contains(row.count) else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: self, debugDescription: "\(row.count) numbers where there should be \(counts)")
      }
      return row.map { $0 ?? .nan }
    }
  }
}
