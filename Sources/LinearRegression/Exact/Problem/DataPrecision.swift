/// What is known of the values of the columns.
struct DataPrecision {
  /// Relative precision that each feature's values are stored with: that of their type, but integers are exact in any.
  var features: [Double]

  /// Whether each column of [X y] is known to more digits than it is stored with.
  var isExtended: [Bool]

  /// The error of the values of each column of [X y] where they were rounded when they were read; empty where none
  /// were.
  let roundings: [Double]
}

extension DataPrecision {
  init<Scalar>(_ rows: Rows<Scalar>, roundings: [Double] = []) {
    let sample = rows.sample()
    self.init(
      features: (0..<rows.featureCount).map {
        rows.areIntegers($0, in: sample) ? Double.ulpOfOne : Double(Scalar.ulpOfOne)
      }, isExtended: (0..<rows.columnCount).map(rows.hasLow), roundings: roundings)
  }
}
