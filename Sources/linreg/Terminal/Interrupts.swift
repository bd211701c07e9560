import LinearRegression

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Ctrl-C and a polite kill ask a run to stop where it can go on later; the second one ends the program.
enum Interrupts {
  static let stop = StopSignal()

  /// From now on they ask `stop`, and so does a terminal that closes; but what the process that started this one has
  /// told it to ignore, as nohup does, stays ignored.
  static func install() {
    _ = stop  // made before a handler could be the first to ask for it
    var numbers = sigset_t()
    sigemptyset(&numbers)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      var earlier = sigaction()
      if sigaction(number, nil, &earlier) == 0, earlier.isIgnored { continue }
      sigaddset(&numbers, number)
      signal(number) { number in
        Interrupts.stop.request()
        signal(number, SIG_DFL)
      }
    }
    // The process that started this one may have held them back.
    pthread_sigmask(SIG_UNBLOCK, &numbers, nil)
  }
}

extension sigaction {
  /// Whether the signal is ignored.
  fileprivate var isIgnored: Bool {
    #if canImport(Darwin)
      let handler = __sigaction_u.__sa_handler
    #else
      let handler = __sigaction_handler.sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
