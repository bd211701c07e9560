extension Communicator {
  /// Tells each rank what stands in the text above its part of files, so that it need not read it: one reading of each
  /// part for its newlines and quotes, and messages of some bytes for each file. Where there are quotes above, which may
  /// hide newlines, a rank reads the text above its part after all.
  ///
  /// - Parameter part: this rank's part of the files.
  /// - Throws: ``TabularError`` on rank 0 where one cannot be read; on the others ``TabularError/elsewhere``.
  package func locate(_ part: TableFile) throws(TabularError) {
    guard size > 1, case .text(let reader) = part else { return }
    let own = try gather(Envelope.ofRanks.bytes(of: try reader.contents()))
    let all = try MessageParts.split(broadcast(own.map(MessageParts.joined)))
    try agree(try reader.begin(below: above(all, files: reader.division.leaves.files.count)))
  }

  /// What stands in each file above the part of this rank.
  private func above(_ messages: [[UInt8]], files: Int) throws(TabularError) -> [TextContents?] {
    var above = [TextContents?](repeating: nil, count: files)
    for bytes in messages.prefix(rank) {
      let contents: [TextContents?] = try Envelope.ofRanks.open(RandomAccessFile(bytes, name: "MPI"))
      if contents.count != files { throw .unreadableMessage }
      for (file, found) in contents.enumerated() {
        guard let found else { continue }
        if above[file] == nil { above[file] = found } else { above[file]!.merge(found) }
      }
    }
    return above
  }
}
