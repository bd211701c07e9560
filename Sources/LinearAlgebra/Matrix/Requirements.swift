/// Stops the program with `message` when a programmer's error is found, such as shapes that do not fit.
///
/// Unlike `precondition`, which is silent in release builds, this prints its message in every build.
@inlinable
package func require(
  _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) {
  if !condition { fatalError(message(), file: file, line: line) }
}

/// rows · columns, the number of elements; stops the program where a matrix cannot have that shape.
@inlinable
package func elementCount(_ rows: Int, _ columns: Int) -> Int {
  require(rows >= 0 && columns >= 0, "a matrix cannot have the shape \(rows) × \(columns)")
  let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
  require(
    !overflow && count <= Int.max / MemoryLayout<Double>.stride,
    "a \(rows) × \(columns) matrix has more elements than memory can hold")
  return count
}
