/// What a word may be beside a word: a number or a date in a spelling that is not read as a number.
enum DisguisedNumber: String, Sendable {
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
    /// In parentheses, with a currency, separators of thousands, a decimal comma, Fortran's exponent, a percent sign.
    private let number =
      /=?["']?\(?[+\-−]?(?:(?:[A-Za-zł.]{0,3}\p{Sc}|[A-Za-zł]{2,3}\.?) ?)?[+\-−]?(?:\d+|\d{1,3}(?:[ \u{A0}\u{2009}\u{202F}.,'’_]\d{2,3})+)(?:[.,]\d+)?(?:[eEdD][+\-]?\d+)?\)? ?(?:\p{Sc}|[A-Za-zł]{2,3}\.?|%|‰)?["']?/
    private let hexadecimal = /[+\-]?0[xX][0-9A-Fa-f]+/
    private let date =
      /(?:\d{4}[\-\/.]\d{1,2}[\-\/.]\d{1,2}|\d{1,2}[\-\/.]\d{1,2}[\-\/.](?:\d{4}|\d{2})|\d{4}-(?:0[1-9]|1[0-2])|\d{1,2}[ \-.]{0,2}[A-Za-z]{3,9}[ \-.,]{1,2}(?:\d{4}|\d{2})|[A-Za-z]{3,9}[ .]{1,2}\d{1,2}, ?\d{4})(?:[ T]+\d{1,2}:\d{2}.{0,20})?/
    private let time = /\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?/

    /// The currencies that are written as letters, before or behind an amount.
    private static let currencies: Set<Substring> = [
      "chf", "usd", "eur", "gbp", "jpy", "cad", "aud", "nzd", "cny", "inr", "sek", "nok", "dkk", "pln", "czk",
      "brl",
      "mxn", "zar", "krw", "rub", "try", "kr", "rs", "zł", "us",
    ]
    private static let months: Set<Substring> = [
      "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    /// Nil for a word.
    func kind(of word: String) -> DisguisedNumber? {
      if word.utf8.count > 40 || !word.utf8.contains(where: { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) {
        return nil
      }
      // Most words show by their letters that they are none.
      let letters = word.lowercased().split { !$0.isLetter }
      if letters.first.map({ $0.count < 3 || Self.months.contains($0.prefix(3)) }) ?? true,
        word.wholeMatch(of: date) != nil || word.wholeMatch(of: time) != nil
      {
        return .date
      }
      if letters.count < 3, letters.allSatisfy({ $0.count == 1 || Self.currencies.contains($0) }),
        word.wholeMatch(of: number) != nil || word.wholeMatch(of: hexadecimal) != nil
      {
        return .number
      }
      return nil
    }
  }
}
