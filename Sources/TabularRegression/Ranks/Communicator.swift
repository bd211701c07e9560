/// Processes that work on one computation, called ranks, each with a number from 0.
///
/// What all ranks do together is in extensions: ``reduce(_:encode:decode:join:)``, ``broadcast(_:)``, ``gather(_:)``
/// and ``agree(_:)``. Each is called by every rank at the same place, and either succeeds on all of them or throws on
/// all: on rank 0 the failure of the first rank that has one, on the others ``TabularError/elsewhere``. So a rank that
/// fails within one of them leaves none waiting, and rank 0 can say why the computation has ended.
package protocol Communicator: Sendable {
  /// This process's number, from 0.
  var rank: Int { get }

  /// How many processes there are.
  var size: Int { get }

  /// Bytes that this one has sent.
  var bytesSent: Int { get }

  /// Sends a message to another rank, which receives messages of this one in the order in which they were sent.
  ///
  /// May wait until the other rank receives it: two ranks that send to each other at the same time wait for ever.
  ///
  /// - Throws: ``TabularError/unusable(file:message:)`` where it cannot be sent.
  func send(_ bytes: [UInt8], to rank: Int) throws(TabularError)

  /// Waits for the next message of another rank.
  ///
  /// - Throws: ``TabularError/unusable(file:message:)`` where it cannot be received; ``TabularError/elsewhere`` where
  ///   the other rank has ended.
  func receive(from rank: Int) throws(TabularError) -> [UInt8]
}

extension Communicator {
  /// The part of the leaves of files that this rank reads; nil where it is alone.
  package var part: Part? { size == 1 ? nil : Part(rank + 1, of: size) }
}

/// One process alone, which has nobody to send to.
package struct SingleProcess: Communicator {
  package let rank = 0
  package let size = 1
  package let bytesSent = 0

  package init() {}

  package func send(_ bytes: [UInt8], to rank: Int) throws(TabularError) {
    preconditionFailure("there is no rank \(rank) to send to: the process is alone")
  }

  package func receive(from rank: Int) throws(TabularError) -> [UInt8] {
    preconditionFailure("there is no rank \(rank) to receive from: the process is alone")
  }
}
