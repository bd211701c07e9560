/// A setting of a method that has a value it cannot have.
public struct SettingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// One line: the setting, its value, and the rule.
  public let description: String

  package init(_ description: String) { self.description = description }
}
