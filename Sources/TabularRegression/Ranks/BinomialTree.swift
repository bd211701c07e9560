/// A rank's neighbours in the binomial tree whose root is rank 0.
///
/// At the step s = 1, 2, 4, … rank r with r mod 2s = s hands what it has to rank r − s. When rank r has heard all its
/// children, in order, it has what ranks r ..< r + 2s have that follow each other, and none is more than ⌈log₂ n⌉ steps
/// from the root (Knuth, The Art of Computer Programming, vol. 1, 2.3.1).
struct BinomialTree {
  /// The rank that this one hands over to; nil for rank 0.
  let parent: Int?

  /// The ranks that hand over to this one, ascending.
  let children: [Int]

  /// The neighbours of a rank among n = `size`.
  ///
  /// - Complexity: O(log n).
  init(rank: Int, size: Int) {
    var step = 1, children: [Int] = []
    while step < size, rank % (2 * step) == 0 {
      if rank + step < size { children.append(rank + step) }
      step *= 2
    }
    self.children = children
    parent = rank == 0 ? nil : rank - step
  }
}
