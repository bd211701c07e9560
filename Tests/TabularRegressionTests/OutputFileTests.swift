import Foundation
import TestSupport
import Testing

@testable import TabularRegression

/// Outputs are whole or not there, and leave nothing beside them.
@Suite struct OutputFileTests {
  let folder = TemporaryFolder()

  private var files: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path("")).sorted() }
  }

  /// A hidden file as a program leaves it that was killed; `isLocked` as long as it lives.
  private func hiddenFile(_ name: String, isLocked: Bool) throws -> Int32 {
    let descriptor = open(folder.path(name), O_RDWR | O_CREAT, 0o666)
    try #require(descriptor >= 0 && write(descriptor, "half", 4) == 4)
    if isLocked { try #require(flock(descriptor, LOCK_EX) == 0) }
    return descriptor
  }

  @Test func whatKilledProgramsHaveLeftIsRemoved() throws {
    let abandoned = try hiddenFile(".linreg-a.tmp", isLocked: false)
    let used = try hiddenFile(".linreg-b.tmp", isLocked: true)
    let others = try hiddenFile(".linreg-c", isLocked: false)
    defer { for descriptor in [abandoned, used, others] { close(descriptor) } }
    let file = try OutputFile(folder.path("out"))
    #expect(try files == [".linreg-b.tmp", ".linreg-c"])
    try file.write(Array("whole".utf8))
    try file.commit()
    #expect(try files == [".linreg-b.tmp", ".linreg-c", "out"])
  }

  /// While it is written nothing is to be seen of it, so that nothing stays of it when the program is killed.
  @Test func anOutputHasNoNameBeforeItIsWhole() throws {
    try Data("old".utf8).write(to: URL(filePath: folder.path("out")))
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: folder.path("out"))
    var file: OutputFile? = try OutputFile(folder.path("out"))
    try file?.write(Array("new".utf8))
    #expect(try files == ["out"])
    file = nil
    #expect(try String(contentsOfFile: folder.path("out"), encoding: .utf8) == "old")
    let again = try OutputFile(folder.path("out"))
    try again.write(Array("new".utf8))
    try again.commit()
    #expect(try String(contentsOfFile: folder.path("out"), encoding: .utf8) == "new" && files == ["out"])
    #expect(
      try FileManager.default.attributesOfItem(atPath: folder.path("out"))[.posixPermissions] as? Int == 0o640
    )
  }

  @Test func aFileIsLockedOnce() throws {
    let path = folder.path("c")
    let lock = try FileLock(path)
    #expect(try files == [".c.lock"])
    #expect(
      throws: TabularError.unusable(
        file: path, message: "another run of linreg is at work on this file; let it end, or give another name"
      )
    ) { try FileLock(path) }
    // It is still there for a third.
    #expect(try files == [".c.lock"])
    lock.release()
    #expect(try files == [])
    // The file that a program leaves that was killed.
    try Data().write(to: URL(filePath: folder.path(".c.lock")))
    try FileLock(path).release()
    #expect(try files == [])
  }

  /// A pipe is read as far as it can be a file of this kind.
  @Test(.timeLimit(.minutes(1)))
  func whatHasNoEndIsNotReadToIt() {
    for read in [
      { () throws in _ = try FittedModel(contentsOf: "/dev/zero") },
      { () throws in _ = try Share(contentsOf: "/dev/zero") },
      { () throws in _ = try TrainingCheckpoint(contentsOf: "/dev/zero") },
      { () throws in _ = try Table(npy: "/dev/zero") },
    ] {
      #expect(throws: TabularError.self) { try read() }
    }
  }
}
