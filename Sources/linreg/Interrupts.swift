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
  static let signal = StopSignal()

  /// From now on they ask `signal`.
  static func install() {
    _ = Self.signal  // made before a handler could be the first to ask for it
    var numbers = sigset_t()
    sigemptyset(&numbers)
    for number in [SIGINT, SIGTERM] {
      sigaddset(&numbers, number)
      #if canImport(Glibc)
        Glibc.signal(number, handler)
      #elseif canImport(Musl)
        Musl.signal(number, handler)
      #else
        Darwin.signal(number, handler)
      #endif
    }
    // The process that started this one may have held them back.
    pthread_sigmask(SIG_UNBLOCK, &numbers, nil)
  }

  private static let handler: @convention(c) (Int32) -> Void = { number in
    Interrupts.signal.request()
    #if canImport(Glibc)
      Glibc.signal(number, SIG_DFL)
    #elseif canImport(Musl)
      Musl.signal(number, SIG_DFL)
    #else
      Darwin.signal(number, SIG_DFL)
    #endif
  }
}
