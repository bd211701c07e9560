private import CMessagePassing
private import Synchronization

/// The processes that an MPI launcher (`mpirun`, `mpiexec`, `srun`) has started, by the launcher's MPI library, which
/// is loaded at run time (Message Passing Interface Forum: MPI: A Message-Passing Interface Standard, version 3.1,
/// 2015).
///
/// One thread makes all calls: the one that makes the communicator. While a message is awaited the thread sleeps, and
/// leaves its core to others.
///
/// No rank waits for ever for one that is gone: where a process ends without ``finish()`` the launcher ends all others.
/// So a rank that fails outside of what all ranks do together calls ``abort(status:)``; after a failure that all ranks
/// know of, each calls ``finish()``, rank 0 when it has said why, and then ends.
package final class MPICommunicator: Communicator {
  package let rank: Int
  package let size: Int
  private let pieceSize: Int
  private let sent = Atomic(0)

  /// Messages of at most so many bytes go with their size: MPI libraries take them before they are received.
  private static let shortSize = 1024

  /// What a message of MPI's is.
  private enum Tag: Int32 {
    /// The size of a message in 8 bytes, and after it the message if it is short.
    case size = 1
    /// Nothing: the receiver of a longer message has begun to receive it.
    case ready
    /// A piece of a longer message.
    case piece
  }

  /// Whether a launcher has started this process, with others or as the only one.
  package static var isLaunched: Bool { MPILauncher.current != nil }

  /// The number of this process as the launcher tells it, before MPI has started; nil where it does not.
  package static var launchedRank: Int? { MPILauncher.current?.rank }

  /// Bytes that this rank has sent, with what tells their sizes.
  package var bytesSent: Int { sent.load(ordering: .relaxed) }

  /// Loads the launcher's library, or that which LINREG_MPI_LIBRARY names, and starts MPI: once in a process.
  ///
  /// - Parameter pieceSize: the most bytes that MPI gets at a time; its counts are below 2³¹.
  /// - Throws: ``TabularError/unusable(file:message:)`` where no library can be loaded or MPI does not start, or the
  ///   library is not the launcher's: then each process would be rank 0 of 1.
  package init(pieceSize: Int = 1 << 30) throws(TabularError) {
    precondition(
      0 < pieceSize && pieceSize <= Int(Int32.max), "MPICommunicator: pieces of \(pieceSize) bytes")
    let launcher = MPILauncher.current ?? .unknown
    let library = try Self.load(launcher.libraries)
    var rank: Int32 = 0, size: Int32 = 0
    try Self.check(message_passing_start(&rank, &size))
    (self.rank, self.size, self.pieceSize) = (Int(rank), Int(size), pieceSize)
    if let started = launcher.size, started != Int(size) {
      let message = "\(started) processes were started, but \(library) knows of \(size)"
      throw .unusable(
        file: "MPI", message: "\(message); name the launcher's library in LINREG_MPI_LIBRARY")
    }
  }

  /// Loads the first library that can be loaded; which one.
  private static func load(_ libraries: [String]) throws(TabularError) -> String {
    var reasons: [String] = []
    for library in libraries {
      guard let reason = message_passing_load(library) else { return library }
      reasons.append(String(cString: reason))
    }
    throw .unusable(
      file: "MPI",
      message:
        "\(reasons.joined(separator: "; ")); install the launcher's MPI library (Debian: openmpi-bin or mpich), "
        + "name it in LINREG_MPI_LIBRARY, or start one process without the launcher")
  }

  /// Sends the message's size, and with it the message if it has at most 1 KiB. Otherwise the receiver answers when it
  /// receives, and then the message follows in pieces: a thread that waits for the answer sleeps, whereas MPI's own
  /// functions would keep the core busy until the receiver has done its work.
  package func send(_ bytes: [UInt8], to rank: Int) throws(TabularError) {
    let isShort = bytes.count <= Self.shortSize
    try transmit(MessageParts.size(bytes.count)[...] + (isShort ? bytes : []), to: rank, .size)
    if isShort { return }
    try accept(UnsafeMutableRawBufferPointer(start: nil, count: 0), from: rank, .ready)
    for start in stride(from: 0, to: bytes.count, by: pieceSize) {
      try transmit(bytes[start..<min(start + pieceSize, bytes.count)], to: rank, .piece)
    }
  }

  package func receive(from rank: Int) throws(TabularError) -> [UInt8] {
    let start = try Self.bytes(room: 8 + Self.shortSize) { (buffer) throws(TabularError) in
      try acceptSome(buffer, from: rank, .size)
    }
    guard let size = MessageParts.size(start[...]) else { throw .unreadableMessage }
    if size <= Self.shortSize {
      if start.count != 8 + size { throw .unreadableMessage }
      return Array(start.dropFirst(8))
    }
    try transmit([], to: rank, .ready)
    return try Self.bytes(room: size) { (buffer) throws(TabularError) in
      for start in stride(from: 0, to: size, by: pieceSize) {
        let piece = buffer[start..<min(start + pieceSize, size)]
        try accept(UnsafeMutableRawBufferPointer(rebasing: piece), from: rank, .piece)
      }
      return size
    }
  }

  /// Ends MPI, which waits for the other ranks to do so too. Nothing is sent or received any more.
  package func finish() throws(TabularError) { try Self.check(message_passing_finish()) }

  /// Ends the processes of all ranks; the launcher's status is the one that is given.
  package func abort(status: Int32) -> Never { message_passing_abort(status) }

  /// Ends the processes of all ranks where MPI has not started, so that they do not wait for this one: where the
  /// launcher does not do so by itself when a process ends with another status than 0.
  package static func abortWithoutLibrary() { MPILauncher.abort() }

  // MARK: Messages of MPI's

  private func transmit(_ bytes: ArraySlice<UInt8>, to rank: Int, _ tag: Tag) throws(TabularError) {
    try Self.check(
      bytes.withUnsafeBytes {
        message_passing_send($0.baseAddress, Int32($0.count), Int32(rank), tag.rawValue)
      })
    sent.add(bytes.count, ordering: .relaxed)
  }

  /// Receives a message of MPI's that fills the buffer.
  private func accept(
    _ buffer: UnsafeMutableRawBufferPointer, from rank: Int, _ tag: Tag
  ) throws(TabularError) {
    if try acceptSome(buffer, from: rank, tag) != buffer.count { throw .unreadableMessage }
  }

  /// Receives a message of MPI's into the buffer; how many bytes it has.
  private func acceptSome(
    _ buffer: UnsafeMutableRawBufferPointer, from rank: Int, _ tag: Tag
  ) throws(TabularError) -> Int {
    var count: Int32 = 0
    try Self.check(
      message_passing_receive(
        buffer.baseAddress, Int32(buffer.count), Int32(rank), tag.rawValue, &count))
    return Int(count)
  }

  /// Bytes that `fill` writes into memory for at most so many; it returns how many. The memory is not set to zero
  /// first.
  private static func bytes(
    room: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(TabularError) -> Int
  ) throws(TabularError) -> [UInt8] {
    var failure: TabularError?
    let bytes = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      do throws(TabularError) {
        count = try fill(UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: room))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Throws what a call has said that has failed.
  private static func check(_ fault: UnsafePointer<CChar>?) throws(TabularError) {
    if let fault { throw .unusable(file: "MPI", message: String(cString: fault)) }
  }
}
