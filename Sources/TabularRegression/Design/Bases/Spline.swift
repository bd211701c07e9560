/// A basis of splines with the knots of the fit's rows: what R's ns() and bs() keep for predictions.
package struct Spline: Hashable, Sendable, Codable {
  let call: SplineCall

  /// The knots between those of the boundary.
  let knots: [Double]

  /// The boundary knots.
  let boundary: [Double]

  /// Whether the knots are such as rows have.
  var isSound: Bool {
    guard call.isSound, boundary.count == 2, knots.count == call.innerKnotCount,
      boundary[0] < boundary[1], (boundary[1] - boundary[0]).isFinite
    else { return false }
    let all = [0] + unitKnots + [1]
    return zip(all, all.dropFirst()).allSatisfy { $1 - $0 > 0x1p-50 }
  }

  /// The inner knots where the boundary knots are 0 and 1.
  var unitKnots: [Double] { knots.map { ($0 - boundary[0]) / (boundary[1] - boundary[0]) } }

}

extension Spline {
  /// The basis of some rows: boundary knots at the least and the greatest number, inner ones at quantiles of the numbers
  /// between the boundary knots, by linear interpolation between order statistics (R's type 7).
  ///
  /// - Parameters:
  ///   - call: the basis.
  ///   - numbers: the operand in the rows, sorted; none where the call gives all knots.
  ///   - source: where they come from, for messages.
  /// - Throws: ``TabularError/unusable(file:message:)`` for knots that are not between the boundary knots or coincide.
  init(_ call: SplineCall, sorted numbers: [Double], source: String) throws(TabularError) {
    func unusable(_ message: String) -> TabularError {
      .unusable(file: source, message: "\(printable(call.text)) \(message)")
    }
    self.call = call
    guard let first = call.boundary?.first ?? numbers.first, let last = call.boundary?.last ?? numbers.last
    else {
      throw unusable("has no numbers; leave it out")
    }
    boundary = [first, last]
    if let knots = call.knots {
      self.knots = knots
      if let knot = knots.first(where: { !(boundary[0] < $0 && $0 < boundary[1]) }) {
        throw unusable(
          "has the knot \(Expression.text(of: knot)) outside the numbers, which are from \(Expression.text(of: boundary[0])) to \(Expression.text(of: boundary[1])); move it, or give Boundary.knots"
        )
      }
    } else {
      knots = Self.quantiles(numbers, call.innerKnotCount, within: boundary)
    }
    if isSound { return }
    if boundary[0] < boundary[1], !(boundary[1] - boundary[0]).isFinite {
      throw unusable("spans numbers whose difference is beyond a Double; use another unit")
    }
    throw unusable(
      "needs more different numbers than there are: knots at their quantiles coincide; take a lower df, or give knots"
    )
  }

  /// Numbers that divide sorted ones into parts of equal size, those outside a range left out.
  private static func quantiles(_ numbers: [Double], _ count: Int, within range: [Double]) -> [Double] {
    let inside = numbers.filter { range[0] <= $0 && $0 <= range[1] }
    if inside.isEmpty { return [Double](repeating: .nan, count: count) }
    return (1..<count + 1).map { index in
      let place = Double(inside.count - 1) * (Double(index) * (1 / Double(count + 1)))
      let low = Int(place), share = place - Double(low)
      if share == 0 || low + 1 >= inside.count || inside[low] == inside[low + 1] { return inside[low] }
      return (1 - share) * inside[low] + share * inside[low + 1]
    }
  }
}
