import CProcess
import LinearAlgebra
import LinearRegression
import TabularRegression

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where the command's text goes: data to standard output, everything else to standard error.
enum Terminal {
  /// A file that may not grow any more is an error to report, not a signal to die of; a pipe that nobody reads any more
  /// ends the program without a word, as it ends any other, whatever the process that started it has set. Memory that is let go of is kept
  /// for the next block of rows: taking it from the system again costs a sixth of the time of a fit. OpenBLAS's
  /// threads, which nothing uses, would take time from ours as long as they wait without sleeping.
  static func prepare() {
    signal(SIGXFSZ, SIG_IGN)
    endWithTheReader()
    checkOpenFiles()
    process_keep_freed_memory()
    OpenBLAS.endThreads()
    limitThreads()
  }

  private static func endWithTheReader() {
    var broken = sigset_t()
    sigemptyset(&broken)
    sigaddset(&broken, SIGPIPE)
    signal(SIGPIPE, SIG_DFL)
    pthread_sigmask(SIG_UNBLOCK, &broken, nil)
  }

  /// Threads where nothing else is said: one for each core that the process may run on.
  static var usualThreads: Int { min(Parallelism.threads, mostThreads, max(1, Int(process_allowed_cores()))) }

  /// Threads that there is room for, whatever --threads says.
  nonisolated(unsafe) private(set) static var mostThreads = Int.max

  /// Uses fewer threads where the address space is limited, or ends the program where there is room for none.
  private static func limitThreads() {
    let threads = process_threads_with_room(Int32(clamping: Parallelism.cores))
    if threads == .max { return }
    if threads == 0 {
      note(
        "too little address space (ulimit -v): OpenBLAS needs 128 MiB for a buffer; raise the limit to 400000 or more"
      )
      exit(.dataAtFault)
    }
    mostThreads = Int(threads)
    OpenBLAS.takeBuffers(threads: mostThreads)
  }

  /// Ends the program where it could not open what it needs: its input and output, and what its threads wait on.
  private static func checkOpenFiles() {
    let opened = (0..<8).map { _ in open("/", O_RDONLY | O_CLOEXEC) }
    let reason = String(cString: strerror(errno))
    for descriptor in opened where descriptor >= 0 { close(descriptor) }
    if opened.contains(where: { $0 < 0 }) {
      note("eight more files cannot be opened: \(reason); allow more (ulimit -n)")
      exit(.dataAtFault)
    }
  }

  /// Writes data and a newline to standard output; ends the program where that is not possible.
  static func print(_ text: String) {
    write(text.hasSuffix("\n") ? text : text + "\n")
  }

  /// Writes data to standard output; ends the program where that is not possible.
  static func write(_ text: String) {
    if isSilent { return }
    if !Files.write(text.utf8, to: STDOUT_FILENO) {
      noteError("standard output: cannot write: \(String(cString: strerror(errno)))")
      exit(.dataAtFault)
    }
  }

  /// Whether another process says what there is to say.
  nonisolated(unsafe) static var isSilent = false

  /// Writes a line to standard error.
  static func note(_ line: String) {
    noteHeld()
    writeLine(line)
  }

  /// Lines that wait for the work to be done.
  nonisolated(unsafe) private static var held: [String] = []

  /// Writes a line to standard error once the work is done, or before the next line: where an error follows, that is
  /// all there is to say.
  static func noteUnlessError(_ line: String) { held.append(line) }

  /// Writes the lines that have waited.
  static func noteHeld() {
    held.forEach(writeLine)
    held = []
  }

  /// Writes what is wrong to standard error, and nothing that has waited.
  static func noteError(_ text: String) {
    held = []
    writeLine(text)
  }

  private static func writeLine(_ line: String) {
    if isSilent { return }
    _ = Files.write((line.hasSuffix("\n") ? line : line + "\n").utf8, to: STDERR_FILENO)
  }

  /// Writes what there is to say of the model of each target to standard error, nil being nothing: behind the name of
  /// the target, unless all lines are the same.
  static func note(ofEach lines: [(target: String, line: String?)]) {
    if let first = lines.first?.line, lines.allSatisfy({ $0.line == first }) { return note(first) }
    for case (let target, let line?) in lines { note("\(printable(target)): \(line)") }
  }

  /// Whether standard error is a terminal that a line can be drawn on again and again.
  static var showsProgress: Bool {
    !isSilent && isatty(STDERR_FILENO) == 1 && getenv("TERM").map { String(cString: $0) != "dumb" } ?? false
  }

  /// Columns of the terminal that standard error goes to; 80 where it does not say.
  static var width: Int { size(.error)?.columns ?? 80 }

  /// Where text goes.
  enum Stream {
    case output, error
    fileprivate var descriptor: Int32 { self == .output ? STDOUT_FILENO : STDERR_FILENO }
  }

  /// Columns and rows of a terminal; nil where a stream does not go to one, or it does not say.
  static func size(_ stream: Stream) -> (columns: Int, rows: Int)? {
    var size = winsize()
    guard ioctl(stream.descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return nil
    }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Whether a stream goes to a terminal that has colours, and nobody has said that they are not wanted (NO_COLOR).
  static func hasColor(_ stream: Stream) -> Bool {
    isatty(stream.descriptor) == 1 && variable("NO_COLOR") == nil
      && variable("TERM").map { $0 != "dumb" } ?? false
  }

  /// Whether the locale has UTF-8.
  static var hasUTF8: Bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(variable).first ?? ""
    return locale.lowercased().replacing("-", with: "").contains("utf8")
  }

  /// A variable of the environment; nil where it is not set or empty.
  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Draws a line in place of the one that was drawn before; an empty one takes it away.
  static func showLine(_ text: String) { _ = Files.write("\r\u{1B}[K\(text)".utf8, to: STDERR_FILENO) }

  /// Ends the program.
  static func exit(_ status: ExitStatus) -> Never {
    #if canImport(Glibc)
      Glibc.exit(status.rawValue)
    #elseif canImport(Musl)
      Musl.exit(status.rawValue)
    #else
      Darwin.exit(status.rawValue)
    #endif
  }
}
