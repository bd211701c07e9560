extension SGD {
  /// A setting, by its names. ``all`` is the one list of them: what is saved, compared and told of settings follows it.
  public struct Setting: Equatable, Sendable {
    /// The property's name, such as "batchSize".
    public let name: String

    /// What messages call it, such as "batch size".
    package let words: String

    /// The option of the command that sets it.
    package let option: String

    /// Its value in words.
    package let text: @Sendable (SGD) -> String

    let isSame: @Sendable (SGD, SGD) -> Bool
    fileprivate let encode: @Sendable (SGD, inout KeyedEncodingContainer<Key>) throws -> Void
    fileprivate let decode: @Sendable (inout SGD, KeyedDecodingContainer<Key>) throws -> Void
    private let path: any PartialKeyPath<SGD> & Sendable

    /// All settings, in the order of the properties.
    public static let all: [Setting] = [
      Setting("epochs", \.epochs, "epochs", "--epochs"),
      Setting("batchSize", \.batchSize, "batch size", "--batch-size", absent: "automatic"),
      Setting("learningRate", \.learningRate, "learning rate", "--learning-rate"),
      Setting("momentum", \.momentum, "momentum", "--momentum"),
      Setting("nesterov", \.nesterov, "Nesterov", "--nesterov", text: onOrOff),
      Setting("weightDecay", \.weightDecay, "weight decay", "--weight-decay"),
      Setting("averaging", \.averaging, "average", "--average"),
      Setting("order", \.order, "order", "--order"),
      Setting("seed", \.seed, "seed", "--seed"),
      Setting("tolerance", \.tolerance, "tolerance", "--tolerance", absent: "default"),
      Setting("standardize", \.standardize, "standardisation", "--no-standardize", text: onOrOff),
      Setting("measuresDistance", \.measuresDistance, "distances", "--no-distance", text: onOrOff),
      Setting("validationFraction", \.validationFraction, "validation fraction", "--validation-fraction"),
      Setting("patience", \.patience, "patience", "--patience"),
    ]

    /// The setting of a property.
    package init(_ path: PartialKeyPath<SGD>) {
      guard let setting = Self.all.first(where: { $0.path == path }) else {
        fatalError("\(path) is no setting; this is a bug in swift-linear-regression")
      }
      self = setting
    }

    private init<Value: Codable & Equatable & Sendable>(
      _ name: String, _ path: any WritableKeyPath<SGD, Value> & Sendable, _ words: String, _ option: String,
      text: @escaping @Sendable (Value) -> String = { "\($0)" }
    ) {
      (self.name, self.path, self.words, self.option) = (name, path, words, option)
      self.text = { text($0[keyPath: path]) }
      isSame = { $0[keyPath: path] == $1[keyPath: path] }
      encode = { try $1.encode($0[keyPath: path], forKey: Key(stringValue: name)) }
      decode = { $0[keyPath: path] = try $1.decode(Value.self, forKey: Key(stringValue: name)) }
    }

    /// A setting that may be left open.
    private init<Value: Codable & Equatable & Sendable>(
      _ name: String, _ path: any WritableKeyPath<SGD, Value?> & Sendable, _ words: String, _ option: String,
      absent: String
    ) {
      (self.name, self.path, self.words, self.option) = (name, path, words, option)
      text = { $0[keyPath: path].map { "\($0)" } ?? absent }
      isSame = { $0[keyPath: path] == $1[keyPath: path] }
      encode = { try $1.encodeIfPresent($0[keyPath: path], forKey: Key(stringValue: name)) }
      decode = { $0[keyPath: path] = try $1.decodeIfPresent(Value.self, forKey: Key(stringValue: name)) }
    }

    /// Whether both are the same setting.
    public static func == (a: Setting, b: Setting) -> Bool { a.name == b.name }

    fileprivate struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }
  }
}

@Sendable private func onOrOff(_ isOn: Bool) -> String { isOn ? "on" : "off" }

extension SGD: Codable {
  /// Decodes settings; such as are not allowed are an error.
  public init(from decoder: any Decoder) throws {
    self.init()
    let container = try decoder.container(keyedBy: Setting.Key.self)
    for setting in Setting.all { try setting.decode(&self, container) }
    if let fault {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: fault.described(\.name)))
    }
  }

  /// Encodes all settings but those that are left open.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Setting.Key.self)
    for setting in Setting.all { try setting.encode(self, &container) }
  }
}

extension SGD.Averaging: CustomStringConvertible, Codable {
  /// In words: "none", "all", "tail 0.5".
  public var description: String {
    switch self {
    case .none: "none"
    case .all: "all"
    case .tail(let share): "tail \(share)"
    }
  }

  /// Decodes a share of the steps; 0 for none, 1 for all. One below 0 or above 1 is an error.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer(), share = try container.decode(Double.self)
    guard share >= 0, share <= 1 else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "an average of a share of \(share) of the steps")
    }
    self = share == 0 ? .none : share == 1 ? .all : .tail(share)
  }

  /// Encodes the share of the steps.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .none: try container.encode(0.0)
    case .all: try container.encode(1.0)
    case .tail(let share): try container.encode(share)
    }
  }
}
