import Foundation
import Testing

@testable import Drawing

@Suite struct DecodingTests {
  private func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(text.utf8))
  }

  @Test func picture() throws {
    let picture = try decode(
      Picture.self,
      """
      {"title": "t", "summary": "s", "charts": [{"title": "c", "x": {"label": "x", "range": [1, 2], "scale": "log"},
        "y": {"label": "y", "categories": ["a", "b"]}, "layers": [{"kind": "rule", "x": 1}], "width": 100}]}
      """)
    let chart = Chart(
      title: "c", summary: "", x: Axis(label: "x", range: 1...2, scale: .log),
      y: Axis(label: "y", categories: ["a", "b"]), layers: [.rule(x: 1, y: nil, .data)], width: 100)
    #expect(picture == Picture(title: "t", summary: "s", charts: [chart]))
  }

  @Test func layers() throws {
    let layers = try decode(
      [Layer].self,
      """
      [{"kind": "points", "ink": "fit", "points": [[1, 2]]}, {"kind": "line", "points": [[1, 2]]},
       {"kind": "dashedLine", "points": [[1, 2]]}, {"kind": "horizontalBars", "points": [[1, 2]]},
       {"kind": "labels", "points": [[1, 2]], "texts": ["a"]}, {"kind": "band", "intervals": [[1, 2, 3]]},
       {"kind": "intervals", "intervals": [[1, 2, 4, 3]]}, {"kind": "horizontalIntervals", "intervals": [[1, 2, 3]]},
       {"kind": "bars", "bars": [[1, 2, 3]]}, {"kind": "rule", "x": 1, "y": 2},
       {"kind": "cells", "xEdges": [0, 1], "yEdges": [2, 3], "counts": [4]}]
      """)
    let points = [Point(x: 1, y: 2)], interval = Interval(at: 1, low: 2, high: 3)
    let expected: [Layer] = [
      .points(points, .fit), .line(points, .data, isDashed: false), .line(points, .data, isDashed: true),
      .horizontalBars(points, .data), .labels([Label(x: 1, y: 2, text: "a")], .data),
      .band([interval], .data),
      .intervals([Interval(at: 1, low: 2, high: 4, middle: 3)], .data),
      .horizontalIntervals([interval], .data),
      .bars([Bar(low: 1, high: 2, height: 3)], .data), .rule(x: 1, y: 2, .data),
      .cells(Cells(xEdges: [0, 1], yEdges: [2, 3], counts: [4])),
    ]
    #expect(layers == expected)
    guard case .points(let gaps, _) = try decode(Layer.self, #"{"kind": "points", "points": [[1, null]]}"#)
    else {
      Issue.record("not points")
      return
    }
    #expect(gaps[0].y.isNaN)
  }

  @Test(arguments: [
    #"{"kind": "points", "points": [[1, 2, 3]]}"#, #"{"kind": "points"}"#, #"{"kind": "pie", "points": []}"#,
    #"{"kind": "points", "ink": "red", "points": []}"#, #"{"kind": "band", "intervals": [[1, 2]]}"#,
  ]) func wrongLayers(text: String) {
    #expect(throws: DecodingError.self) { try decode(Layer.self, text) }
  }

  @Test(arguments: [
    #"{"label": "x", "range": [2, 1]}"#, #"{"label": "x", "range": [1]}"#, #"{"label": "x"}"#,
    #"{"label": "x", "range": [1, 2], "scale": "cubic"}"#,
  ]) func wrongAxes(text: String) {
    #expect(throws: DecodingError.self) { try decode(Axis.self, text) }
  }
}
