// The one-way analyses of variance of NIST's Statistical Reference Datasets (StRD), https://www.itl.nist.gov/div898/strd/:
// data and certified values, a work of the United States government in the public domain.

extension OneWayProblem {
  /// All eleven: SmLs01 to SmLs09, AtmWtAg and SiRstv.
  package static let nist = simonLesage + [atmWtAg, siRstv]

  /// Simon and Lesage 1989, Computational Statistics and Data Analysis 8, 325–332: nine levels, whose responses
  /// alternate a tenth below and above their means, beside a constant that takes more and more of the digits of a
  /// Double.
  private static let simonLesage: [OneWayProblem] = {
    let certified = [
      (21, [21, 0.482758620689655, 0.1]), (201, [201, 0.471830985915493, 0.1]),
      (2001, [2001, 0.470712773465067, 0.1]),
    ]
    let cases = [1, 1_000_000, 1_000_000_000_000].flatMap { constant in certified.map { (constant, $0) } }
    return zip(1..., cases).map { number, problem in
      let (constant, (replicates, certified)) = problem
      let groups = [4, 3, 5, 3, 5, 3, 5, 3, 5].map { tenths in
        (0..<replicates).map { 10 * constant + tenths + ($0 == 0 ? 0 : $0 % 2 == 1 ? -1 : 1) }
      }
      return OneWayProblem(name: "SmLs0\(number)", groups: groups, decimals: 1, certified: certified)
    }
  }()

  /// SiRstv: resistivity of silicon wafers, five instruments with five measurements each.
  private static let siRstv = OneWayProblem(
    name: "SiRstv",
    groups: [
      [
        1963052, 1961240, 1961890, 1962569, 1963403,
      ],
      [
        1963042, 1963825, 1961669, 1963257, 1960422,
      ],
      [
        1961303, 1962005, 1962889, 1960343, 1961811,
      ],
      [
        1962795, 1961748, 1961494, 1961485, 1959885,
      ],
      [
        1962119, 1961051, 1961850, 1960052, 1962090,
      ],
    ], decimals: 4,
    certified: [1.18046237440255, 0.190999039051129, 0.104076068334656])

  /// AtmWtAg: the atomic weight of silver, two instruments with 24 measurements each.
  private static let atmWtAg = OneWayProblem(
    name: "AtmWtAg",
    groups: [
      [
        1078681568, 1078681465, 1078681572, 1078681785, 1078681446, 1078681903, 1078681526, 1078681494,
        1078681616, 1078681587, 1078681519, 1078681486, 1078681419, 1078681569, 1078681508, 1078681672,
        1078681385, 1078681518, 1078681662, 1078681424, 1078681360, 1078681333, 1078681610, 1078681477,
      ],
      [
        1078681079, 1078681344, 1078681513, 1078681197, 1078681604, 1078681385, 1078681642, 1078681365,
        1078681151, 1078681082, 1078681517, 1078681448, 1078681198, 1078681482, 1078681334, 1078681609,
        1078681101, 1078681512, 1078681469, 1078681360, 1078681254, 1078681261, 1078681450, 1078681368,
      ],
    ], decimals: 7,
    certified: [15.946733567793, 0.257426544538321, 1.5104831444641e-05])
}
