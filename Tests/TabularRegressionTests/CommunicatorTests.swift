import LinearAlgebra
import LinearRegression
import Synchronization
import Testing

@testable import TabularRegression

/// What ranks do together, with threads of one process as ranks.
@Suite struct CommunicatorTests {
  static let sizes = [1, 2, 3, 4, 7, 16]

  private static func fault(_ rank: Int) -> TabularError {
    .malformed(file: "t.csv", line: rank, column: nil, message: "no number")
  }

  /// The range of the ranks, where each range was joined to that which it follows; an error otherwise.
  private static func ranges(_ ranks: some Communicator) throws(TabularError) -> Range<Int>? {
    try ranks.reduce(
      ranks.rank..<ranks.rank + 1, encode: { [UInt8($0.lowerBound), UInt8($0.upperBound)] },
      decode: { Int($0[0])..<Int($0[1]) },
      join: { (first, second) throws(TabularError) in
        if first.upperBound != second.lowerBound { throw fault(second.lowerBound) }
        first = first.lowerBound..<second.upperBound
      })
  }

  /// The numbers of the ranks as text, joined in order.
  private static func text(_ ranks: some Communicator) throws(TabularError) -> String? {
    try ranks.reduce(
      "\(ranks.rank)", encode: { Array($0.utf8) }, decode: { String(decoding: $0, as: UTF8.self) },
      join: { $0 += " " + $1 })
  }

  // MARK: Order

  @Test(arguments: sizes) func valuesAreJoinedInTheOrderOfRanks(size: Int) {
    let texts = LocalRanks.run(size) { (ranks) throws(TabularError) in try Self.text(ranks) }
    #expect(texts[0] == .success((0..<size).map(String.init).joined(separator: " ")))
    #expect(texts.dropFirst().allSatisfy { $0 == .success(nil) })
    let ranges = LocalRanks.run(size) { (ranks) throws(TabularError) in try Self.ranges(ranks) }
    #expect(ranges[0] == .success(0..<size))
  }

  @Test(arguments: sizes) func partsAreGatheredInTheOrderOfRanks(size: Int) {
    // Of 0, 100, 200, … bytes.
    @Sendable func part(_ rank: Int) -> [UInt8] { [UInt8](repeating: UInt8(rank), count: 100 * rank) }
    let parts = LocalRanks.run(size) { (ranks) throws(TabularError) in try ranks.gather(part(ranks.rank)) }
    #expect(parts[0] == .success((0..<size).map(part)))
    #expect(parts.dropFirst().allSatisfy { $0 == .success(nil) })
  }

  @Test(arguments: sizes) func bytesOfRankZeroReachAll(size: Int) {
    let bytes = LocalRanks.run(size) { (ranks) throws(TabularError) in
      try ranks.broadcast(ranks.rank == 0 ? [3, 1, 4] : nil)
    }
    #expect(bytes == Array(repeating: .success([3, 1, 4]), count: size))
  }

  @Test(arguments: sizes) func eachRankKeepsWhatItAgreesTo(size: Int) {
    let numbers = LocalRanks.run(size) { (ranks) throws(TabularError) in try ranks.agree(ranks.rank * 10) }
    #expect(numbers == (0..<size).map { .success(10 * $0) })
  }

  @Test func oneProcessNeedsNoMessages() throws {
    let alone = SingleProcess()
    #expect(try Self.text(alone) == "0")
    #expect(try alone.gather([7]) == [[7]])
    #expect(try alone.broadcast([7]) == [7])
    #expect(throws: Self.fault(3)) { try alone.agree(try Result<Int, _>.failure(Self.fault(3)).get()) }
  }

  // MARK: Messages

  @Test(arguments: zip(sizes, [0, 1, 2, 2, 3, 4])) func messagesGoUpAndDownATree(size: Int, steps: Int) {
    let trees = (0..<size).map { BinomialTree(rank: $0, size: size) }
    for (rank, tree) in trees.enumerated() {
      for child in tree.children { #expect(trees[child].parent == rank) }
      let depth = sequence(first: tree, next: { $0.parent.map { trees[$0] } }).count(where: { _ in true }) - 1
      #expect(depth <= steps)
    }
    #expect(trees.map(\.children.count).reduce(0, +) == size - 1)
    let messages = LocalRanks.run(size) { (ranks) throws(TabularError) in
      let counting = CountingRanks(ranks)
      _ = try Self.text(counting)
      _ = try counting.broadcast([1])
      return counting.sent.load(ordering: .relaxed)
    }
    #expect(messages.reduce(0) { $0 + (try! $1.get()) } == 3 * (size - 1))
  }

  @Test func messagesKeepTheirOrderAndSize() {
    let messages = (0..<20).map { [UInt8](repeating: UInt8($0), count: $0 * 1000) }
    let got = LocalRanks.run(2) { (ranks) throws(TabularError) in
      var got: [[UInt8]] = []
      for message in messages {
        if ranks.rank == 0 { try ranks.send(message, to: 1) } else { got.append(try ranks.receive(from: 0)) }
      }
      return got
    }
    #expect(got[1] == .success(messages))
  }

  @Test(arguments: [[], [7], [1, 2, 1], [123, 1]] as [[UInt8]]) func damagedMessagesAreErrors(bytes: [UInt8])
  {
    #expect(Result(message: bytes) == .failure(.unreadableMessage))
  }

  @Test(
    arguments: [
      [1], [3, 0, 0, 0, 0, 0, 0, 0, 1, 2], [UInt8](repeating: 255, count: 9), [0, 0, 0, 0, 0, 0, 0, 127, 1],
    ] as [[UInt8]])
  func damagedPartsAreErrors(bytes: [UInt8]) {
    #expect(throws: TabularError.unreadableMessage) { try MessageParts.split(bytes) }
  }

  // MARK: Failures

  @Test(arguments: sizes) func theFirstFailureReachesRankZero(size: Int) {
    for failing in 0..<size {
      let outcomes = LocalRanks.run(size) { (ranks) throws(TabularError) -> Int in
        func work() throws(TabularError) -> Int {
          if ranks.rank >= failing { throw Self.fault(ranks.rank) }
          return 1
        }
        return try ranks.agree(try work())
      }
      #expect(outcomes[0] == .failure(Self.fault(failing)))
      #expect(outcomes.dropFirst().allSatisfy { $0 == .failure(.elsewhere) })
    }
  }

  enum Step: CaseIterable { case value, encode, decode, join }

  /// Wherever a rank fails within a reduction, all end, and the next one that they do is sound.
  @Test(arguments: sizes, Step.allCases) func failuresOfAnyStepReachRankZero(size: Int, step: Step) {
    for failing in 0..<size {
      let outcomes = LocalRanks.run(size) { (ranks) throws(TabularError) in
        let hasFailed = Mutex(false)
        func at(_ place: Step) throws(TabularError) {
          if place == step, ranks.rank == failing {
            hasFailed.withLock { $0 = true }
            throw Self.fault(failing)
          }
        }
        func value() throws(TabularError) -> [UInt8] {
          try at(.value)
          return [UInt8(ranks.rank)]
        }
        var failure: TabularError?
        do throws(TabularError) {
          _ = try ranks.reduce(
            try value(),
            encode: { (value) throws(TabularError) in
              try at(.encode)
              return value
            },
            decode: { (bytes) throws(TabularError) in
              try at(.decode)
              return bytes
            },
            join: { (first, second) throws(TabularError) in
              try at(.join)
              first += second
            })
        } catch { failure = error }
        // Rank 0 encodes nothing, and a rank without children neither decodes nor joins.
        let fails = try ranks.gather([hasFailed.withLock { $0 } ? 1 : 0]).map { $0.contains([1]) }
        return (failure, fails)
      }.map { try! $0.get() }
      let expected = outcomes[0].1! ? Self.fault(failing) : nil
      #expect(outcomes[0].0 == expected)
      #expect(outcomes.dropFirst().allSatisfy { $0.0 == (expected == nil ? nil : .elsewhere) })
    }
  }

  @Test func aFailureOfRankZeroReachesThoseThatWaitForItsBytes() {
    let outcomes = LocalRanks.run(4) { (ranks) throws(TabularError) in
      try ranks.broadcast(try Result<[UInt8], _>.failure(Self.fault(0)).get())
    }
    #expect(outcomes == [.failure(Self.fault(0))] + Array(repeating: .failure(.elsewhere), count: 3))
  }

  @Test func aRankThatIsGoneLeavesNoneWaiting() {
    let outcomes = LocalRanks.run(7) { (ranks) throws(TabularError) -> String? in
      if ranks.rank == 5 { throw Self.fault(5) }
      return try Self.text(ranks)
    }
    for (rank, outcome) in outcomes.enumerated() {
      #expect(outcome == .failure(rank == 5 ? Self.fault(5) : .elsewhere))
    }
  }

  /// Every error comes back from another rank as it was.
  @Test(
    arguments: [
      .file(path: "a", operation: .write, reason: "b"),
      .malformed(file: "a", line: 3, column: 4, message: "b"), .noColumn("a", file: "b", available: ["c"]),
      .unusable(file: "a\n", message: "\u{1b}"), .model(path: "a", message: "b"),
      .matrix(path: "a", message: "b"),
      .formula("y ~", position: 3, message: "b"), .rankDeficient(file: "a", dependencies: ["b", "c"]),
      .noIntervals(reason: "a"), .cancelled, .elsewhere,
    ] as [TabularError])
  func errorsComeBack(error: TabularError) {
    #expect(Result(message: Result.failure(error).message()) == .failure(error))
  }

  @Test func aDivergenceComesBack() throws {
    let method = SGD(epochs: 50, batchSize: 1, learningRate: 5)
    let X: Matrix<Double> = [[1], [2], [3]], y: Matrix<Double> = [[1], [2], [4]]
    let failure = #expect(throws: TrainingError.self) { try method.train(X, y) }
    guard case .diverged(let divergence) = try #require(failure) else {
      Issue.record("\(failure as Any)")
      return
    }
    let error = TabularError.diverged(divergence)
    #expect(Result(message: Result.failure(error).message()) == .failure(error))
  }

  // MARK: Launchers

  @Test func theEnvironmentTellsTheLauncher() {
    func launcher(_ variables: KeyValuePairs<String, String>) -> MPILauncher? {
      MPILauncher(Dictionary(uniqueKeysWithValues: variables.map { ($0, $1) }))
    }
    #expect(launcher([:]) == nil)
    #expect(launcher(["LINREG_MPI_LIBRARY": "libmpi.so"]) == nil)
    #expect(launcher(["OMPI_COMM_WORLD_SIZE": "1"])?.size == 1)
    #expect(launcher(["OMPI_COMM_WORLD_SIZE": "4", "PMI_SIZE": "2"])?.size == 4)
    #expect(launcher(["OMPI_COMM_WORLD_SIZE": "4"])?.libraries == MPILauncher.openMPI)
    #expect(launcher(["PMI_SIZE": "2", "PMI_RANK": "0"])?.size == 2)
    #expect(launcher(["PMI_RANK": "0"])?.libraries == MPILauncher.mpich + MPILauncher.openMPI)
    #expect(
      launcher(["PMI_RANK": "0", "LINREG_MPI_LIBRARY": "/opt/libmpi.so"])?.libraries == ["/opt/libmpi.so"])
    // A batch script of Slurm's has the number of tasks too, and starts its commands alone.
    #expect(launcher(["SLURM_PROCID": "0", "SLURM_NTASKS": "4"]) == nil)
    #expect(launcher(["SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "1"]) == nil)
    #expect(launcher(["SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "4"])?.size == 4)
  }
}

/// Messages that wait, in memory and on the disk.
@Suite struct MessageLogTests {
  @Test(arguments: [0, 1, 3, 60, 200])
  func messagesComeInTheirOrder(count: Int) throws {
    var log = MessageLog(bytesInMemory: 10 << 20), messages = 0, found: [[UInt8]] = []
    func part(_ index: Int) -> [UInt8] {
      Array(repeating: UInt8(index % 251), count: (index * 7919) % 300_000)
    }
    for index in 0..<count { try log.append(part(index)) }
    while case let bytes = try log.next(), !bytes.isEmpty {
      messages += 1
      #expect(bytes.count < 5 << 20)
      found += try MessageParts.split(bytes)
    }
    #expect(found == (0..<count).map(part))
    #expect(messages <= 1 + found.reduce(0) { $0 + $1.count } >> 21)
  }

  @Test func manyAreOnTheDisk() throws {
    var log = MessageLog(bytesInMemory: 1 << 20)
    for _ in 0..<64 {
      try log.append([UInt8](repeating: 1, count: 1 << 18))
      #expect(log.bytesWaiting < 1 << 20)
    }
  }
}

/// Ranks that count the messages they send.
private final class CountingRanks: Communicator {
  private let ranks: LocalRanks
  let sent = Atomic(0)

  init(_ ranks: LocalRanks) { self.ranks = ranks }

  var rank: Int { ranks.rank }
  var size: Int { ranks.size }
  var bytesSent: Int { ranks.bytesSent }

  func send(_ bytes: [UInt8], to rank: Int) throws(TabularError) {
    sent.add(1, ordering: .relaxed)
    try ranks.send(bytes, to: rank)
  }

  func receive(from rank: Int) throws(TabularError) -> [UInt8] { try ranks.receive(from: rank) }
}
