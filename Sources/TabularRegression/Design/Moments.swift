/// Number, mean and squared deviations of values, merged as Chan, Golub and LeVeque do.
struct Moments: Equatable, Sendable {
  private(set) var count = 0.0
  private(set) var mean = 0.0
  private var squares = 0.0

  /// √(Σ (x − x̄)² / (n − 1))
  var deviation: Double { (squares / (count - 1)).squareRoot() }

  init() {}

  /// The moments of some values, in two passes.
  init(_ values: some Collection<Double>) {
    count = Double(values.count)
    if count == 0 { return }
    // Scaled beforehand, the sum cannot go beyond Double.
    let n = count
    mean = values.reduce(0) { $0 + $1 / n }
    let center = mean
    squares = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
  }

  mutating func merge(_ later: Moments) {
    if later.count == 0 { return }
    let total = count + later.count, difference = later.mean - mean
    squares += later.squares + difference * difference * (count * later.count / total)
    mean += difference * (later.count / total)
    count = total
  }
}
