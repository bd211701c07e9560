internal import LinearAlgebra
package import LinearRegression

/// What an exact fit is about to do.
package struct FitPlan: Equatable, Sendable {
  /// Number of rows.
  package let rows: Int

  /// Number of features, without the intercept.
  package let features: Int

  /// The solver that is tried first.
  package let solver: Certificate.Solver

  /// Why this one.
  package let reason: String

  /// Whether residuals are formed in double-double.
  package let isExtended: Bool

  /// Products in double-double that this takes: some two nanoseconds each.
  package let extendedProducts: Double

  /// Number of threads that read the rows.
  package let threads: Int

  /// Bytes of the columns that take part, of as many rows as are in memory at a time.
  package let dataBytes: Int

  /// Bytes of the sums or factor that each thread keeps.
  package let bytesPerThread: Int

  /// Of rows in memory.
  init(_ data: DesignRows, _ method: LeastSquares) {
    self.init(
      data.design, method, without: data.absorption, rows: data.X.high.rowCount,
      rowsInMemory: data.X.high.rowCount, copies: data.X.low == nil ? 1 : 2)
  }

  /// Of rows that are read in blocks, and of residuals in double-double.
  ///
  /// - Parameters:
  ///   - rows: number of rows.
  ///   - rowsInMemory: rows of the blocks that threads have at a time.
  init(_ design: Design, _ method: LeastSquares, rows: Int, rowsInMemory: Int) {
    self.init(design, method, without: nil, rows: rows, rowsInMemory: rowsInMemory, copies: 2)
  }

  /// Of rows with effects behind a bar.
  ///
  /// - Parameters:
  ///   - rows: number of rows.
  ///   - rowsInMemory: rows whose columns are in memory at a time.
  ///   - levels: number of levels of all categories.
  init(_ design: Design, rows: Int, rowsInMemory: Int, levels: Int) {
    self.rows = rows
    features = design.columns.count
    solver = .qr
    reason = "the \(levels) levels behind the bar are taken out of the rows"
    (isExtended, extendedProducts) = (false, 0)
    threads = Parallelism.threads
    let columns = features + design.targets.count
    dataBytes = 8 * rowsInMemory * (columns + (design.weights == nil ? 0 : 1))
    bytesPerThread = 8 * columns * (columns + levels)
  }

  private init(
    _ design: Design, _ method: LeastSquares, without absorption: Design.Absorption?, rows: Int,
    rowsInMemory: Int, copies: Int
  ) {
    self.rows = rows
    let levels = absorption?.columns, targets = design.targets.count
    features = design.columns.count
    let columns = features - (levels?.count ?? 0)
    let order = columns + targets + (method.intercept && levels == nil ? 1 : 0)
    (solver, reason) =
      levels.map { (.qr, "the \($0.levels) levels of a category are taken out of the rows") }
      ?? method.firstRung(rows: rows, features: features, targets: targets)
    isExtended = solver == .extended
    extendedProducts =
      isExtended ? method.extendedProducts(rows: rows, features: features, targets: targets) : 0
    threads = Parallelism.threads
    dataBytes = 8 * rowsInMemory * (columns * copies + targets + (design.weights == nil ? 0 : 1))
    bytesPerThread = 8 * order * (order + (levels?.levels ?? 0))
  }
}

extension FitPlan: CustomStringConvertible {
  /// One line for each decision.
  package var description: String {
    """
    data       \(counted(rows, "row")), \(counted(features, "feature"))
    solver     \(solver.rawValue) first: \(reason)
    precision  \(isExtended ? "residuals in double-double: about \(duration)" : "double")
    threads    \(threads)
    memory     \(FitMemory.amount(Double(dataBytes))) of columns, and \(FitMemory.amount(Double(bytesPerThread))) of sums per thread
    """
  }

  /// The time that products in double-double take on one core, to one digit.
  private var duration: String {
    let seconds = extendedProducts * 2e-9
    return seconds < 1
      ? "\(formatted(max(0.01, seconds * 1000), significantDigits: 1)) ms"
      : "\(formatted(seconds, significantDigits: seconds < 100 ? 2 : 3)) s"
  }
}

/// "1 row", "2 rows"
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
