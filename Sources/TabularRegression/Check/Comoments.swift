/// Squared deviations and their products of two columns, of rows where both are finite.
package struct Comoments: Sendable, Equatable, Codable {
  private var count = 0.0
  private var meanX = 0.0
  private var meanY = 0.0
  private var xx = 0.0
  private var yy = 0.0
  private var xy = 0.0
  /// Rows where the two differ, a missing field being one that is equal only to another one.
  private(set) var differences = 0

  init() {}

  init(_ x: [Double], _ y: [Double]) {
    differences = zip(x, y).count { !($0 == $1 || $0.isNaN && $1.isNaN) }
    let areFinite = zip(x, y).allSatisfy { ($0 - $0) + ($1 - $1) == 0 }
    let rows = areFinite ? [] : x.indices.filter { x[$0].isFinite && y[$0].isFinite }
    let (x, y) = areFinite ? (x, y) : (rows.map { x[$0] }, rows.map { y[$0] })
    if x.isEmpty { return }
    count = Double(x.count)
    let share = 1 / count
    for (x, y) in zip(x, y) {
      meanX += x * share
      meanY += y * share
    }
    for (x, y) in zip(x, y) {
      let (dx, dy) = (x - meanX, y - meanY)
      xx += dx * dx
      yy += dy * dy
      xy += dx * dy
    }
  }

  /// Takes others (Chan, Golub and LeVeque).
  mutating func merge(_ other: Self) {
    differences += other.differences
    let total = count + other.count
    if other.count == 0 || total == 0 { return }
    let (dx, dy) = (other.meanX - meanX, other.meanY - meanY)
    let weight = count * other.count / total
    xx += other.xx + dx * dx * weight
    yy += other.yy + dy * dy * weight
    xy += other.xy + dx * dy * weight
    meanX += dx * other.count / total
    meanY += dy * other.count / total
    count = total
  }

  /// Pearson's correlation; nil where one of the two is constant, or there are fewer than three rows, which two columns
  /// that have nothing to do with each other would fit as well.
  package var correlation: Double? {
    let scale = (xx * yy).squareRoot()
    return count >= 3 && scale > 0 && scale.isFinite ? max(-1, min(1, xy / scale)) : nil
  }
}
