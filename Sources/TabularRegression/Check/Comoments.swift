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

  /// Sums in eight parts, so that additions need not wait for each other.
  init(_ x: [Double], _ y: [Double]) {
    precondition(x.count == y.count)
    if x.isEmpty { return }
    let share = 1 / Double(x.count)
    var sums = (x: SIMD8<Double>.zero, y: SIMD8<Double>.zero), faults = sums.x, differing = SIMD8<Int64>.zero
    Self.forEachEight(x, y, padding: (0, 0)) { x, y in
      sums.x += x * share
      sums.y += y * share
      faults += (x - x) + (y - y)  // NaN where one is not finite
      differing.replace(with: differing &+ 1, where: x .!= y)
    }
    if faults.sum() != 0 {
      self = Self(ofFinite: x, y)
      return
    }
    differences = Int(differing.wrappedSum())
    count = Double(x.count)
    (meanX, meanY) = (sums.x.sum(), sums.y.sum())
    var products = (xx: SIMD8<Double>.zero, yy: SIMD8<Double>.zero, xy: SIMD8<Double>.zero)
    Self.forEachEight(x, y, padding: (meanX, meanY)) { x, y in
      let (dx, dy) = (x - meanX, y - meanY)
      products.xx += dx * dx
      products.yy += dy * dy
      products.xy += dx * dy
    }
    (xx, yy, xy) = (products.xx.sum(), products.yy.sum(), products.xy.sum())
  }

  /// Of rows of which some have a number that is not finite.
  private init(ofFinite x: [Double], _ y: [Double]) {
    let rows = x.indices.filter { x[$0].isFinite && y[$0].isFinite }
    self.init(rows.map { x[$0] }, rows.map { y[$0] })
    differences = zip(x, y).count { !($0 == $1 || $0.isNaN && $1.isNaN) }
  }

  /// Eight elements at a time, the last ones with padding behind them.
  private static func forEachEight(
    _ x: [Double], _ y: [Double], padding: (x: Double, y: Double),
    _ body: (SIMD8<Double>, SIMD8<Double>) -> Void
  ) {
    let whole = x.count & ~7
    x.withUnsafeBytes { x in
      y.withUnsafeBytes { y in
        for start in stride(from: 0, to: whole * 8, by: 64) {
          body(
            x.loadUnaligned(fromByteOffset: start, as: SIMD8.self),
            y.loadUnaligned(fromByteOffset: start, as: SIMD8.self))
        }
      }
    }
    if whole == x.count { return }
    var (lastX, lastY) = (SIMD8(repeating: padding.x), SIMD8(repeating: padding.y))
    for index in whole..<x.count { (lastX[index - whole], lastY[index - whole]) = (x[index], y[index]) }
    body(lastX, lastY)
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
