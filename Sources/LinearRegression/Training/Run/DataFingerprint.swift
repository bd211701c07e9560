internal import LinearAlgebra

/// Tells data sets apart: shape, and a hash of all values.
struct DataFingerprint: Equatable, Sendable, Codable {
  let rows: Int
  let features: Int
  let targets: Int
  let hash: UInt64

  /// - Complexity: O(n (p + k)), one pass on all cores.
  init<Scalar>(_ rows: Rows<Scalar>) {
    self.rows = rows.rowCount
    features = rows.featureCount
    targets = rows.targetCount
    let blockRows = rowsPerCacheBlock(rowBytes: rows.columnCount * MemoryLayout<Scalar>.stride)
    hash = RowPass(rows: rows.rowCount, blockRows: blockRows).reduce(rows) { ValueHash<Scalar>() }.value
  }
}

/// A hash of values: four multiply-and-rotate lanes, so that it keeps up with memory. Not for protection against
/// forgery.
private struct ValueHash<Scalar: BLASScalar>: Reduction {
  var value: UInt64 = 0x9E37_79B9_7F4A_7C15

  mutating func add(_ block: Rows<Scalar>, _: inout Void) {
    take(block.X, block.rowCount * block.featureCount)
    take(block.y, block.rowCount * block.targetCount)
    take(block.weights, block.weights == nil ? 0 : block.rowCount)
  }

  private mutating func take(_ values: UnsafePointer<Scalar>?, _ count: Int) {
    guard let values, count > 0 else { return }
    let bytes = UnsafeRawBufferPointer(start: values, count: count * MemoryLayout<Scalar>.stride)
    var lanes = (value, value ^ 1, value ^ 2, value ^ 3)
    func mixed(_ lane: UInt64, _ word: UInt64) -> UInt64 {
      let product = (lane ^ word) &* 0x9FB2_1C65_1E98_DF25
      return product ^ (product >> 35)
    }
    var offset = 0
    while offset + 32 <= bytes.count {
      func word(_ i: Int) -> UInt64 { bytes.loadUnaligned(fromByteOffset: offset + 8 * i, as: UInt64.self) }
      lanes = (
        mixed(lanes.0, word(0)), mixed(lanes.1, word(1)), mixed(lanes.2, word(2)), mixed(lanes.3, word(3))
      )
      offset += 32
    }
    while offset < bytes.count {
      lanes.0 = mixed(lanes.0, UInt64(bytes[offset]))
      offset += 1
    }
    for lane in [lanes.0, lanes.1, lanes.2, lanes.3] { value = mixed(value, lane) }
  }

  mutating func merge(_ later: ValueHash) {
    let product = (value ^ later.value) &* 0x9FB2_1C65_1E98_DF25
    value = product ^ (product >> 29)
  }
}
