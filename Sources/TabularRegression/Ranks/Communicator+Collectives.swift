extension Communicator {
  /// The values of all ranks joined in the order of the ranks, on rank 0; nil on the others.
  ///
  /// What is joined is always a range of ranks and the range that follows it. With n ranks the order and the grouping
  /// are the same in every run, so that sums of floating-point numbers are too; another n groups otherwise.
  ///
  /// n − 1 messages with values go up a binomial tree, in ⌈log₂ n⌉ steps: every rank but 0 sends what it has joined
  /// once. Then n − 1 messages with a byte, or an error, go down.
  ///
  /// - Parameters:
  ///   - value: this rank's value; where it throws, all ranks throw.
  ///   - encode: the bytes of a value, asked of every rank but 0.
  ///   - decode: the value of such bytes.
  ///   - join: joins the value of later ranks to that of earlier ones.
  /// - Throws: on rank 0 what the first rank that failed has thrown, be it in `value`, `encode`, `decode` or `join`; on
  ///   the others ``TabularError/elsewhere``.
  package func reduce<Value>(
    _ value: @autoclosure () throws(TabularError) -> Value,
    encode: (Value) throws(TabularError) -> [UInt8], decode: ([UInt8]) throws(TabularError) -> Value,
    join: (inout Value, Value) throws(TabularError) -> Void
  ) throws(TabularError) -> Value? {
    let tree = BinomialTree(rank: rank, size: size)
    var total: Value?, failure: TabularError?
    // After a failure nothing is computed, but messages go on: others wait for them.
    func attempt(_ work: () throws(TabularError) -> Void) {
      if failure != nil { return }
      do throws(TabularError) { try work() } catch { failure = error }
    }
    attempt { () throws(TabularError) in total = try value() }
    for child in tree.children {
      let message = try receive(from: child)
      attempt { () throws(TabularError) in
        try join(&total!, try decode(try Result(message: message).get()))
      }
    }
    if let parent = tree.parent {
      var bytes: [UInt8] = []
      attempt { () throws(TabularError) in bytes = try encode(total!) }
      total = nil
      try send(Result(bytes, unless: failure).message(), to: parent)
    }
    _ = try spread(Result([], unless: failure))
    return total
  }

  /// Bytes of rank 0, on all ranks.
  ///
  /// n − 1 messages with the bytes go down a binomial tree, in ⌈log₂ n⌉ steps.
  ///
  /// - Parameter bytes: asked on rank 0 only, where it is not nil; where it throws, all ranks throw.
  /// - Throws: on rank 0 what `bytes` throws, on the others ``TabularError/elsewhere`` then.
  package func broadcast(_ bytes: @autoclosure () throws(TabularError) -> [UInt8]?) throws(TabularError)
    -> [UInt8]
  {
    if rank != 0 { return try spread(.success([])) }
    let outcome: Result<[UInt8], TabularError>
    do throws(TabularError) {
      guard let bytes = try bytes() else { preconditionFailure("broadcast: rank 0 has no bytes") }
      outcome = .success(bytes)
    } catch {
      outcome = .failure(error)
    }
    return try spread(outcome)
  }

  /// The bytes of each rank, in the order of the ranks, on rank 0; nil on the others.
  ///
  /// Messages are those of ``reduce(_:encode:decode:join:)``; bytes of a rank are sent at most ⌈log₂ n⌉ times.
  ///
  /// - Parameter bytes: this rank's; where it throws, all ranks throw.
  /// - Throws: as ``reduce(_:encode:decode:join:)``.
  package func gather(
    _ bytes: @autoclosure () throws(TabularError) -> [UInt8]
  ) throws(TabularError) -> [[UInt8]]? {
    try reduce([try bytes()], encode: { MessageParts.joined($0) }, decode: MessageParts.split) { $0 += $1 }
  }

  /// This rank's value, once it is known that all ranks have theirs.
  ///
  /// For work that a rank does by itself and that can fail, such as opening its files. 2 (n − 1) messages of a byte, or
  /// with an error.
  ///
  /// - Parameter value: what this rank does; where it throws, all ranks throw.
  /// - Throws: on rank 0 what the first rank that failed has thrown; on the others ``TabularError/elsewhere``.
  package func agree<Value>(_ value: @autoclosure () throws(TabularError) -> Value) throws(TabularError)
    -> Value
  {
    var own: Value?
    func work() throws(TabularError) { own = try value() }
    _ = try reduce(try work(), encode: { [] }, decode: { _ in }, join: { _, _ in })
    return own!
  }

  /// The outcome of rank 0, whatever the others give: its bytes on all ranks, or its failure on rank 0 and
  /// ``TabularError/elsewhere`` on the others.
  private func spread(_ outcome: Result<[UInt8], TabularError>) throws(TabularError) -> [UInt8] {
    let tree = BinomialTree(rank: rank, size: size)
    let message =
      if let parent = tree.parent {
        try receive(from: parent)
      } else {
        outcome.mapError { _ in TabularError.elsewhere }.message()
      }
    for child in tree.children.reversed() { try send(message, to: child) }
    return tree.parent == nil ? try outcome.get() : try Result(message: message).get()
  }
}
