/// Stops the program with `message` when a programmer's error is found, such as shapes that do not fit.
///
/// Unlike `precondition`, which is silent in release builds, this prints its message in every build.
@inlinable
package func require(
  _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) {
  if !condition { fatalError(message(), file: file, line: line) }
}
