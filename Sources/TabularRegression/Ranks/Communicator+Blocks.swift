internal import LinearAlgebra

extension Envelope {
  /// What ranks tell each other.
  static let ofRanks = Envelope(
    formatName: "linreg-rank", version: 1, noun: "message of a rank",
    remedy: "start the same version of the program on all")
}

extension Communicator {
  /// Works on blocks of rows, of which each rank reads its part of the leaves; rank 0 takes what that gives, in the order
  /// of all rows, as if it had read all of them.
  ///
  /// A rank keeps its results until rank 0 has taken those of the ranks before it: in memory, and on its disk where they
  /// are many. Messages of some mebibytes, each of which rank 0 asks for; then those of ``agree(_:)``, so that ranks whose
  /// results were taken know of the failure of another.
  ///
  /// - Parameters:
  ///   - part: the rows of this rank's part.
  ///   - columns: the columns that are read; nil for all.
  ///   - work: works on a block, on any thread of any rank.
  ///   - take: takes the blocks' results, on rank 0.
  /// - Throws: on rank 0 what went wrong first, in the order of the rows; on the others ``TabularError/elsewhere``.
  package func forEachBlock<Result: Codable & Sendable>(
    of part: some TableSource, columns: Set<String>?,
    work: @escaping @Sendable (Table) throws(TabularError) -> Result,
    take: (Result) throws(TabularError) -> Void
  ) throws(TabularError) {
    if size == 1 { return try part.forEachBlock(columns: columns, work: work, take: take) }
    // What the first rows hold is known on all ranks.
    _ = try agree(try part.firstBlock())
    if rank != 0 {
      try tellBlocks(of: part, columns: columns, work: work)
      return try onFirst {}
    }
    var failure: TabularError?
    do throws(TabularError) {
      try part.forEachBlock(columns: columns, work: work, take: take)
    } catch {
      failure = error
    }
    for other in 1..<size {
      do throws(TabularError) {
        if failure != nil { throw .elsewhere }
        while true {
          try send([1], to: other)
          let blocks = try MessageParts.split(Swift.Result(message: receive(from: other)).get())
          if blocks.isEmpty { break }
          do throws(TabularError) {
            for bytes in blocks { try take(Envelope.ofRanks.open(RandomAccessFile(bytes, name: "MPI"))) }
          } catch {
            try send([0], to: other)
            throw error
          }
        }
      } catch {
        if failure != nil { try send([0], to: other) }
        failure = failure ?? error
      }
    }
    try onFirst { () throws(TabularError) in if let failure { throw failure } }
  }

  /// Works on this rank's blocks, and tells rank 0 what that gave when it asks, until it wants no more.
  private func tellBlocks<Result: Codable & Sendable>(
    of part: some TableSource, columns: Set<String>?,
    work: @escaping @Sendable (Table) throws(TabularError) -> Result
  ) throws(TabularError) {
    var log = MessageLog(), failure: TabularError?
    do throws(TabularError) {
      try part.forEachBlock(columns: columns) { (table) throws(TabularError) in
        Envelope.ofRanks.bytes(of: try work(table))
      } take: { (bytes) throws(TabularError) in
        try log.append(bytes)
      }
    } catch {
      failure = error
    }
    while true {
      if try receive(from: 0) != [1] { return }
      let blocks = try log.next()
      if blocks.isEmpty, let failure {
        return try send(Swift.Result(blocks, unless: failure).message(), to: 0)
      }
      try send(Swift.Result<[UInt8], TabularError>.success(blocks).message(), to: 0)
      if blocks.isEmpty { return }
    }
  }
}

/// Messages that wait to be sent, in order: on the disk where they are many.
struct MessageLog {
  /// What is not on the disk yet, as parts of one message.
  private var parts: [[UInt8]] = []
  /// Bytes of these.
  private(set) var bytesWaiting = 0
  private var file: SpillFile?

  /// Bytes of a message, about.
  private static let messageSize = 4 << 20
  private let bytesInMemory: Int

  /// - Parameter bytesInMemory: with so many bytes those that are there are moved to the disk.
  init(bytesInMemory: Int = 64 << 20) { self.bytesInMemory = bytesInMemory }

  mutating func append(_ bytes: [UInt8]) throws(TabularError) {
    parts.append(bytes)
    bytesWaiting += bytes.count
    if bytesWaiting < bytesInMemory { return }
    if file == nil { file = try SpillFile() }
    while !parts.isEmpty { try file?.append(takeMessage()) }
  }

  /// The next message; empty at the end.
  mutating func next() throws(TabularError) -> [UInt8] {
    if let bytes = try file?.next() { return bytes }
    return takeMessage()
  }

  private mutating func takeMessage() -> [UInt8] {
    var size = 0, count = 0
    while count < parts.count, size < Self.messageSize {
      size += parts[count].count
      count += 1
    }
    let message = MessageParts.joined(Array(parts.prefix(count)))
    parts.removeFirst(count)
    bytesWaiting -= size
    return message
  }
}
