/// Rows that are read in blocks, in constant memory.
package protocol TableSource: Sendable {
  /// Where they come from, for messages.
  var source: String { get }

  /// Names of the columns, in the file's order.
  var columnNames: [String] { get }

  /// The matrix that the rows are, where they are one.
  var matrix: NPYFile? { get }

  /// The leaves of the files that they come from, and which of them are read.
  var division: Division { get }

  /// Makes sure that they can be read twice: of a pipe's a copy is kept on the disk. Called before the first reading,
  /// if at all.
  ///
  /// - Throws: ``TabularError`` where there is no place for a copy.
  func prepareToRepeat() throws(TabularError)

  /// The first rows of all leaves; those that are read are read again by ``forEachBlock(columns:work:take:)``.
  func firstBlock() throws(TabularError) -> Table

  /// Reads all rows, on all cores.
  ///
  /// - Parameters:
  ///   - columns: the columns that are read; nil for all.
  ///   - work: works on a block, on any thread.
  ///   - take: takes what that gave in the rows' order, on the caller's thread.
  func forEachBlock<Result: Sendable>(
    columns: Set<String>?, work: @escaping @Sendable (Table) throws(TabularError) -> Result,
    take: (Result) throws(TabularError) -> Void
  ) throws(TabularError)
}

extension TableSource {
  /// The matrix that the rows are, where they are one.
  package var matrix: NPYFile? { nil }
}

extension TableReader: TableSource {
  package func forEachBlock<Result: Sendable>(
    columns: Set<String>?, work: @escaping @Sendable (Table) throws(TabularError) -> Result,
    take: (Result) throws(TabularError) -> Void
  ) throws(TabularError) {
    try forEachBlock(columns: columns, threads: Parallelism.threads, work: work, take: take)
  }
}
