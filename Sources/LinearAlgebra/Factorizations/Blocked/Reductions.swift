// What the reductions to tridiagonal and to bidiagonal form have in common: thousands of rounds of some microseconds,
// cut by the shape alone.

/// Parts of a product with a vector at most: it is bound by memory, which some threads are enough for.
let mostProductParts = 8

/// Elements of a matrix that are worth a part of a product with a vector.
let productPartElements = 1 << 15

/// How often a thread looks for another round before it sleeps: what is between two rounds, and the longest task, take
/// less than so many looks.
let reductionPatience = 5000

/// A range of columns or rows of `length` elements cut into parts of a product with a vector.
func productParts(_ range: Range<Int>, each length: Int) -> [Range<Int>] {
  let count = max(1, min(mostProductParts, range.count * length / productPartElements))
  return chunks(range, ((range.count + count - 1) / count + 31) / 32 * 32)
}

/// The side of the blocks that an update of so many columns is cut into.
func updateSide(_ columnCount: Int) -> Int { max(64, min(256, columnCount / 8)) }
