extension Communicator {
  /// Does something on rank 0; where that fails, all ranks throw.
  package func onFirst(_ work: () throws(TabularError) -> Void) throws(TabularError) {
    try agree(try rank == 0 ? work() : ())
  }

  /// Throws, on all ranks, where one knows other facts than rank 0: another version of the program, other arguments,
  /// other files. Messages are those of ``broadcast(_:)`` and ``agree(_:)``.
  ///
  /// - Parameter facts: in words, such as "b.csv of 1,024 bytes"; as many on each rank if they are the same.
  /// - Throws: on rank 0 ``TabularError/unusable(file:message:)``, which names the first rank with other facts, and what
  ///   differs; on the others ``TabularError/elsewhere``.
  package func requireSame(_ facts: [String]) throws(TabularError) {
    let ofFirst = try MessageParts.split(broadcast(MessageParts.joined(facts.map { Array($0.utf8) })))
      .map { String(decoding: $0, as: UTF8.self) }
    try agree(try check(facts, ofFirst))
  }

  private func check(_ facts: [String], _ ofFirst: [String]) throws(TabularError) {
    if facts == ofFirst { return }
    let (mine, first) = zip(facts, ofFirst).first { $0 != $1 } ?? ("\(facts.count) files", "\(ofFirst.count)")
    throw .unusable(
      file: "MPI",
      message:
        "rank \(rank) has \(mine), and rank 0 has \(first); start one program with the same arguments and files on all, or add --no-mpi for processes on their own"
    )
  }
}
