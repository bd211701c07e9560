#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Files by their paths.
package enum Files {
  /// The file that a path leads to, so that a symbolic link stays one, be there a file or not.
  static func resolved(_ path: String) -> String {
    if let real = realpath(path, nil) {
      defer { free(real) }
      return String(cString: real)
    }
    var path = path, target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    for _ in 0..<40 {
      let count = readlink(path, &target, target.count - 1)
      if count <= 0 { break }
      let link = String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
      path = link.hasPrefix("/") ? link : "\(parts(path).folder)/\(link)"
    }
    return path
  }

  /// The same text for all paths that lead to one regular file, "-" being what standard input is; of others the path.
  package static func identity(_ path: String) -> String {
    var status = stat()
    let found = path == "-" ? fstat(STDIN_FILENO, &status) : stat(path, &status)
    guard found == 0, status.st_mode & S_IFMT == S_IFREG else { return resolved(path) }
    return "\(status.st_dev):\(status.st_ino)"
  }

  /// The open file that a path stands for, such as `/dev/stdout`; nil for the path of a file.
  static func openDescriptor(_ path: String) -> Int32? {
    switch path {
    case "/dev/stdout": STDOUT_FILENO
    case "/dev/stderr": STDERR_FILENO
    default:
      ["/dev/fd/", "/proc/self/fd/"].lazy.compactMap {
        path.hasPrefix($0) && path.last?.isWholeNumber == true
          && path.dropFirst($0.count).allSatisfy(\.isWholeNumber)
          ? Int32(path.dropFirst($0.count)) : nil
      }.first
    }
  }

  /// Whether two paths lead to the same place, of a file that does not exist yet too.
  package static func areSame(_ a: String, _ b: String) -> Bool {
    func place(_ path: String) -> String {
      if exists(path) { return resolved(path) }
      let (folder, name) = parts(path)
      return "\(resolved(folder))/\(name)"
    }
    return place(a) == place(b)
  }

  /// The folder of a path and what it is called there.
  private static func parts(_ path: String) -> (folder: String, name: Substring) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path[...]) }
    return (String(path[...slash]), path[path.index(after: slash)...])
  }

  /// Removes a file.
  package static func remove(_ path: String) throws(TabularError) {
    if unlink(resolved(path)) != 0 { throw failure(path, .remove) }
  }

  /// Whether there is something of that name.
  package static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0
  }

  /// An open file without a name, which is gone once it is closed; negative, with `errno` set, where there is no place
  /// for it.
  ///
  /// - Parameter folder: where it is; nil for the folder that TMPDIR names, or `/tmp`.
  static func openTemporary(in folder: String? = nil) -> Int32 {
    let folder = folder ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    let nameless = openNameless(in: folder)
    if nameless >= 0 { return nameless }
    var template = Array("\(folder)/linreg-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    if descriptor < 0 { return descriptor }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    unlink(template)
    return descriptor
  }

  /// An open file that never had a name and can be given one; negative where the file system has no such files, or a
  /// name could not be given, which takes Linux's `/proc`.
  static func openNameless(in folder: String) -> Int32 {
    #if os(Linux)
      // Glibc's module leaves the flag out: 0o20000000 on x86 and ARM, beside the one for folders.
      let flag = 0o20000000 | O_DIRECTORY
      return access("/proc/self/fd", X_OK) == 0 ? open(folder, flag | O_RDWR | O_CLOEXEC, 0o666) : -1
    #else
      return -1
    #endif
  }

  /// The file that standard input is.
  static let standardInput = "/dev/stdin"

  /// Where reading begins if standard input is a regular file that can be opened again; nil otherwise.
  static func offsetOfRegularInput() -> Int? {
    var status = stat()
    guard fstat(STDIN_FILENO, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      access(standardInput, R_OK) == 0
    else { return nil }
    let offset = lseek(STDIN_FILENO, 0, SEEK_CUR)
    return offset < 0 ? nil : Int(offset)
  }

  /// Whether a path leads to something that can be read once only, such as a named pipe.
  static func isPipe(_ path: String) -> Bool {
    var status = stat()
    if stat(path, &status) != 0 { return false }
    return [S_IFIFO, S_IFCHR, S_IFSOCK].contains(status.st_mode & S_IFMT)
  }

  /// Whether a path is that of a device, among which nothing is made, but for shared memory.
  static func isDevice(_ path: String) -> Bool { path.hasPrefix("/dev/") && !path.hasPrefix("/dev/shm/") }

  /// Throws where a file could not be written, before the work that it is to hold is done; also where it is the input.
  ///
  /// - Parameter subject: what messages call it.
  package static func checkWritable(
    _ path: String, besides input: String? = nil, subject: String = "this"
  ) throws(TabularError) {
    var output = stat(), source = stat()
    if stat(path, &output) == 0 {
      if let input, stat(input, &source) == 0, output.st_dev == source.st_dev, output.st_ino == source.st_ino
      {
        throw .unusable(file: path, message: "\(subject) is the input; write to another file")
      }
      if output.st_mode & S_IFMT == S_IFDIR { throw failure(path, .write, errno: EISDIR) }
      if access(path, W_OK) != 0 { throw failure(path, .write) }
    } else {
      if access(parts(path).folder, W_OK) != 0 { throw failure(path, .write) }
    }
  }

  /// Throws where there is something of that name that does not keep what is written to it: a folder, a device, a pipe.
  package static func checkRegular(_ path: String) throws(TabularError) {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw .unusable(file: path, message: "this is not a regular file; give another name")
    }
  }

  /// The error of a call to the operating system that has just failed.
  static func failure(
    _ path: String, _ operation: TabularError.FileOperation, errno code: Int32 = errno
  ) -> TabularError {
    .file(
      path: path == "-" ? "standard input" : path, operation: operation,
      reason: String(cString: strerror(code)))
  }
}
