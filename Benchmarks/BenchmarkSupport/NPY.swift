import Foundation
public import LinearRegression

extension Matrix {
  /// Reads a NumPy file of version 1 with little-endian `Float` or `Double` in C order, as the peers' data are. A
  /// vector becomes one column.
  public init(npy path: String) throws {
    let bytes = try Data(contentsOf: URL(filePath: path), options: .alwaysMapped)
    let type = Scalar.self == Float.self ? "<f4" : "<f8"
    guard bytes.count > 10, bytes[6] == 1 else { throw NPYError(path: path, expected: "version 1") }
    let start = 10 + Int(bytes[8]) + 256 * Int(bytes[9])
    let header = String(decoding: bytes[10..<start], as: UTF8.self)
    guard header.contains("'descr': '\(type)'"), header.contains("'fortran_order': False"),
      let shape = header.firstMatch(of: /\((\d+),(?: (\d+))?\)/), let rows = Int(shape.1)
    else { throw NPYError(path: path, expected: "\(type) in C order") }
    let columns = shape.2.flatMap { Int($0) } ?? 1
    let elements = [Scalar](unsafeUninitializedCapacity: rows * columns) { buffer, count in
      count = bytes[start...].copyBytes(to: buffer) / MemoryLayout<Scalar>.stride
    }
    self.init(rows: rows, columns: columns, elements: elements)
  }
}

/// A file that is not as the benchmark's data are.
public struct NPYError: Error, CustomStringConvertible {
  let path: String
  let expected: String

  /// One line.
  public var description: String { "\(path): not a NumPy file of \(expected)" }
}
