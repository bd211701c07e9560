internal import LinearAlgebra
public import LinearRegression

/// What an exact fit is about to do.
public struct FitPlan: Equatable, Sendable {
  /// Number of rows.
  public let rows: Int

  /// Number of features, without the intercept.
  public let features: Int

  /// The solver that is tried first.
  public let solver: Certificate.Solver

  /// Why this one.
  public let reason: String

  /// Whether residuals are formed in double-double.
  public let isExtended: Bool

  /// Number of threads that read the rows.
  public let threads: Int

  /// Bytes of the columns that take part.
  public let dataBytes: Int

  /// Bytes of the sums or factor that each thread keeps.
  public let bytesPerThread: Int

  init(_ design: Design, _ method: LeastSquares) {
    rows = design.X.high.rowCount
    features = design.X.high.columnCount
    let order = features + 1 + (method.intercept ? 1 : 0)
    (solver, reason) = Self.firstRung(method, rows: rows, order: order)
    isExtended = solver == .extended
    threads = Parallelism.threads
    let copies = design.X.low == nil ? 1 : 2
    dataBytes = 8 * rows * (features * copies + 1 + (design.weights == nil ? 0 : 1))
    bytesPerThread = 8 * order * order
  }

  /// The same decision as `LeastSquares` takes before it reads the rows.
  private static func firstRung(
    _ method: LeastSquares, rows: Int, order: Int
  ) -> (Certificate.Solver, String) {
    if method.ridgePenalty > 0 { return (.ridge, "there is a ridge penalty") }
    if method.solver == .svd { return (.svd, "asked for") }
    if method.redundancy == .minimumNorm {
      return (.qr, "the solution of least norm needs a factor of the rows")
    }
    let q = Double(order)
    let products = Double(rows) * q * (q / 2 + 6)
    if method.precision == .extended { return (.extended, "asked for") }
    if method.precision == .automatic, method.solver == .automatic, products < 4e6 {
      return (.extended, "the data are small")
    }
    if method.solver == .qr { return (.qr, "asked for") }
    if rows <= order { return (.qr, "there are no more rows than columns") }
    switch method.solver {
    case .cholesky: return (.cholesky, "asked for")
    case .refinedCholesky: return (.refinedCholesky, "asked for")
    default: return (.cholesky, "one pass; the condition number decides what follows")
    }
  }
}

extension FitPlan: CustomStringConvertible {
  /// One line for each decision.
  public var description: String {
    """
    data       \(counted(rows, "row")), \(counted(features, "feature"))
    solver     \(solver.rawValue) first: \(reason)
    precision  \(isExtended ? "residuals in double-double" : "double")
    threads    \(threads)
    memory     \(Self.amount(dataBytes)) of columns, and \(Self.amount(bytesPerThread)) of sums per thread
    """
  }

  private static func amount(_ bytes: Int) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB"]
    var value = Double(bytes), unit = 0
    while value >= 1000, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
    return "\(formatted(value, significantDigits: 3)) \(units[unit])"
  }
}

/// "1 row", "2 rows"
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
