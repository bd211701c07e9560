private import Foundation

/// A folder of a test's own, removed when the test lets go of it.
public final class TemporaryFolder: Sendable {
  private let root: String

  /// Creates the folder.
  public init() {
    root = FileManager.default.temporaryDirectory.appendingPathComponent("linreg-\(UUID().uuidString)").path
    try! FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
  }

  /// The path of a file in the folder.
  public func path(_ name: String) -> String { "\(root)/\(name)" }

  deinit { try? FileManager.default.removeItem(atPath: root) }
}
