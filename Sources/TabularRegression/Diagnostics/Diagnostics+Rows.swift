internal import LinearAlgebra
internal import LinearRegression

extension Diagnostics {
  /// Takes a block of rows in.
  mutating func add(
    _ model: FittedModel, _ block: Table, weights: String?, _ policies: FittedModel.Policies
  ) throws(TabularError) {
    let found = try ResidualRows(model, block, weights: weights, policies, unit: fit.unit)
    let rows = found.features
    rowsRead += block.rowCount
    unestimable.merge(model.tally(rows.unestimable, block))
    missingRows += block.rowCount - rows.design.y.rowCount - rows.unestimable.reduce(0) { $0 + $1.rows.count }
    rowsWithoutWeight += rows.design.y.rowCount - found.rows.count
    profiles = try Self.profiles(model, block, target: fit.target)
    add(found)
    try addColumns(model, found)
  }

  private mutating func add(_ rows: ResidualRows) {
    let (fitted, scaled) = (rows.fitted, rows.scaled), r = rows.leverages.isEmpty ? scaled : rows.standardized
    observations += fitted.count
    residuals.add(fitted, scaled)
    means.add(fitted, scaled.map { min(max($0, -1e100), 1e100) })
    spreads.add(fitted, scaled.map { min(abs($0), 1e100).squareRoot() })
    scales.add(fitted, scaled.map { abs($0).squareRoot() })
    scaledHistogram.add(scaled, scaled.map { min(max($0, -1e100), 1e100) })
    predictions.add(fitted, rows.observed)
    neighbours.add(Array(scaled.dropLast()), Array(scaled.dropFirst()))
    moments.merge(ResidualMoments(scaled, neighbours: rows.neighbours))
    squaresByFitted.merge(Comoments(fitted, scaled.map { min($0 * $0, 1e100) }))
    fittedMoments.merge(Moments(fitted))
    observedMoments.merge(Moments(rows.observed))
    if !rows.leverages.isEmpty { addLeverages(rows) }
    for row in scaled.indices {
      largestScaled.add(abs(scaled[row]), rows.diagnosed(row, fit))
      largestStandardized.add(abs(r[row]), rows.diagnosed(row, fit))
    }
    if var few = fewRows, few.count + fitted.count <= Self.fewRowsLimit {
      few += fitted.indices.map { rows.diagnosed($0, fit) }
      fewRows = few
    } else {
      fewRows = nil
    }
  }

  private mutating func addLeverages(_ rows: ResidualRows) {
    let full = rows.leverages.count { $0 >= ResidualRows.fullLeverage }
    let used = rows.leverages.indices.filter { full == 0 || rows.leverages[$0] < ResidualRows.fullLeverage }
    fullLeverageRows += full
    let fitted = full == 0 ? rows.fitted : used.map { rows.fitted[$0] }
    let r = used.map { min(max(rows.standardized[$0], -1e100), 1e100) }
    standardizedSpreads.add(fitted, r.map { abs($0).squareRoot() })
    standardizedHistogram.add(r, r)
    standardizedSquaresByFitted.merge(Comoments(fitted, r.map { min($0 * $0, 1e100) }))
    // A row of zeros without an intercept has leverage 0.
    influence.add(used.map { max(-40, CLibrary.binaryLogarithm(rows.leverages[$0])) }, r)
    leverageMoments.merge(Moments(rows.leverages))
    for row in used {
      mostInfluential.add(rows.cooksDistance(row, rank: fit.rank), rows.diagnosed(row, fit))
    }
    for (row, leverage) in rows.leverages.enumerated() {
      largestLeverages.add(leverage, rows.diagnosed(row, fit))
    }
  }

  /// Residuals by the columns of the table.
  private mutating func addColumns(_ model: FittedModel, _ rows: ResidualRows) throws(TabularError) {
    let block = BinnedResiduals.Block(rows.scaled), areAll = rows.rows.count == rows.block.rowCount
    for index in features.indices {
      let numbers = try rows.block.numbers(features[index].name)
      let fill = model.design.sources.first { $0.name == features[index].name }?.fill
      if areAll && fill == nil {
        let moments = profiles.first { $0.name == features[index].name }?.moments
        features[index].add(
          numbers, block, range: moments.flatMap { $0.count > 0 ? $0.minimum...$0.maximum : nil },
          areFew: fewRows != nil)
      } else {
        features[index].add(
          rows.rows.map { numbers[$0].isNaN ? fill ?? .nan : numbers[$0] }, block, areFew: fewRows != nil)
      }
    }
    for index in levels.indices {
      if case .words(let words) = try rows.block.find(levels[index].name).values {
        levels[index].add(words, rows)
      }
    }
  }

  /// Takes what follows in.
  mutating func merge(_ later: Diagnostics) {
    observations += later.observations
    missingRows += later.missingRows
    unestimable.merge(later.unestimable)
    fullLeverageRows += later.fullLeverageRows
    rowsWithoutWeight += later.rowsWithoutWeight
    residuals.merge(later.residuals)
    means.merge(later.means)
    spreads.merge(later.spreads)
    standardizedSpreads.merge(later.standardizedSpreads)
    scales.merge(later.scales)
    scaledHistogram.merge(later.scaledHistogram)
    standardizedHistogram.merge(later.standardizedHistogram)
    predictions.merge(later.predictions)
    influence.merge(later.influence)
    neighbours.merge(later.neighbours)
    moments.merge(later.moments)
    squaresByFitted.merge(later.squaresByFitted)
    standardizedSquaresByFitted.merge(later.standardizedSquaresByFitted)
    leverageMoments.merge(later.leverageMoments)
    fittedMoments.merge(later.fittedMoments)
    observedMoments.merge(later.observedMoments)
    for index in levels.indices { levels[index].merge(later.levels[index]) }
    mostInfluential.merge(later.mostInfluential)
    largestStandardized.merge(later.largestStandardized)
    largestScaled.merge(later.largestScaled)
    largestLeverages.merge(later.largestLeverages)
    fewRows = fewRows.flatMap { few in
      later.fewRows.flatMap { few.count + $0.count <= Self.fewRowsLimit ? few + $0 : nil }
    }
    for index in features.indices {
      features[index].merge(later.features[index])
      if fewRows == nil { features[index].values = [] }
    }
    for index in profiles.indices where index < later.profiles.count {
      profiles[index].merge(later.profiles[index])
    }
    if profiles.isEmpty { profiles = later.profiles }
    rowsRead += later.rowsRead
  }

  private static func profiles(
    _ model: FittedModel, _ block: Table, target: String
  ) throws(TabularError) -> [ColumnProfile] {
    // A column that determines the target leaves next to nothing over.
    let targets = model.statistics.rSquared ?? 0 > 1 - 1e-9 ? try? block.numbers(target) : nil
    let names = model.design.tableColumns(for: .evaluation)
    return block.columns.filter { names.contains($0.name) }.map {
      ColumnProfile($0, in: block, target: $0.name == target ? nil : targets)
    }
  }
}
