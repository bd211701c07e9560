import CAllocations
import Foundation

/// The process's memory, as Linux counts it; nil elsewhere.
enum Memory {
  /// Bytes of memory that a piece of work takes at its peak beyond what was there before it.
  static func peak(of work: () throws -> Void) rethrows -> Int? {
    release_free_memory()  // what was freed but kept would hide what is taken anew
    // Writing 5 sets the peak back to what is resident now.
    guard let handle = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else {
      try work()
      return nil
    }
    let isReset = (try? handle.write(contentsOf: Data("5".utf8))) != nil
    try? handle.close()
    let before = status("VmRSS")
    try work()
    guard isReset, let before, let peak = status("VmHWM") else { return nil }
    return max(0, peak - before)
  }

  /// A value of /proc/self/status in bytes.
  private static func status(_ key: String) -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("\(key):") }),
      let kilobytes = Int(line.filter(\.isNumber))
    else { return nil }
    return kilobytes << 10
  }
}
