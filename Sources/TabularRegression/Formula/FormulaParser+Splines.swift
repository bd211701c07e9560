// ns(x, k) and bs(x, k), with the arguments of R's package splines.

extension FormulaParser {
  /// A basis of splines whose parenthesis is open already.
  mutating func spline(isNatural: Bool, _ start: Int) throws(TabularError) -> SplineCall {
    let function = isNatural ? "ns" : "bs"
    let operand = try arithmetic()
    try requireNumbers(operand, function, start)
    var call = SplineCall(operand: operand, isNatural: isNatural, text: "")
    var seen: Set<String> = [], text = "\(function)(\(operand)", place = position
    while take(",") {
      skipSpaces()
      place = position
      let argument = try argumentName()
      if argument == nil && !seen.isEmpty {
        throw error(
          "arguments of \(function)() behind the second have names, as in \(Self.splineUse)", at: place)
      }
      let name = argument ?? "df"
      if !seen.insert(name).inserted { throw error("\(name) stands twice", at: place) }
      let value = try splineArgument(name, &call)
      text += ", \(argument.map { "\($0) = " } ?? "")\(value)"
    }
    try close("\(function)(")
    try check(call, function, at: start)
    return SplineCall(
      operand: operand, isNatural: isNatural, text: text + ")", df: call.df, knots: call.knots,
      degree: call.degree, hasIntercept: call.hasIntercept, boundary: call.boundary)
  }

  private static let splineUse = "bs(x, 5, degree = 2)"

  /// The name of an argument and "=", if they follow.
  private mutating func argumentName() throws(TabularError) -> String? {
    let start = position
    if let name = try name(), take("=") { return name }
    position = start
    return nil
  }

  /// Takes the value of an argument.
  ///
  /// - Returns: the value as R prints it.
  private mutating func splineArgument(
    _ name: String, _ call: inout SplineCall
  ) throws(TabularError) -> String {
    skipSpaces()
    let start = position
    switch name {
    case _ where name == "df" || name == "degree" && !call.isNatural:
      let range = name == "df" ? SplineCall.counts : Formula.degrees
      guard let value = wholeNumber(), range.contains(value) else {
        throw error("\(name) is a whole number from \(range.lowerBound) to \(range.upperBound)", at: start)
      }
      // 4L is a whole number of R's.
      if position < characters.count, characters[position] == "L" { position += 1 }
      if name == "df" { call.df = value } else { call.degree = value }
      return "\(value)"
    case "intercept":
      let word = try self.name()
      guard let value = Self.truth(word) else { throw error("intercept is TRUE or FALSE", at: start) }
      call.hasIntercept = value
      return word ?? ""
    case "knots", "Boundary.knots":
      let set = try constants(for: .column("")), numbers = set.constants.compactMap(\.constant)
      let isIncreasing = zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }
      if numbers.count < set.constants.count || !isIncreasing || numbers.count > SplineCall.counts.upperBound
        || name != "knots" && numbers.count != 2
      {
        throw error(
          name == "knots"
            ? "knots are increasing numbers, \(SplineCall.counts.upperBound) at most, as in knots = c(2, 5)"
            : "boundary knots are two numbers, the lower one first, as in Boundary.knots = c(0, 10)",
          at: start)
      }
      if name == "knots" { call.knots = numbers } else { call.boundary = numbers }
      return "\(set)"
    default:
      let degree = call.isNatural ? "" : " degree,"
      throw error(
        "\(call.isNatural ? "ns" : "bs")() takes df, knots,\(degree) intercept and Boundary.knots, as in \(Self.splineUse)",
        at: start)
    }
  }

  private func check(_ call: SplineCall, _ function: String, at place: Int) throws(TabularError) {
    if let df = call.df, call.knots == nil, df < call.fewestColumns {
      throw error("df of this \(function)() is \(call.fewestColumns) or more", at: place)
    }
    if let knots = call.knots, let boundary = call.boundary, let first = knots.first, let last = knots.last,
      !(boundary[0] < first && last < boundary[1])
    {
      throw error("the knots of \(function)() are between its boundary knots", at: place)
    }
  }
}
