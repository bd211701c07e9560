import ArgumentParser
import LinearAlgebra
import LinearRegression

struct SelfTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "selftest",
    abstract: "Solve NIST's reference problems on this machine and count the digits.",
    usage: "linreg selftest [<options>]",
    discussion: """
      The eleven linear regressions of NIST's Statistical Reference Datasets,
      whose answers are certified to 15 digits: how many of them are right, in
      the coefficient and the standard error with the fewest; and the eleven
      one-way analyses of variance, in the one of F, R² and the residual
      standard deviation with the fewest.

      extended  residuals in double-double, responses to all their decimals
      default   as fit decides
      double    responses, powers and residuals in double
      gels      LAPACK's least squares on the same columns in double

      A row is marked where extended or default has fewer than 13 digits, or a
      regression in double more than half a digit fewer than gels; the exit
      code is then 3.

      Example: linreg selftest
      """)

  @OptionGroup var format: FormatOptions

  func run() throws {
    let test = SelfTest()
    Terminal.print(format.json ? test.json : test.text)
    if !test.passes { Terminal.exit(.numerical) }
  }
}

extension SelfTest {
  fileprivate var text: String {
    let name = (outcomes.map(\.problem) + oneWay.map(\.problem)).reduce(7) { max($0, $1.count) }
    func cell(_ text: String) -> String { aligned(text, .right, width: 8) }
    func digits(_ value: Double) -> String { cell(formatted(value, decimals: 1)) }
    let heads = Method.allCases.map { aligned($0.rawValue, .right, width: 16) }.joined()
    let rows = outcomes.map { outcome in
      let cells = Method.allCases.map {
        digits(outcome.digits[$0]!.coefficients) + digits(outcome.digits[$0]!.standardErrors)
      }
      return aligned(outcome.problem, .left, width: name) + cells.joined() + digits(outcome.gels)
        + (outcome.passes ? "" : "  short")
    }
    let oneWayRows = oneWay.map { outcome in
      let cells = Method.allCases.map { cell("") + digits(outcome.digits[$0]!) }
      return aligned(outcome.problem, .left, width: name) + cells.joined() + (outcome.passes ? "" : "  short")
    }
    let short = outcomes.count { !$0.passes } + oneWay.count { !$0.passes }
    let count = outcomes.count + oneWay.count
    let lines =
      [
        "NIST StRD on OpenBLAS \(OpenBLAS.version) (\(OpenBLAS.kernel)): digits right, of 15", "",
        aligned("", .left, width: name) + heads + cell("gels"),
        aligned("problem", .left, width: name)
          + Method.allCases.map { _ in cell("coef.") + cell("s.e.") }.joined() + cell("coef."),
      ] + rows + ["", "one-way analysis of variance"] + oneWayRows
    let result = short == 0 ? "all \(count) reach their floors" : "\(short) of \(count) fall short"
    return (lines + ["", result]).joined(separator: "\n")
  }

  fileprivate var json: String {
    let problems = outcomes.map { outcome in
      let methods = Method.allCases.map {
        let digits = outcome.digits[$0]!
        return
          "\"\($0.rawValue)\": {\"coefficients\": \(digits.coefficients), \"standardErrors\": \(digits.standardErrors)}"
      }
      return
        "    {\"name\": \"\(outcome.problem)\", \(methods.joined(separator: ", ")), \"gels\": {\"coefficients\": \(outcome.gels)}, \"passes\": \(outcome.passes)}"
    }
    let oneWay = oneWay.map { outcome in
      let methods = Method.allCases.map { "\"\($0.rawValue)\": \(outcome.digits[$0]!)" }
      return
        "    {\"name\": \"\(outcome.problem)\", \(methods.joined(separator: ", ")), \"passes\": \(outcome.passes)}"
    }
    return """
      {
        "source": "NIST StRD",
        "blas": {"name": "OpenBLAS", "version": "\(OpenBLAS.version)", "kernel": "\(OpenBLAS.kernel)"},
        "problems": [
      \(problems.joined(separator: ",\n"))
        ],
        "oneWay": [
      \(oneWay.joined(separator: ",\n"))
        ],
        "passes": \(passes)
      }
      """
  }
}
