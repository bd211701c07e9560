import ArgumentParser
import LinearRegression
import TabularRegression

/// A model, and the rows on which it is looked at.
struct DiagnosticOptions: ParsableArguments {
  @Argument(help: "A model file, from -m of fit or train.", completion: .file())
  var model: String

  @Argument(
    help:
      "CSV or NPY files with the model's features and its target, read as one: the rows of the fit, or others; \"-\" is standard input.",
    completion: .file())
  var files: [String]

  @Option(help: "The target to look at, of a model of several.")
  var target: String?

  @OptionGroup var unusual: PolicyOptions
  @OptionGroup var text: TextOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if files.isEmpty { throw ValidationError("Missing expected argument '<file>'") }
    if model == "-" && files.contains("-") {
      throw ValidationError("Only one of the two files can be standard input.")
    }
    try checkOnce(files)
  }

  /// The report of the rows; nil on ranks but the first.
  func report(on communicator: any Communicator) throws -> Report? {
    try threads.run {
      let model = try communicator.agree(try chosenModel())
      return try Report(
        model, reading: files, text.options(categories: model.categories), unusual.policies, on: communicator)
    }
  }

  /// The model, or that of the target of a model of several.
  func chosenModel() throws(TabularError) -> FittedModel {
    let name = displayed(model)
    let chosen = try FittedModel.chosen(
      target, of: FittedModel.perTarget(contentsOf: model, beforeRowsOf: files[0]), named: name)
    try chosen.requireRowsOfOneObservation(named: name)
    return chosen
  }
}

extension FittedModel {
  /// The model of a target; without one the only model.
  ///
  /// - Parameter name: what messages call the file of the models.
  static func chosen(
    _ target: String?, of models: [FittedModel], named name: String
  ) throws(TabularError) -> FittedModel {
    let names = models.map(\.target)
    if let target {
      guard let found = models.first(where: { $0.target == target }) else {
        throw .model(
          path: name,
          message:
            "the model has no target \(printable(target)); give one of \(names.map(printable).joined(separator: ", "))"
        )
      }
      return found
    }
    if models.count > 1 {
      throw .model(
        path: name,
        message:
          "the model has several targets: give one of them by --target: \(names.map(printable).joined(separator: ", "))"
      )
    }
    return models[0]
  }
}

extension Report {
  /// The report of a model on the rows of some files; nil on ranks but the first.
  init?(
    _ model: FittedModel, reading files: [String], _ options: ReadingOptions,
    _ policies: FittedModel.Policies = FittedModel.Policies(), on communicator: any Communicator
  ) throws(TabularError) {
    let file = try communicator.part(files) { (part) throws(TabularError) in
      try TableFile(files, options: options.keepingDigits(for: model), part: part)
    }
    var progress = ReadingProgress()
    defer { progress.end() }
    let diagnostics = try Diagnostics(model, reading: file, policies, on: communicator) { progress.show($0) }
    guard let diagnostics else { return nil }
    self.init(model, diagnostics)
  }
}
