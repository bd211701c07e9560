internal import LinearAlgebra

/// Number, range, mean and squared deviations of finite numbers; others are passed over.
///
/// Blocks of rows are merged by Chan, Golub and LeVeque's update (1983, doi:10.1080/00031305.1983.10483115).
package struct Moments: Sendable, Equatable {
  package private(set) var count = 0
  package private(set) var minimum = Double.infinity
  package private(set) var maximum = -Double.infinity
  package private(set) var mean = 0.0
  private var squares = 0.0

  /// √(Σ (x − x̄)² / (n − 1))
  package var deviation: Double { (squares / Double(count - 1)).squareRoot() }

  package init() {}

  /// The moments of some numbers, in two passes.
  package init(_ numbers: some Collection<Double>) {
    if let isDone = numbers.withContiguousStorageIfAvailable({ addFinite($0) }), isDone { return }
    var sum = 0.0
    for number in numbers where number.isFinite {
      count += 1
      minimum = min(minimum, number)
      maximum = max(maximum, number)
      sum += number * Self.small
    }
    if count == 0 { return }
    let center = sum / Double(count) / Self.small
    var rest = 0.0
    for number in numbers where number.isFinite {
      let deviation = number - center
      rest += deviation
      squares += deviation * deviation
    }
    settle(center, rest)
  }

  /// With this factor sums of numbers near the largest Double are within it too.
  private static var small: Double { 0x1p-64 }

  /// Takes the sums of deviations from a center in.
  private mutating func settle(_ center: Double, _ rest: Double) {
    let correction = rest / Double(count)
    if correction.isFinite {
      mean = center + correction
      squares = max(0, squares - correction * rest)
    } else {
      mean = center
    }
  }

  /// The same of numbers that are all finite, with sums in eight parts that do not wait for each other; false where
  /// they are not.
  private mutating func addFinite(_ numbers: UnsafeBufferPointer<Double>) -> Bool {
    guard numbers.count >= 8, let start = numbers.baseAddress else { return false }
    let groups = numbers.count / 8, rest = numbers[(8 * groups)...]
    func eight(_ group: Int) -> SIMD8<Double> {
      UnsafeRawPointer(start + 8 * group).loadUnaligned(as: SIMD8.self)
    }
    var low = eight(0), high = low, sum = SIMD8<Double>.zero, faults = sum
    for group in 0..<groups {
      let values = eight(group)
      faults += values - values  // NaN where one is not finite
      low.replace(with: values, where: values .< low)
      high.replace(with: values, where: values .> high)
      sum += values * Self.small
    }
    guard faults.sum() == 0, rest.allSatisfy(\.isFinite) else { return false }
    count = numbers.count
    (minimum, maximum) = (rest.reduce(low.min(), min), rest.reduce(high.max(), max))
    let center = rest.reduce(sum.sum()) { $0 + $1 * Self.small } / Double(count) / Self.small
    var deviations = SIMD8<Double>.zero, ofSquares = deviations
    for group in 0..<groups {
      let deviation = eight(group) - center
      deviations += deviation
      ofSquares += deviation * deviation
    }
    squares = rest.reduce(ofSquares.sum()) { $0 + ($1 - center) * ($1 - center) }
    settle(center, rest.reduce(deviations.sum()) { $0 + ($1 - center) })
    return true
  }

  /// Takes the moments of others.
  package mutating func merge(_ later: Moments) {
    if later.count == 0 { return }
    if count == 0 { return self = later }
    minimum = min(minimum, later.minimum)
    maximum = max(maximum, later.maximum)
    let share = Double(later.count) / Double(count + later.count), difference = later.mean - mean
    squares += later.squares + difference * difference * (Double(count) * share)
    // A difference may be beyond Double where a mean of both is not.
    mean = mean * (1 - share) + later.mean * share
    count += later.count
  }
}

extension Moments: Codable {
  private enum Key: String, CodingKey { case count, values }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(count, forKey: .count)
    // Without numbers the range has no ends that JSON could hold.
    let values = count == 0 ? [] : [minimum, maximum, mean, squares]
    try container.encode(StoredArray(values), forKey: .values)
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    count = try container.decode(Int.self, forKey: .count)
    let values = try container.decode(StoredArray<Double>.self, forKey: .values).wrappedValue
    if count == 0, values.isEmpty { return }
    guard values.count == 4, !values.contains(where: \.isNaN), values[3] >= 0, 0...1 << 53 ~= count else {
      throw DecodingError.dataCorruptedError(forKey: .values, in: container, debugDescription: "no moments")
    }
    (minimum, maximum, mean, squares) = (values[0], values[1], values[2], values[3])
  }
}
