// What a request may ask for.

struct Limits: Sendable {
  /// Bytes of a body: more are refused with 413.
  let bytes: Int

  /// Rows of a request: more are refused with 422.
  let rows: Int

  /// Bodies up to so many bytes are worked on without a change of threads.
  static let shortBody = 8192
}
