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

  /// From now on they ask `stop`, and so does a terminal that closes.
  static func install() {
    _ = stop  // made before a handler could be the first to ask for it
    var numbers = sigset_t()
    sigemptyset(&numbers)
    for number in [SIGINT, SIGTERM, SIGHUP] {
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
