internal import CText
internal import Dispatch
private import Synchronization

/// The blocks that threads ask for, and what the columns' fields are above each.
///
/// A block is read before it is known what the fields above it are. Only where a column may still be undecided does a
/// thread wait for the block above, and reads its own again if it was wrong.
final class BlockInput: Sendable {
  /// A block, or why there is none, and its turn to say what its columns' fields are.
  struct Piece: Sendable {
    let index: Int
    let block: Result<TextBlock, TabularError>
    /// Signalled when all blocks above have had their turn; nil for the first.
    let turn: DispatchSemaphore?
    /// To be signalled when this block has had its turn.
    let nextTurn: DispatchSemaphore
  }

  private struct State {
    var blocks: TextBlocks
    var isAtEnd = false
    var index = 0
    var turn: DispatchSemaphore?
  }

  private let state: Mutex<State>
  private let kinds: Mutex<[ColumnKind]>
  private let spare: SpareBuffers

  init(_ blocks: TextBlocks, _ kinds: [ColumnKind]) {
    spare = blocks.spare
    state = Mutex(State(blocks: blocks))
    self.kinds = Mutex(kinds)
  }

  /// The next block; nil at the end.
  func next() -> Piece? {
    state.withLock { state in
      if state.isAtEnd { return nil }
      let nextTurn = DispatchSemaphore(value: 0)
      defer { (state.index, state.turn) = (state.index + 1, nextTurn) }
      do throws(TabularError) {
        guard let block = try state.blocks.next() else {
          state.isAtEnd = true
          return nil
        }
        return Piece(index: state.index, block: .success(block), turn: state.turn, nextTurn: nextTurn)
      } catch {
        state.isAtEnd = true
        return Piece(index: state.index, block: .failure(error), turn: state.turn, nextTurn: nextTurn)
      }
    }
  }

  /// Reads a block into a table.
  func parse(_ piece: Piece, by parser: BlockParser) throws(TabularError) -> Table {
    defer { piece.nextTurn.signal() }
    let block = try piece.block.get()
    defer { spare.put(block.bytes) }
    let assumed = kinds.withLock { $0 }
    var found = assumed
    let table = try parser.parse(block, &found)
    if !parser.mayDecide(assumed) { return table }
    piece.turn?.wait()
    let above = kinds.withLock { $0 }
    // Fields that are all missing have been read as numbers.
    let isRight = zip(above, found).allSatisfy { above, found in
      above == text_undecided || above == found || above == text_numbers && found == text_undecided
    }
    if isRight {
      kinds.withLock { $0 = zip(above, found).map { $1 == text_undecided ? $0 : $1 } }
      return table
    }
    found = above
    let again = try parser.parse(block, &found)
    kinds.withLock { $0 = found }
    return again
  }
}
