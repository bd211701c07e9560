import Dispatch
import LinearRegression
import Synchronization
import TabularRegression

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Ctrl-C, a polite kill and a terminal that closes end the program at once, wherever it is, and leave no file
/// half-written; where a run can be saved, it is saved first.
enum Interrupts {
  /// What asks a run to stop that is to be saved.
  static let stop = StopSignal()

  /// What is done when a signal comes.
  enum Response {
    /// The program ends; this is said before.
    case end(note: String?)
    /// ``stop`` is asked, and the run ends the program by ``end()`` once it is saved; a second signal does so at once.
    case save
  }

  private struct State {
    var response = Response.end(note: nil)
    var signal: Int32?
  }

  private static let state = Mutex(State())

  /// What is done from now on; where a signal has asked for a run to be saved that has ended meanwhile, at once.
  static func respond(by response: Response) {
    let isAsked = state.withLock { state in
      state.response = response
      return state.signal != nil
    }
    if isAsked { end() }
  }

  /// Begins to listen. What the process that started this one has told it to ignore, as nohup does, stays ignored.
  ///
  /// To be called before there are other threads: they take over that the signals are held back, so that all come to
  /// the one that waits for them.
  static func install() {
    var signals = heard, attributes = pthread_attr_t(), thread = newThread
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, 1 << 19)
    let failed = pthread_create(&thread, &attributes, { _ in Interrupts.listen() }, nil)
    if failed != 0 { pthread_sigmask(SIG_UNBLOCK, &signals, nil) }
  }

  /// The signals that are not ignored.
  private static var heard: sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      var action = sigaction()
      if sigaction(number, nil, &action) == 0, action.isIgnored { continue }
      sigaddset(&signals, number)
    }
    return signals
  }

  private static func listen() -> Never {
    var signals = heard, number: Int32 = 0
    while true {
      if sigwait(&signals, &number) != 0 { continue }
      let response = state.withLock { state in
        if state.signal != nil { state.response = .end(note: "ended before the run was saved") }
        state.signal = number
        return state.response
      }
      switch response {
      case .end: end()
      case .save:
        stop.request()
        DispatchQueue.global().asyncAfter(deadline: .now() + 0.7) {
          Terminal.note("the run is saved first; the same signal again ends it without")
        }
      }
    }
  }

  /// Ends the program as the signal asks, with the exit code that shells give: 128 and the signal's number.
  static func end() -> Never {
    UnfinishedFiles.remove {
      let state = state.withLock { $0 }
      if Terminal.showsProgress { Terminal.showLine("") }
      if case .end(let note?) = state.response { Terminal.note(note) }
      _exit(128 + (state.signal ?? SIGINT))
    }
  }

  #if canImport(Darwin)
    private static var newThread: pthread_t? { nil }
  #else
    private static var newThread: pthread_t { pthread_t() }
  #endif
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
