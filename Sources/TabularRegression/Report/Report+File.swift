extension Report {
  /// Writes the page: whole, or not at all.
  ///
  /// - Parameter path: the file, or "-" for standard output.
  /// - Throws: ``TabularError/file(path:operation:reason:)``; a file that was there before is then as it was.
  public func write(to path: String) throws(TabularError) {
    let file = try OutputFile(path)
    try file.write(Array(html.utf8))
    try file.commit()
  }
}
