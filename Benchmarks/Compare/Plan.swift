/// Which sizes are compared.
struct Plan {
  var rows = [100, 1000, 10_000, 100_000, 1_000_000]
  var features = [2, 10, 100, 1000]

  /// One target is a product of a matrix and a vector, `gemv`; more are a product of matrices, `gemm`.
  var targets = [1, 64]

  /// Everything.
  static let full = Plan()

  /// A look, in a few seconds.
  static let quick = Plan(rows: [100, 10_000], features: [2, 100])

  /// The sizes with this number of targets, from small to large.
  func sizes(targets: Int) -> [Size] {
    rows.flatMap { n in features.map { p in Size(rows: n, features: p, targets: targets) } }
  }

  /// Why a work of this size is left out; nil if it is not.
  func reasonToSkip(_ work: Work, _ size: Size) -> String? {
    if size.rows * size.features > 100_000_000 { return "X above 10⁸ elements" }
    if size.rows * size.targets > 20_000_000 { return "y above 2·10⁷ elements" }
    if work.flops(size) > 3e9 { return "naive above 3·10⁹ flops" }
    return nil
  }

  /// What is left out and why: two lines for each reason, as they stand behind a label of ten columns.
  var skipped: String {
    var reasons: [(reason: String, sizes: [String])] = []
    for size in targets.flatMap(sizes) {
      let (n, p, k) = (size.rows, size.features, size.targets)
      for reason in Set(Work.allCases.compactMap { reasonToSkip($0, size) }) {
        let index = reasons.firstIndex { $0.reason == reason } ?? reasons.endIndex
        if index == reasons.endIndex { reasons.append((reason, [])) }
        reasons[index].sizes.append("\(n) × \(p) × \(k)")
      }
    }
    let indent = "\n" + String(repeating: " ", count: 10)
    let parts = reasons.map { "\($0.reason):\(indent)\($0.sizes.joined(separator: ", "))" }
    return parts.isEmpty ? "nothing" : parts.joined(separator: indent)
  }
}
