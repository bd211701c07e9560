#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where the command's text goes: data to standard output, everything else to standard error.
enum Terminal {
  /// Writes data and a newline to standard output; ends the program where that is not possible.
  static func print(_ text: String) {
    write(text.hasSuffix("\n") ? text : text + "\n")
  }

  /// Writes data to standard output; ends the program where that is not possible.
  static func write(_ text: String) {
    if !write(text, to: STDOUT_FILENO) {
      note("standard output: cannot write: \(String(cString: strerror(errno)))")
      exit(.dataAtFault)
    }
  }

  /// Writes a line to standard error.
  static func note(_ line: String) {
    _ = write(line.hasSuffix("\n") ? line : line + "\n", to: STDERR_FILENO)
  }

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

  private static func write(_ text: String, to descriptor: Int32) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let part = UnsafeBufferPointer(rebasing: rest)
        let count = writeSome(descriptor, part.baseAddress!, part.count)
        if count < 0 && errno == EINTR { continue }
        if count < 0 { return false }
        rest = rest.dropFirst(count)
      }
      return true
    }
  }
}

// The C library's `write`, which the functions above would hide.
private func writeSome(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
