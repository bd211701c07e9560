import ArgumentParser
import LinearRegression
import TabularRegression

/// The command: `linreg fit`, `train`, `predict`, `augment`, `evaluate`, `summary`, `vcov`, `test`, `compare`, `report`, `plot`, `accumulate`, `survey`, `merge`, `solve`, `select`, `check`,
/// `convert`, `selftest`.
@main
struct Linreg: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "linreg",
    abstract: "Linear regression on CSV files: exactly, or by stochastic gradient descent.",
    discussion: """
      Data goes to standard output, everything else to standard error.
      A FILE of "-" is standard input.

      Exit codes: 0 done, 1 the data or a file is at fault, 2 usage,
      3 numerical (training diverged, columns depend on each other where that is
      refused, a self-test falls short), 130 ended by Ctrl-C, 143 by SIGTERM.

      "linreg help" also tells of these topics:

      \(topicList)
      """,
    version: "0.1.0",
    subcommands: [
      Fit.self, Train.self, Predict.self, Augment.self, Evaluate.self, Summary.self, Vcov.self,
      TestCommand.self, Compare.self,
      ReportCommand.self,
      Plot.self, Accumulate.self, Survey.self,
      Merge.self, Solve.self, Select.self, Check.self, Convert.self,
      SelfTestCommand.self,
    ] + topics)

  /// What is wrong with the first argument where it should be a verb, or with that of help; nil where it is one or an
  /// option.
  private static func unknownVerb(_ arguments: [String]) -> String? {
    let topics = topics.map { $0.name }
    let verbs = configuration.subcommands.map { $0.name }.filter { !topics.contains($0) } + ["help"]
    let isForHelp = arguments.count > 1 && arguments[0] == "help"
    let known = isForHelp ? verbs + topics : verbs
    guard let word = isForHelp ? arguments[1] : arguments.first, !word.hasPrefix("-"), !known.contains(word)
    else { return nil }
    if topics.contains(word) {
      return "Error: \"\(word)\" is a topic and not a command; linreg help \(word) tells of it."
    }
    let remedy =
      nearest(word, known).map { "is \"\($0)\" meant?" } ?? "they are \(known.joined(separator: ", "))."
    return
      "Error: \"\(word)\" is not one of the commands\(isForHelp ? " and topics" : ""); \(remedy)\nUsage: linreg <subcommand>"
  }

  /// What follows the command's name. The parser knows an empty value only as an argument of its own.
  private static var arguments: [String] {
    CommandLine.arguments.dropFirst().flatMap { $0 == "--null-value=" ? ["--null-value", ""] : [$0] }
  }

  /// Runs the command and maps what went wrong to an exit code.
  static func main() {
    Terminal.prepare()
    Interrupts.install()
    Terminal.isSilent = Ranks.isSilent
    var verb: (any ParsableCommand.Type)?
    do {
      do {
        if let page = page(for: arguments) {
          try Ranks.meet()
          Terminal.print(page)
          end(.done)
        }
        if let fault = unknownVerb(arguments) {
          try Ranks.meet()
          Terminal.noteError(fault)
          end(.usage)
        }
        var command = try parseAsRoot(arguments)
        if !(command is any RankedCommand) {
          try Ranks.meet()
          // What ranks do not do together rank 0 does.
          if Terminal.isSilent { end(.done) }
        }
        verb = type(of: command)
        try Parallelism.$threads.withValue(Terminal.usualThreads) { try command.run() }
        Terminal.noteHeld()
        Ranks.finish()
      } catch {
        try Ranks.meet()
        throw error
      }
    } catch let error as TabularError {
      Terminal.noteError(error.description)
      Ranks.finish(after: error)
      Terminal.exit(ExitStatus(error))
    } catch {
      let text = text(error, verb)
      switch exitCode(for: error) {
      case .success:  // --help and --version come this way too
        Terminal.print(text)
        end(.done)
      case .validationFailure:
        Terminal.noteError(text)
        end(.usage)
      default:
        Terminal.noteError(text)
        end(.dataAtFault)
      }
    }
  }

  /// The text of an error, with the usage of the verb that it is of.
  private static func text(_ error: any Error, _ verb: (any ParsableCommand.Type)?) -> String {
    guard let verb, error is ValidationError else { return fullMessage(for: error) }
    return verb.fullMessage(for: error).replacing("\n  See '", with: "\n  See 'linreg ")
  }

  /// Ends the program, together with the other ranks.
  private static func end(_ status: ExitStatus) -> Never {
    Ranks.finish()
    Terminal.exit(status)
  }
}

/// What the command's exit codes mean.
enum ExitStatus: Int32 {
  case done = 0
  case dataAtFault = 1
  case usage = 2
  case numerical = 3

  init(_ error: TabularError) {
    self =
      switch error {
      case .diverged, .rankDeficient, .notConverged: .numerical
      case .formula: .usage
      // Of several exit codes a launcher passes on any: that of the run is rank 0's.
      case .elsewhere: .done
      default: .dataAtFault
      }
  }
}
