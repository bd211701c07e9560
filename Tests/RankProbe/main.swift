// Does with a few ranks of MPI what a fit does, and prints on rank 0 what came of it: started by the tests through a
// launcher.
//
//   RankProbe messages      messages of several sizes, up and down
//   RankProbe waiting       how long other ranks keep a core busy while rank 0 has other work
//   RankProbe failure RANK  that rank's work fails
//   RankProbe end RANK      that rank ends without a word
//   RankProbe large BYTES   one message of so many bytes
//   RankProbe speed         how fast messages between ranks 0 and 1 are
//
// PROBE_PIECE is the most bytes that MPI gets at a time.

import Foundation
import TabularRegression

/// Bytes that tell where they are in a message.
func pattern(_ count: Int, seed: Int = 0) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761 &+ seed) >> 7) }
}

/// Numbers of the ranks, joined in order.
func order(_ ranks: some Communicator) throws(TabularError) -> String? {
  try ranks.reduce(
    "\(ranks.rank)", encode: { Array($0.utf8) }, decode: { String(decoding: $0, as: UTF8.self) },
    join: { $0 += " " + $1 })
}

/// What a fit sends: small and large messages, up and down, in pieces.
func messages(_ ranks: MPICommunicator) throws(TabularError) -> String? {
  let order = try order(ranks)
  let sizes = [0, 1, 1024, 1025, 4000, 123_456]
  for size in sizes {
    let sent = pattern(size), got = try ranks.broadcast(sent)
    _ = try ranks.agree(try same(got, sent))
    let parts = try ranks.gather(pattern(size, seed: ranks.rank))
    if let parts {
      for (rank, part) in parts.enumerated() { try same(part, pattern(size, seed: rank)) }
    }
  }
  return order.map { "ranks \($0), sizes \(sizes)" }
}

func same(_ a: [UInt8], _ b: [UInt8]) throws(TabularError) {
  if a != b {
    throw .unusable(file: "probe", message: "\(a.count) bytes came where \(b.count) others were sent")
  }
}

/// Processor time of the busiest rank but 0 while rank 0 has other work for a second, in seconds.
func waiting(_ ranks: MPICommunicator) throws(TabularError) -> Double {
  let message = pattern(1 << 20), start = clock()
  // The others first want to send more than MPI takes in advance, and then to receive.
  if ranks.rank == 0 { usleep(500_000) }
  _ = try ranks.gather(message)
  if ranks.rank == 0 { usleep(500_000) }
  _ = try ranks.broadcast(message)
  let ticks = Int(clock() - start)
  let times = try ranks.gather(Array("\(ticks)".utf8)) ?? []
  let others = times.dropFirst().map { Double(String(decoding: $0, as: UTF8.self))! }
  return (others.max() ?? 0) / Double(CLOCKS_PER_SEC)
}

/// The median time of a message there and back between ranks 0 and 1, in seconds.
func roundTrip(_ ranks: MPICommunicator, bytes: Int, times: Int) throws(TabularError) -> Double {
  let message = pattern(bytes), clock = ContinuousClock()
  var seconds: [Double] = []
  for _ in 0..<times {
    let start = clock.now
    if ranks.rank == 0 {
      try ranks.send(message, to: 1)
      let got = try ranks.receive(from: 1)
      seconds.append((clock.now - start) / .seconds(1))
      try same(got, message)
    } else if ranks.rank == 1 {
      try ranks.send(try ranks.receive(from: 0), to: 0)
    }
  }
  return ranks.rank == 0 ? seconds.sorted()[times / 2] : 0
}

func run(_ ranks: MPICommunicator, _ arguments: [String]) throws(TabularError) -> String? {
  let number = arguments.count > 1 ? Int(arguments[1])! : 0
  switch arguments[0] {
  case "messages":
    return try messages(ranks)
  case "waiting":
    let seconds = try waiting(ranks)
    return seconds < 0.25 ? "the others left the core" : "another rank computed for \(seconds) s"
  case "failure":
    func work() throws(TabularError) {
      if ranks.rank == number { throw .malformed(file: "t.csv", line: 7, column: 2, message: "no number") }
    }
    try ranks.agree(try work())
    return "no rank has failed"
  case "end":
    if ranks.rank == number { exit(5) }
    return try order(ranks)
  case "large":
    let sent = [UInt8](unsafeUninitializedCapacity: number) { buffer, count in
      for index in stride(from: 0, to: number, by: 8) {
        for byte in index..<min(index + 8, number) { buffer[byte] = UInt8(truncatingIfNeeded: index >> 3) }
      }
      count = number
    }
    let got = try ranks.broadcast(sent)
    try ranks.agree(try same(got, sent))
    return "\(number) bytes came"
  default:
    let short = try roundTrip(ranks, bytes: 100, times: 2001)
    let long = try roundTrip(ranks, bytes: 8 << 20, times: 101)
    return String(
      format: "100 bytes there and back: %.1f µs; 8 MiB: %.2f GB/s each way", short * 1e6,
      2 * Double(8 << 20) / long / 1e9)
  }
}

let ranks: MPICommunicator
do {
  guard MPICommunicator.isLaunched else {
    throw TabularError.unusable(file: "probe", message: "not launched")
  }
  ranks = try MPICommunicator(
    pieceSize: ProcessInfo.processInfo.environment["PROBE_PIECE"].flatMap { Int($0) } ?? 1 << 30)
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(1)
}
do throws(TabularError) {
  let text = try run(ranks, Array(CommandLine.arguments.dropFirst()))
  if let text, ranks.rank == 0 { print(text) }
  try ranks.finish()
} catch {
  // Rank 0 says why before any rank ends with a status that has the launcher end the others.
  if error != .elsewhere { FileHandle.standardError.write(Data("rank \(ranks.rank): \(error)\n".utf8)) }
  do throws(TabularError) { try ranks.finish() } catch { ranks.abort(status: 4) }
  exit(3)
}
