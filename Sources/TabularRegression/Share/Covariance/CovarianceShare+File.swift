internal import LinearRegression

extension CovarianceShare {
  static let envelope = Envelope(
    formatName: "linreg-scores", version: 1, noun: "share of a covariance",
    remedy: "make it again with vcov -o")

  /// Whether a regular file is such a share.
  package static func begins(_ path: String) -> Bool { envelope.begins(path) }

  /// Writes a file: whole, or not at all.
  ///
  /// - Throws: ``TabularError/file(path:operation:reason:)``; a file that was there before is then as it was.
  public func write(to path: String) throws(TabularError) { try Self.envelope.write(self, to: path) }

  /// Reads a file.
  ///
  /// - Parameter path: the file, or "-" for standard input.
  /// - Throws: ``TabularError``: a file that cannot be read, is damaged or truncated, belongs to another version, or is
  ///   no share of a covariance.
  public init(contentsOf path: String) throws(TabularError) { try self.init(Self.envelope.file(path)) }

  var fileBytes: [UInt8] { Self.envelope.bytes(of: self) }

  init(_ file: RandomAccessFile) throws(TabularError) { self = try Self.envelope.open(file) }
}

extension CovarianceShare: Codable {
  private enum Key: String, CodingKey { case estimator, fit, coordinates, reading }

  /// Encodes what the share's file holds.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(estimator, forKey: .estimator)
    try container.encode(fit, forKey: .fit)
    try container.encode(coordinates, forKey: .coordinates)
    try container.encode(reading, forKey: .reading)
    try sums.encode(to: encoder)
  }

  /// Decodes a share; whatever does not fit together is an error.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let estimator = try container.decode(CovarianceEstimator.self, forKey: .estimator)
    let coordinates = try container.decode([Int].self, forKey: .coordinates)
    self.init(
      estimator, fit: try container.decode(String.self, forKey: .fit), coordinates: coordinates,
      reading: try container.decode(String.self, forKey: .reading),
      try SavedLeaves(from: decoder, join: { $0.merge($1) }) {
        $0.areSums(of: estimator, coordinates: coordinates)
      })
    try container.check(rowCount <= 0x1p53, .coordinates, "more rows than can be counted")
  }
}
