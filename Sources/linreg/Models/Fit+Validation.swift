import ArgumentParser
import LinearRegression
import TabularRegression

// Which options of a fit go together.

extension Fit {
  func validate() throws {
    try groups.check(self)
    try statistics.check(output.format)
    if noIntercept && data.target == nil {
      throw ValidationError("--no-intercept goes with --target; a formula says \"- 1\".")
    }
    try validateStandardErrors()
    try validateEffects()
    try validateReport()
  }

  private func validateStandardErrors() throws {
    if covariance.vcov == .classical && weighing.kind == .probability {
      throw ValidationError(
        "The standard errors of probability weights are robust; leave --vcov classical out.")
    }
    if covariance.vcov == .hac && weighing.kind == .frequency {
      throw ValidationError(
        "--vcov hac is for rows in the order of time; a row with a frequency weight stands for several at once."
      )
    }
    if options.ridge == .penalty(0) { return }
    if covariance.needsRows {
      throw ValidationError(
        "With --ridge there are no standard errors; leave it out, or --vcov and --cluster.")
    }
    if weighing.kind == .probability {
      throw ValidationError(
        "With --ridge there are no standard errors; leave it out, or --probability-weights.")
    }
  }

  private func validateEffects() throws {
    let formula = try? data.formula()
    if let effects {
      if effects.isEmpty || effects == "-" { throw ValidationError("--effects needs the name of a file.") }
      try OutputPath.check(effects)
      if TableFormat(endingOf: effects) == .npy {
        throw ValidationError("--effects writes names, and .npy holds only numbers; write .csv or .tsv.")
      }
      if formula?.effects.isEmpty ?? true {
        throw ValidationError("--effects goes with columns behind a bar, as in 'y ~ x | firm'.")
      }
      if let count = formula?.targetCount, count > 1 {
        throw ValidationError("--effects is of one target; the effects of several stand in --json.")
      }
      for other in [output.modelFile, report].compactMap({ $0 }) where Files.areSame(effects, other) {
        throw ValidationError("The effects need a file of their own.")
      }
    } else if keepSingletons, formula?.effects.isEmpty ?? (data.target != nil) {
      throw ValidationError("--keep-singletons goes with columns behind a bar, as in 'y ~ x | firm'.")
    }
    if keep.keepShares != nil, formula?.effects.isEmpty == false {
      throw ValidationError("--keep-shares keeps parts of fits without effects behind a bar; leave it out.")
    }
    if let estimator = covariance.vcov, [.hc2, .hc3].contains(estimator), formula?.effects.isEmpty == false {
      throw ValidationError(
        "\(estimator.rawValue) needs leverages, which are not formed with effects behind a bar; take HC1, or C() for few levels."
      )
    }
    if report != nil, formula?.effects.isEmpty == false {
      throw ValidationError("--report has no charts of a fit with effects behind a bar; leave it out.")
    }
  }

  private func validateReport() throws {
    guard let report else { return }
    if report.isEmpty || report == "-" { throw ValidationError("--report needs the name of a file.") }
    if data.files.contains("-") {
      throw ValidationError(
        "--report reads the rows once more, which standard input does not allow; give a file.")
    }
    if let formula = try? data.formula(), formula.targetNames.count > 1 {
      throw ValidationError(
        "--report is of one target; write the models with -m, and use the command report.")
    }
    if let model = output.modelFile, Files.areSame(report, model) {
      throw ValidationError("The model and the report need files of their own.")
    }
  }
}
