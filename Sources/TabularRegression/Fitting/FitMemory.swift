internal import LinearRegression

/// The memory that a fit of many columns takes: p columns are reduced to triangles of p² numbers, and rows are p
/// numbers each. It is told before it is asked for, and refused where it is more than there is.
package enum FitMemory {
  /// Bytes that a fit may take; nil for what the machine has free.
  @TaskLocal package static var limit: Int?

  /// Bytes that the machine could hand out when this was first asked, without taking memory from other programs, as
  /// Linux estimates them: what a fit takes itself is not free later. Nil where the system does not tell.
  static let available: Int? = {
    guard let bytes = try? Files.read("/proc/meminfo") else { return nil }
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count >= 2, words[0] == "MemAvailable:", let kilobytes = Int(words[1]) {
        return kilobytes << 10
      }
    }
    return nil
  }()

  /// What a fit takes at its peak.
  struct Need {
    /// Columns of X; without those of a category that is taken out of the rows.
    var features: Int
    /// Columns of y.
    var targets = 1
    /// Levels of that category.
    var levels = 0
    /// Rows whose columns are formed at a time.
    var rows = 0
    /// Triangles, or matrices of as many columns, at a time.
    var triangles: Int

    /// 8 bytes for each number; levels have their means in the two factors that are merged, and in the fit.
    var bytes: Double {
      let p = Double(features + targets + 1)
      return 8 * p * (p * Double(triangles) + Double(rows) + 3 * Double(levels))
    }
  }

  /// Throws where a fit would take more than it may.
  ///
  /// - Parameters:
  ///   - need: what it takes.
  ///   - widest: the category that has the most levels, and their number; nil for none.
  ///   - source: where the rows come from.
  static func check(
    _ need: Need, widest: (column: String, levels: Int)?, source: String
  ) throws(TabularError) {
    try check(bytes: need.bytes, source: source) {
      let category = widest.map { ", for column \"\(printable($0.column))\" has \($0.levels) levels" } ?? ""
      return "the design has \(need.features + need.levels) columns\(category); the fit"
    }
  }

  /// Throws where something would take more than it may.
  ///
  /// - Parameters:
  ///   - bytes: what it takes.
  ///   - source: where the rows come from.
  ///   - remedy: what to do.
  ///   - subject: what it is, and why it is so large.
  static func check(
    bytes: Double, source: String, remedy: String = "leave columns out, join levels", _ subject: () -> String
  ) throws(TabularError) {
    // So little is there, and the system need not be asked.
    if limit == nil, bytes < 0x1p28 { return }
    guard let most = limit ?? available, bytes > Double(most) else { return }
    throw .unusable(
      file: source,
      message:
        "\(subject()) would take \(amount(bytes)), and \(amount(Double(most))) \(limit == nil ? "are free" : "are allowed"): \(remedy), or allow more memory"
    )
  }

  /// "2.5 GB"
  static func amount(_ bytes: Double) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB"]
    var value = bytes, unit = 0
    while value >= 1000, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
    return "\(formatted(value, significantDigits: 3)) \(units[unit])"
  }
}

extension Design {
  /// The category with the most levels among some variables, and their number; nil where there is none.
  static func widest(_ variables: [ResolvedVariable]) -> (column: String, levels: Int)? {
    let categories = variables.compactMap { variable in
      variable.variable.levelColumn.flatMap { name in variable.levels.map { (column: name, levels: $0.count) }
      }
    }
    return categories.max { $0.levels < $1.levels }
  }

  /// Throws where a fit of the design would take more memory than it may.
  ///
  /// - Parameters:
  ///   - absorption: the category that has no columns; nil for none.
  ///   - rows: rows whose columns are formed at a time.
  ///   - triangles: matrices of p² numbers at a time.
  func checkMemory(
    _ absorption: Absorption?, rows: Int, triangles: Int, source: String
  ) throws(TabularError) {
    let absorbed = absorption?.columns.count ?? 0
    // Levels that are not known yet are checked as they come.
    let levels = absorption.map { $0.isOpen ? 0 : $0.columns.levels } ?? 0
    let need = FitMemory.Need(
      features: columns.count - absorbed, targets: targets.count, levels: levels, rows: rows,
      triangles: triangles)
    try FitMemory.check(need, widest: Self.widest(variables), source: source)
  }
}

extension LeastSquares {
  /// Triangles that a fit in memory has at a time: sums, the problem, its inverse, and once more where the first way is
  /// not accurate; with singular values three more, and LAPACK's room for four.
  var trianglesInMemory: Int { ridgePenalty > 0 || solver == .svd || redundancy == .minimumNorm ? 10 : 6 }
}
