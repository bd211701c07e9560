private import Dispatch
private import LinearRegression
private import Synchronization

/// Ranks that are threads of one process: what several processes do, for tests.
package struct LocalRanks: Communicator {
  package let rank: Int
  package var size: Int { mailboxes.size }
  package var bytesSent: Int { mailboxes.sent[rank].count }
  private let mailboxes: Mailboxes

  /// Runs `body` once for each rank, each time on a thread of its own, and waits for all.
  ///
  /// - Returns: what each rank has returned or thrown. Where a rank has ended, what the others want to receive from it,
  ///   beyond what it has sent, throws ``TabularError/elsewhere``.
  package static func run<Value: Sendable>(
    _ size: Int, _ body: @escaping @Sendable (LocalRanks) throws(TabularError) -> Value
  ) -> [Result<Value, TabularError>] {
    precondition(size > 0, "LocalRanks: there is no rank among \(size)")
    let mailboxes = Mailboxes(size: size), threads = Parallelism.threads
    let results = Mutex([Result<Value, TabularError>?](repeating: nil, count: size)), group = DispatchGroup()
    for rank in 0..<size {
      // A queue of its own: threads of a global one are fewer than ranks can be.
      DispatchQueue(label: "rank \(rank)").async(group: group) {
        let result = Parallelism.$threads.withValue(threads) {
          Result { () throws(TabularError) in try body(LocalRanks(rank: rank, mailboxes: mailboxes)) }
        }
        results.withLock { $0[rank] = result }
        mailboxes.end(rank)
      }
    }
    group.wait()
    return results.withLock { $0.map { $0! } }
  }

  package func send(_ bytes: [UInt8], to rank: Int) throws(TabularError) {
    mailboxes.sent[self.rank].add(bytes.count)
    mailboxes[self.rank, rank].put(bytes)
  }

  package func receive(from rank: Int) throws(TabularError) -> [UInt8] {
    guard let bytes = mailboxes[rank, self.rank].take() else { throw .elsewhere }
    return bytes
  }
}

/// A mailbox for each pair of ranks.
private final class Mailboxes: Sendable {
  let size: Int
  /// Bytes that each rank has sent.
  let sent: [SentBytes]
  private let mailboxes: [Mailbox]

  init(size: Int) {
    self.size = size
    mailboxes = (0..<size * size).map { _ in Mailbox() }
    sent = (0..<size).map { _ in SentBytes() }
  }

  /// The one for messages from a rank to another.
  subscript(sender: Int, receiver: Int) -> Mailbox {
    precondition(
      sender != receiver && (0..<size).contains(sender) && (0..<size).contains(receiver),
      "rank \(sender) cannot send to rank \(receiver) among \(size)")
    return mailboxes[sender * size + receiver]
  }

  /// A rank sends no more.
  func end(_ sender: Int) {
    for receiver in 0..<size where receiver != sender { self[sender, receiver].end() }
  }
}

private final class SentBytes: Sendable {
  private let bytes = Atomic(0)
  var count: Int { bytes.load(ordering: .relaxed) }
  func add(_ count: Int) { bytes.add(count, ordering: .relaxed) }
}

/// Messages from one rank to another, in order.
private final class Mailbox: Sendable {
  private let messages = Mutex<[[UInt8]]>([])
  /// Counts the messages, and the end as one more.
  private let news = DispatchSemaphore(value: 0)

  func put(_ message: [UInt8]) {
    messages.withLock { $0.append(message) }
    news.signal()
  }

  func end() { news.signal() }

  /// Waits for the next message; nil after the last one of a sender that has ended.
  func take() -> [UInt8]? {
    news.wait()
    let message = messages.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    if message == nil { end() }
    return message
  }
}
