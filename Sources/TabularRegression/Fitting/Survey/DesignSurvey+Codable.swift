internal import LinearRegression

// What a survey counts is kept in the order of the formula's columns, which are found again as the survey is made.
extension DesignSurvey: Codable {
  private enum Key: String, CodingKey {
    case formula, columns, weights, weightKind, missing, source, rows, droppedRows, summaries, centers,
      polynomials, samples, fault
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(formula.text, forKey: .formula)
    try container.encode(tableColumns, forKey: .columns)
    try container.encodeIfPresent(weights, forKey: .weights)
    if weightKind != .analytic { try container.encode(weightKind, forKey: .weightKind) }
    try container.encode(missing, forKey: .missing)
    try container.encode(source, forKey: .source)
    try container.encode(rowCount, forKey: .rows)
    try container.encode(droppedRows, forKey: .droppedRows)
    try container.encode(used.map { summaries[$0]! }, forKey: .summaries)
    try container.encode(sortedCenters.map { centers[$0]! }, forKey: .centers)
    try container.encode(sortedPolynomials.map { polynomials[$0]! }, forKey: .polynomials)
    if !samples.isEmpty {
      try container.encode(sortedSamples.map { StoredArray(samples[$0]!) }, forKey: .samples)
    }
    try container.encodeIfPresent(missingFault, forKey: .fault)
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    try self.init(
      Formula(container.decode(String.self, forKey: .formula)),
      columns: container.decode([String].self, forKey: .columns),
      weights: container.decodeIfPresent(String.self, forKey: .weights),
      weightKind: container.decodeIfPresent(WeightKind.self, forKey: .weightKind) ?? .analytic,
      missing: container.decode(MissingPolicy.self, forKey: .missing),
      source: container.decode(String.self, forKey: .source))
    let fits = take(
      rows: (
        try container.decode(Int.self, forKey: .rows), try container.decode(Int.self, forKey: .droppedRows)
      ),
      try container.decode([ColumnSummary].self, forKey: .summaries),
      try container.decode([Moments].self, forKey: .centers),
      try container.decode([PowerTriangle].self, forKey: .polynomials),
      (try container.decodeIfPresent([StoredArray<Double>].self, forKey: .samples) ?? []).map(\.wrappedValue),
      try container.decodeIfPresent(MissingFault.self, forKey: .fault))
    if !fits {
      throw DecodingError.dataCorruptedError(
        forKey: .summaries, in: container, debugDescription: "not of the columns of the formula")
    }
  }
}

extension DesignSurvey {
  /// The height of the rows in a ``MergeTree``: a hash of what was found in them.
  var height: UInt64 {
    var hash = LeafHash(UInt64(rowCount))
    for name in used { summaries[name]!.add(to: &hash) }
    for operand in sortedCenters { hash.mix(centers[operand]!.mean) }
    return hash.value
  }
}
