internal import LinearAlgebra

extension Cells {
  /// Shades of cells that are not empty.
  static let shades = 6

  /// The shade of each cell, 0 where it is empty, else 1 to 6 in equal steps of the logarithm of the count; as many as
  /// there are cells, whatever the number of counts.
  func shaded() -> [Int] {
    let largest = counts.max() ?? 0
    let step = CLibrary.logarithm(Double(max(2, largest))) / Double(Self.shades)
    return (0..<rows * columns).map { position in
      let count = position < counts.count ? counts[position] : 0
      return count <= 0 ? 0 : min(Self.shades, 1 + Int(CLibrary.logarithm(Double(count)) / step))
    }
  }

  /// Neighbours in a row that have one shade.
  struct Run: Equatable {
    var row: Int
    var columns: Range<Int>
    var shade: Int
  }

  /// The cells that are not empty, those of one shade that touch in a row taken together.
  func runs() -> [Run] {
    let shades = shaded()
    var runs: [Run] = []
    for row in 0..<rows {
      for column in 0..<columns {
        let shade = shades[row * columns + column]
        if shade == 0 { continue }
        if let last = runs.last, last.row == row, last.shade == shade, last.columns.upperBound == column {
          runs[runs.count - 1].columns = last.columns.lowerBound..<column + 1
        } else {
          runs.append(Run(row: row, columns: column..<column + 1, shade: shade))
        }
      }
    }
    return runs
  }
}
