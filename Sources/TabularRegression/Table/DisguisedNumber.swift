/// What a word may be beside a word: a number or a date in a spelling that is not read as a number.
enum DisguisedNumber: String, Sendable, Codable, CodingKeyRepresentable {
  case number = "a number that is not written as such"
  case date = "a date or time"

  /// What to do.
  var remedy: String {
    switch self {
    case .number: "leave only digits, a point and a sign"
    case .date: "write it as a number, such as days or seconds since the first"
    }
  }

  /// Tells what words are. Not shared between threads, for regular expressions are not.
  struct Reader {
    /// With a currency, separators of thousands, a decimal comma, Fortran's exponent, a percent sign, a sign behind it.
    private let amount =
      /[+\-−]? ?(?:[A-Za-zł.]{0,3}\p{Sc} ?[+\-−]?|[A-Za-zł]{2,3}\.? )?(?:[0-9]+|[0-9]{1,3}(?:[ \u{A0}\u{2009}\u{202F}.,'’_][0-9]{3})+|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3})(?:[.,][0-9]*)?(?:[eEdD][+\-]?[0-9]+)?-?(?: ?\p{Sc}| [A-Za-zł]{2,3}\.?| ?[%‰])?/
    private let hexadecimal = /[+\-]?0[xX][0-9A-Fa-f]+/
    /// Day and month in either order, or a year before them, and a time.
    private let date =
      /(?:[0-9]{4}([\-\/.])([0-9]{1,2})\1([0-9]{1,2})|([0-9]{1,2})([\-\/])([0-9]{1,2})\5(?:[0-9]{4}|[0-9]{2})|([0-9]{1,2})\.([0-9]{1,2})\.[0-9]{4})(?:[ T]+[0-9]{1,2}:[0-9]{2}.{0,20})?/
    private let monthAndYear =
      /[0-9]{4}-(?:0[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])\/[0-9]{4}|[0-9]{4}-W[0-5][0-9]|[0-9]{8}T[0-9]{4,6}Z?|(?:[0-9]{1,2}[ \-.]{0,2})?[A-Za-z]{3,9}[ \-.,]{1,2}(?:[0-9]{4}|[0-9]{2})|[A-Za-z]{3,9}[ .]{1,2}[0-9]{1,2}, ?[0-9]{4}/
    private let time =
      /(?:[01][0-9]|2[0-3]):[0-5][0-9]|[0-9]{1,3}:[0-5][0-9]:[0-5][0-9](?:[.,][0-9]+)?|[0-9]{1,2}(?::[0-5][0-9])?(?::[0-5][0-9])? ?[AaPp][Mm]/

    /// The currencies that are written as letters, before or behind an amount.
    private static let currencies: Set<Substring> = [
      "chf", "usd", "eur", "gbp", "jpy", "cad", "aud", "nzd", "cny", "inr", "sek", "nok", "dkk", "pln", "czk",
      "brl",
      "mxn", "zar", "krw", "rub", "try", "kr", "rs", "zł",
    ]
    private static let months: Set<Substring> = [
      "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    /// Nil for a word.
    func kind(of word: String) -> DisguisedNumber? {
      if word.utf8.count > 40
        || !word.unicodeScalars.contains(where: { $0.properties.numericType == .decimal })
      {
        return nil
      }
      let text = Self.visible(word)
      // Most words show by their letters that they are none.
      let letters = text.lowercased().split { !$0.isLetter }
      if letters.first.map({ $0.count < 3 || Self.months.contains($0.prefix(3)) }) ?? true, isDate(text) {
        return .date
      }
      let hasSymbol = text.unicodeScalars.contains { $0.properties.generalCategory == .currencySymbol }
      if letters.count < 3,
        letters.allSatisfy({ hasSymbol || $0.count == 1 || Self.currencies.contains($0) }),
        isAmount(text)
      {
        return .number
      }
      return nil
    }

    /// Without what cannot be seen at either end, and digits of any script as those of ASCII.
    private static func visible(_ word: String) -> String {
      func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar.properties.generalCategory == .format
      }
      let scalars = word.unicodeScalars.drop(while: isInvisible).reversed().drop(while: isInvisible)
        .reversed()
      var text = String.UnicodeScalarView()
      for scalar in scalars {
        let digit = scalar.properties.numericType == .decimal ? scalar.properties.numericValue : nil
        text.append(digit.flatMap { Unicode.Scalar(UInt8(48 + $0)) } ?? scalar)
      }
      return String(text)
    }

    /// Also in parentheses, as accountants write what is negative, though a single digit may be a mark; and as a
    /// spreadsheet's text.
    private func isAmount(_ text: String) -> Bool {
      var text = text[...]
      if text.hasPrefix("=\""), text.hasSuffix("\""), text.count > 3 { text = text.dropFirst(2).dropLast() }
      if text.hasPrefix("'") { text = text.dropFirst() }
      if text.hasPrefix("("), text.hasSuffix(")"), text.count > 3 { text = text.dropFirst().dropLast() }
      return text.wholeMatch(of: amount) != nil || text.wholeMatch(of: hexadecimal) != nil
    }

    private func isDate(_ text: String) -> Bool {
      if let parts = text.wholeMatch(of: date)?.output {
        guard let a = (parts.2 ?? parts.4 ?? parts.7).flatMap({ Int($0) }),
          let b = (parts.3 ?? parts.6 ?? parts.8).flatMap({ Int($0) })
        else { return false }
        return a > 0 && b > 0 && min(a, b) <= 12 && max(a, b) <= 31
      }
      if text.wholeMatch(of: time) != nil { return true }
      return text.wholeMatch(of: monthAndYear) != nil && !Self.isSeason(text)
    }

    /// Two years that follow each other, such as 2009-10, and not a month.
    private static func isSeason(_ text: String) -> Bool {
      let years = text.split(separator: "-").compactMap { Int($0) }
      return years.count == 2 && text.utf8.count == 7 && (years[0] + 1) % 100 == years[1]
    }
  }
}
