private import Synchronization

#if canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#else
  private import Darwin
#endif

/// What has to be put in order before a signal may end the program: hidden files that are to be gone by then, and
/// renamings that belong together.
package enum UnfinishedFiles {
  private static let paths = Mutex<Set<String>>([])
  private static let renaming = Mutex(())

  static func add(_ path: String) { paths.withLock { _ = $0.insert(path) } }

  static func forget(_ path: String) { paths.withLock { _ = $0.remove(path) } }

  /// Takes steps between which the program is not ended by ``remove(thenEnd:)``.
  static func together(_ steps: () throws(TabularError) -> Void) throws(TabularError) {
    try renaming.withLock { _ throws(TabularError) in try steps() }
  }

  /// Removes them, and ends the program.
  package static func remove(thenEnd end: () -> Never) -> Never {
    renaming.withLock { _ in
      paths.withLock { paths in
        for path in paths { unlink(path) }
        end()
      }
    }
  }
}
