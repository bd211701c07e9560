import ArgumentParser
import LinearAlgebra

/// What `linreg help` tells beside the commands: a page of text under a name.
///
/// It is a command that is not listed and cannot be run, so that the description of the command which other programs
/// read (`--experimental-dump-help`) has it.
protocol HelpTopic: ParsableCommand {}

extension ParsableCommand {
  /// The name by which it is called.
  static var name: String { configuration.commandName ?? "\(Self.self)".lowercased() }
}

extension Linreg {
  static let topics: [any HelpTopic.Type] = [FormulaTopic.self, FilesTopic.self]

  /// The list of topics in `linreg help`.
  static var topicList: String {
    topics.map { "\(aligned($0.name, .left, width: 9))\($0.configuration.abstract)" }
      .joined(separator: "\n")
  }

  /// What a user sees who gives no arguments.
  static let greeting = """
    linreg fits linear regressions to CSV files: exactly, telling how many digits
    are right, or by stochastic gradient descent. Three lines to try:

      linreg selftest
      printf 'x,y\\n1,3.1\\n2,4.9\\n3,7.2\\n' | linreg fit 'y ~ x' -
      linreg check FILE

    "linreg help" lists the commands, "linreg fit --help" the options of one.
    "linreg help formula" and "linreg help files" tell what they have in common.
    """

  /// What is printed for arguments that are no command: the greeting for none, a topic for `help TOPIC`.
  static func page(for arguments: some Collection<String>) -> String? {
    if arguments.isEmpty { return greeting }
    guard arguments.count == 2, arguments.first == "help" else { return nil }
    let topic = topics.first { $0.name == arguments.dropFirst().first }?.configuration
    return topic.map { "\($0.abstract)\n\n\($0.discussion)" }
  }
}
