internal import LinearAlgebra

/// NIST's reference problems (StRD), solved on this machine's BLAS.
package struct SelfTest: Sendable {
  /// How a problem is solved.
  package enum Method: String, Sendable, CaseIterable {
    /// Residuals in double-double.
    case extended
    /// As `LeastSquares()` decides.
    case `default`
    /// Powers and residuals in Double.
    case double
  }

  /// How many digits of an answer are right, for the coefficient and the standard error with the fewest.
  package struct Digits: Equatable, Sendable {
    /// Of the coefficients.
    package let coefficients: Double
    /// Of the standard errors.
    package let standardErrors: Double
  }

  /// What came out for one problem.
  package struct Outcome: Sendable {
    /// The problem's name.
    package let problem: String
    /// Digits of each method.
    package let digits: [Method: Digits]
    /// Digits that LAPACK's `gels` gets right on the whole design matrix in Double.
    package let gels: Double

    /// Whether each method reaches its floor: ``SelfTest/floor`` digits where residuals are in double-double, and no
    /// more than half a digit below `gels` in Double.
    package var passes: Bool {
      let careful: [Method] = [.extended, .default]
      return careful.allSatisfy {
        digits[$0]!.coefficients >= SelfTest.floor && digits[$0]!.standardErrors >= SelfTest.floor
      } && digits[.double]!.coefficients >= gels - 0.5
    }
  }

  /// What came out for a one-way analysis of variance.
  package struct OneWayOutcome: Sendable {
    /// The problem's name.
    package let problem: String
    /// Digits of F, R² or the residual standard deviation, of the one with the fewest.
    package let digits: [Method: Double]

    /// Whether the methods that know all digits of the responses reach ``SelfTest/floor``.
    package var passes: Bool { [.extended, .default].allSatisfy { digits[$0]! >= SelfTest.floor } }
  }

  /// The digits that double-double is to reach.
  package static let floor = 13.0

  /// One outcome for each regression.
  package let outcomes: [Outcome]

  /// One outcome for each analysis of variance.
  package let oneWay: [OneWayOutcome]

  /// Whether every method reaches its floor everywhere.
  package var passes: Bool { outcomes.allSatisfy(\.passes) && oneWay.allSatisfy(\.passes) }

  /// Solves all problems.
  package init() {
    outcomes = ReferenceProblem.nist.map { problem in
      Outcome(
        problem: problem.name,
        digits: Dictionary(uniqueKeysWithValues: Method.allCases.map { ($0, problem.digits($0)) }),
        gels: problem.digitsOfGels())
    }
    oneWay = OneWayProblem.nist.map { problem in
      OneWayOutcome(
        problem: problem.name,
        digits: Dictionary(uniqueKeysWithValues: Method.allCases.map { ($0, problem.digits($0)) }))
    }
  }
}

extension SelfTest.Method {
  fileprivate var precision: LeastSquares.Precision {
    switch self {
    case .extended: .extended
    case .default: .automatic
    case .double: .double
    }
  }
}

extension OneWayProblem {
  fileprivate func digits(_ method: SelfTest.Method) -> Double {
    let y = y
    guard
      let fit = try? LeastSquares(precision: method.precision).fit(
        features, y.high, low: nil, lowTargets: method == .double ? nil : y.low)
    else { return 0 }
    let statistics = fit.statistics[0]
    return ReferenceProblem.digits(
      [statistics.fStatistic ?? .nan, statistics.rSquared ?? .nan, statistics.residualStandardError ?? .nan],
      certified: certified)
  }
}

extension ReferenceProblem {
  fileprivate func digits(_ method: SelfTest.Method) -> SelfTest.Digits {
    let X = features
    guard
      let fit = try? LeastSquares(intercept: intercept, precision: method.precision).fit(
        X.high, Matrix(column: y), low: method == .double ? nil : X.low)
    else { return SelfTest.Digits(coefficients: 0, standardErrors: 0) }
    return SelfTest.Digits(
      coefficients: Self.digits((intercept ? [fit.intercept] : []) + fit.coefficients, certified: estimates),
      standardErrors: Self.digits(fit.standardErrors.map { $0 ?? .nan }, certified: standardErrors))
  }

  fileprivate func digitsOfGels() -> Double {
    let X = features.high, first = intercept ? 1 : 0
    let design = Matrix<Double>(rows: X.rowCount, columns: first + X.columnCount) { i, j in
      j < first ? 1 : X[i, j - first]
    }
    guard let solution = try? gels(design, Matrix(column: y)).solution else { return 0 }
    return Self.digits(solution.elements, certified: estimates)
  }
}
