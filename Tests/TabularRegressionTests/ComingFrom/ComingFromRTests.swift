// swift-format-ignore-file
// A line for each row of the table.

import Foundation
import LinearRegression
import TabularRegression
import TestSupport
import Testing

/// The tables of the article "Coming from R": each line is compiled, its value is that of R 4.2, and the article has
/// the same lines. `homes`, `fit` and the others are in R what they are here; R/coming-from.R evaluates R's lines.
@Suite struct ComingFromRTests {
  private let homes: Table, february: Table, new: Table, fit: FittedModel, small: FittedModel

  init() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Examples/Homes").path
    homes = try Table(csv: ["\(folder)/january.csv", "\(folder)/march.csv"], options: ReadingOptions(categories: ["zip"]))
    february = try Table(csv: "\(folder)/february.csv", categories: ["zip"])
    new = try Table(csv: "\(folder)/new.csv", categories: ["zip"])
    fit = try FittedModel("price ~ area + zip", homes)
    small = try FittedModel("price ~ area", homes)
  }

  @Test func everyLineHasTheValueOfR() throws {
    // Fits
    row("lm(price ~ area + zip, homes)", try FittedModel("price ~ area + zip", homes), equals: [185.4988224190997, 8.401461560698557, -203.444653697689, -246.0082770758582])
    row("lm(price ~ . - id, homes)", try FittedModel("price ~ . - id", homes), equals: [165.4591256936004, 7.733268717236355, 26.05154141690667, -202.0791785325849, -237.5857573468507, -24.33320777299545, 29.10947444840706])
    row("lm(price ~ area - 1, homes)", try FittedModel("price ~ area - 1", homes), equals: [8.986126994392434])
    row("lm(price ~ area*zip, homes)", try FittedModel("price ~ area*zip", homes), equals: [49.97026619901978, 10.11701290525653, 59.10611897484333, 31.15242047270649, -2.988602511676093, -3.606781718380472])
    row("lm(price ~ area + relevel(zip, '8003'), homes)", try FittedModel(#"price ~ area + C(zip, reference = "8003")"#, homes), equals: [-17.94583127858928, 8.401461560698557, 203.4446536976889, -42.56362337816932])
    row("lm(price ~ poly(area, 2), homes)", try FittedModel("price ~ poly(area, 2, raw = FALSE)", homes), equals: [762.1874999999999, 1384.148200694098, -2.940341023402937])
    row("lm(price ~ poly(area, 2, raw = TRUE), homes)", try FittedModel("price ~ poly(area, 2)", homes), equals: [83.51884931666923, 8.169435747640652, -0.0006323381823723648])
    row("lm(price ~ splines::ns(area, 3), homes)", try FittedModel("price ~ ns(area, 3)", homes), equals: [384.8995155235887, 422.0172078597934, 915.6515486657797, 667.6914894389407])
    row("lm(price ~ splines::bs(area, df = 5), homes)", try FittedModel("price ~ bs(area, df = 5)", homes), equals: [457.0760056370301, -91.41227904460561, 248.4546488118401, 422.8887584565146, 573.1400605334436, 767.5483585377571])
    row("lm(price ~ area + C(zip, sum), homes)", try FittedModel("price ~ area + C(zip, sum)", homes), equals: [35.68117882791723, 8.401461560698559, 149.8176435911824, -53.62701010650655])
    row("lm(price ~ area + I(zip == '8003' & rooms > 2), homes)", try FittedModel("price ~ area + I(zip == '8003' & rooms > 2)", homes), equals: [52.71831973482917, 8.860142644583069, -128.0560292134988])
    row("lm(log(price) ~ scale(area) + I(rooms^2), homes)", try FittedModel("log(price) ~ scale(area) + I(rooms^2)", homes), equals: [6.5816668000743, 0.3534695996027112, -0.00179326194894439])
    row("lm(price ~ area + offset(100*rooms), homes)", try FittedModel("price ~ area + offset(100*rooms)", homes), equals: [77.75491480996038, 5.153787425721162])
    row("lm(price ~ area, homes, weights = rooms)", try FittedModel("price ~ area", homes, weights: "rooms"), equals: [80.58497089861558, 8.1506832578853])
    row("lm(price ~ area + rooms, february, na.action = na.omit)", try FittedModel("price ~ area + rooms", february, missing: .drop), equals: [4.093795664115432, 10.51830788462446, -48.44497074982407])
    row("lm(price ~ area + I(2*area), homes)", try FittedModel("price ~ area + I(2*area)", homes), equals: [87.43162953254684, 8.06280353060437, .nan])
    row("lm(cbind(price, rooms) ~ area, homes)", try FittedModel.perTarget(Formula("cbind(price, rooms) ~ area"), homes), equals: [87.43162953254684, 8.06280353060437, 0.09676714722586316, 0.02909016104883211])
    row("MASS::lm.ridge(price ~ area + rooms, homes, lambda = 10)", try FittedModel("price ~ area + rooms", homes, method: LeastSquares(ridgePenalty: 10)), equals: [189.4622795983157, 4.222094250862345, 86.67208208696957])

    // What a fit tells
    row("coef(fit)", fit.coefficientStatistics.map(\.estimate), equals: [185.4988224190997, 8.401461560698557, -203.444653697689, -246.0082770758582])
    row("coef(summary(fit))", fit.coefficientStatistics, equals: [185.4988224190997, 29.91137607861116, 6.201614460384022, 1.065671851262386e-06, 8.401461560698557, 0.3321868979248545, 25.29136944648278, 7.936950431317665e-21, -203.444653697689, 23.96045079221927, -8.490852507823188, 3.124210413486468e-09, -246.0082770758582, 22.9854119153374, -10.70280045369581, 2.104603146705979e-11])
    row("confint(fit, level = 0.9)", fit.coefficientStatistics.map { $0.confidenceInterval(level: 0.9) }, equals: [134.6156552853122, 236.3819895528871, 7.836368152680748, 8.966554968716366, -244.2045177392899, -162.6847896560882, -285.1094723218834, -206.907081829833])
    row("sqrt(diag(sandwich::vcovHC(fit, 'HC3')))", try fit.withCovariance(.hc3, of: homes).coefficientStatistics.map(\.standardError), equals: [39.9415549030053256, 0.5092441211027187, 26.8184441905640014, 28.2410117164368657])
    row("sqrt(diag(sandwich::vcovCL(small, ~ zip)))", try small.withCovariance(.clustered(by: ["zip"]), of: homes).coefficientStatistics.map(\.standardError), equals: [47.18954445666339, 1.01301088505082])
    row("summary(fit)$sigma", fit.statistics.residualStandardError, equals: [53.70389095747906])
    row("summary(fit)$r.squared", fit.statistics.rSquared, equals: [0.9663394079027182])
    row("summary(fit)$adj.r.squared", fit.statistics.adjustedRSquared, equals: [0.9627329158922951])
    row("summary(fit)$fstatistic[1]", fit.statistics.fStatistic, equals: [267.9444194274992])
    row("deviance(fit)", fit.statistics.residualSumOfSquares, equals: [80755.02131123844])
    row("df.residual(fit)", fit.statistics.degreesOfFreedom, equals: [28])
    row("nobs(fit)", fit.observations, equals: [32])
    row("logLik(fit)", fit.statistics.logLikelihood, equals: [-170.741065378914])
    row("AIC(fit)", fit.statistics.aic, equals: [351.4821307578279])
    row("BIC(fit)", fit.statistics.bic, equals: [358.8108102718265])
    row("anova(small, fit)$F[2]", (small.statistics.residualSumOfSquares - fit.statistics.residualSumOfSquares) / 2 / pow(fit.statistics.residualStandardError!, 2), equals: [69.77471467861032])
    row("colnames(model.matrix(fit))[-1]", fit.features, equals: ["area", "zip8003", "zip8005"])
    row("all.vars(formula(fit)[-2])", fit.variables, equals: ["area", "zip"])

    // Predictions
    row("predict(fit, new)", try fit.predictions(from: new), equals: [317.5563155746764, 1143.265440338735, 664.3821313789174, 1781.776518951826])
    row("predict(fit, new, interval = 'prediction')", try fit.predictions(from: new, interval: .prediction), equals: [317.5563155746764, 199.8282539981143, 435.2843771512386, 1143.265440338735, 1026.933008654577, 1259.597872022893, 664.3821313789174, 549.5338028253935, 779.2304599324412, 1781.776518951826, 1645.135095232389, 1918.417942671262])
    row("predict(fit, new, interval = 'confidence', level = 0.9)", try fit.predictions(from: new, interval: .confidence, level: 0.9), equals: [317.5563155746764, 282.7335602157561, 352.3790709335968, 1143.265440338735, 1111.843559273425, 1174.687321404045, 664.3821313789174, 636.9830316695902, 691.7812310882446, 1781.776518951826, 1714.466590255839, 1849.086447647813])
    row("predict(fit, data.frame(area = 88, zip = '8003'))", try fit.prediction(of: ["area": 88, "zip": "8003"]), equals: [721.3827860628837])
    row("exp(predict(lm(log(price) ~ area, homes), new)) * mean(exp(residuals(lm(log(price) ~ area, homes))))", try FittedModel("log(price) ~ area", homes).predictions(from: new, response: true), equals: [467.7111926279253, 1012.780605898632, 534.9733285361131, 2371.881770870954])
    row("fitted(fit)[1:3]", try fit.predictions(from: homes).prefix(3), equals: [721.3827860628832, 360.119938952846, 597.1704388933289])
    row("residuals(fit)[1:3]", try zip(homes.column("price"), fit.predictions(from: homes)).map(-).prefix(3), equals: [27.6172139371168, 67.88006104715397, -53.17043889332893])
    row("hatvalues(fit)[1:3]", try fit.diagnosedRows(of: homes).prefix(3).map { $0?.leverage }, equals: [0.1164184913738539, 0.2259165103171767, 0.1058632475725679])
    row("rstandard(fit)[1:3]", try fit.diagnosedRows(of: homes).prefix(3).map { $0?.standardizedResidual }, equals: [0.5470799551040378, 1.43662218781039, -1.047038182919892])
    row("rstudent(fit)[1:3]", try fit.diagnosedRows(of: homes).prefix(3).map { $0?.studentizedResidual }, equals: [0.5401163015174393, 1.465790747375465, -1.048910195433517])
    row("cooks.distance(fit)[1:3]", try fit.diagnosedRows(of: homes).prefix(3).map { $0?.cooksDistance }, equals: [0.009858638964794613, 0.1505862485851269, 0.03244937334729003])
    row("dffits(fit)[1:3]", try fit.diagnosedRows(of: homes).prefix(3).map { $0?.dffits }, equals: [0.1960536623352984, 0.7918666616718926, -0.360918330637964])
    row("mean((february$price - predict(fit, february))^2)", try fit.evaluation(on: february).meanSquaredError, equals: [1632.968479296821])
  }

  /// What biglm is to have for rows in parts: lm of all rows.
  @Test func aShareOfPartsHasTheValueOfR() throws {
    var big = try Share("price ~ area", february, missing: .drop)
    try big.add(homes)
    let R = "coef(lm(price ~ area, rbind(february, homes)))"
    row(R, try big.solve(), equals: [56.25252315411965, 8.412578217206985])
  }

  @Test func theArticleHasTheseLines() throws {
    let article = "Sources/TabularRegression/TabularRegression.docc/ComingFromR.md"
    let found = try difference(article: article, tables: "| R | Swift |", test: #filePath)
    #expect(found == nil)
  }

  /// Values agree to 8 digits; what is missing is NaN.
  private func row(_ R: String, _ value: [Double?], equals expected: [Double]) {
    let agree = zip(value, expected).allSatisfy { a, e in a.map { abs($0 - e) <= 1e-8 * abs(e) } ?? e.isNaN }
    #expect(agree && value.count == expected.count, "\(R): \(value) instead of \(expected)")
  }

  private func row(_ R: String, _ value: ArraySlice<Double>, equals expected: [Double]) {
    row(R, Array(value), equals: expected)
  }

  private func row(_ R: String, _ value: Double?, equals expected: [Double]) { row(R, [value], equals: expected) }

  private func row(_ R: String, _ value: Int, equals expected: [Double]) { row(R, [Double(value)], equals: expected) }

  private func row(_ R: String, _ value: FittedModel, equals expected: [Double]) {
    row(R, value.coefficientStatistics.map(\.estimate), equals: expected)
  }

  private func row(_ R: String, _ value: [FittedModel], equals expected: [Double]) {
    row(R, value.flatMap { $0.coefficientStatistics.map(\.estimate) }, equals: expected)
  }

  private func row(_ R: String, _ value: CoefficientTable, equals expected: [Double]) {
    row(R, value.flatMap { [$0.estimate, $0.standardError, $0.tStatistic, $0.pValue] }, equals: expected)
  }

  private func row(_ R: String, _ value: [ClosedRange<Double>?], equals expected: [Double]) {
    row(R, value.flatMap { [$0?.lowerBound, $0?.upperBound] }, equals: expected)
  }

  private func row(_ R: String, _ value: [IntervalPrediction], equals expected: [Double]) {
    row(R, value.flatMap { [$0.prediction, $0.lower, $0.upper] }, equals: expected)
  }

  private func row(_ R: String, _ value: [String], equals expected: [String]) { #expect(value == expected, "\(R)") }
}
