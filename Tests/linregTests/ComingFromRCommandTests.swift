// swift-format-ignore-file
// A line for each row of the table.

import Foundation
import TestSupport
import Testing

/// The commands of the article "Coming from R": each runs and prints what R 4.2 gives, and the article has the same
/// lines. The numbers of biglm are those of lm for all rows, those of fixest of lm with a column for each level.
@Suite struct ComingFromRCommandTests {
  private let folder = TemporaryFolder()

  init() throws {
    for file in ["january.csv", "february.csv", "march.csv", "new.csv"] {
      let homes = repository.appendingPathComponent("Examples/Homes/\(file)").path
      try FileManager.default.copyItem(atPath: homes, toPath: folder.path(file))
    }
  }

  @Test func everyLinePrintsTheValuesOfR() throws {
    try row("summary(fit)", "linreg fit 'price ~ area + C(zip)' january.csv march.csv -m homes.model", equals: ["8.40146      0.3322   25.29", "residual standard error 53.7 on 28 degrees", "R² 0.9663, adjusted 0.9627"])
    try row("summary(readRDS('homes.rds'))", "linreg summary homes.model", equals: ["F 267.9 on 3 and 28 degrees of freedom"])
    try row("confint(fit, level = 0.9); logLik(fit)", "linreg summary homes.model --statistics all --level 0.9", equals: ["(Intercept)   134.616     236.382", "log-likelihood -170.741, AIC 351.482, BIC 358.811"])
    try row("lmtest::coeftest(fit, sandwich::vcovHC(fit, 'HC3'))", "linreg vcov homes.model january.csv march.csv --vcov HC3", equals: ["(Intercept)   185.499       39.94", "standard errors HC3"])
    try row("lmtest::coeftest(small, sandwich::vcovCL(small, ~ zip))", "linreg fit 'price ~ area' january.csv march.csv --cluster zip", equals: ["(Intercept)   87.4316      47.19", "area           8.0628       1.013"])
    try row("lmtest::coeftest(small, sandwich::NeweyWest(small, lag = 2, prewhite = FALSE, adjust = TRUE))", "linreg fit 'price ~ area' january.csv march.csv --vcov hac --lags 2", equals: ["(Intercept)   87.4316     52.42     1.668     0.106"])
    try row("car::linearHypothesis(fit, 'area = 9')", "linreg test homes.model 'area = 9'", equals: ["F 3.247 on 1 and 28 degrees of freedom, p 0.0824"])
    try row("lmtest::bptest(fit)", "linreg test homes.model breusch-pagan january.csv march.csv --studentized", equals: ["6.578 on 3 degrees of freedom, p 0.0866"])
    try row("lmtest::dwtest(fit, exact = FALSE)", "linreg test homes.model durbin-watson january.csv march.csv", equals: ["d 2.645, p 0.967"])
    try row("lmtest::resettest(fit)", "linreg test homes.model reset january.csv march.csv", equals: ["F 10.86 on 2 and 26 degrees of freedom, p 0.000372"])
    try row("anova(small, fit); AIC(small, fit)", "linreg fit 'price ~ area' january.csv march.csv -m small.model && linreg compare small.model homes.model", equals: ["402476   69.77   1.32e-11", "404.732     351.482"])
    try row("stargazer::stargazer(small, fit)", "linreg compare small.model homes.model --format latex --stars", equals: ["area & 8.0628$^{***}$ & 8.4015$^{***}$"])
    try row("step(lm(price ~ area + rooms + zip, homes))", "linreg accumulate 'price ~ area + rooms + C(zip)' january.csv march.csv -o homes.share && linreg select homes.share", equals: ["257.09", "rooms          41.976"])
    try row("broom::augment(fit)", "linreg augment homes.model january.csv march.csv", equals: ["721.3827860628", "0.00985863896479"])
    try row("sort(cooks.distance(fit), decreasing = TRUE)[1:3]", "linreg augment homes.model january.csv march.csv --top 3", equals: ["0.2515", "0.232", "0.1506"])
    try row("predict(fit, new, interval = 'prediction')", "linreg predict homes.model new.csv --interval prediction", equals: ["317.5563155746", "199.8282539981", "435.2843771512"])
    try row("mean(abs(february$price - predict(fit, february)))", "linreg evaluate homes.model february.csv", equals: ["mean absolute error      34.8405"])
    try row("summary(march)", "linreg check march.csv", equals: [])
    try row("lm(price ~ area + rooms, february, na.action = na.omit)", "linreg fit 'price ~ area + rooms' february.csv --missing drop", equals: ["area          10.5183", "rooms        -48.445"])
    try row("lm(price ~ area, homes, weights = rooms)", "linreg fit 'price ~ area' january.csv march.csv --weights rooms", equals: ["(Intercept)  80.585", "area          8.15068"])
    try row("MASS::lm.ridge(price ~ area + rooms, homes, lambda = 10)", "linreg fit 'price ~ area + rooms' january.csv march.csv --ridge 10", equals: ["(Intercept)  189.462", "area           4.22209"])
    try row("lm(cbind(price, rooms) ~ area, homes)", "linreg fit 'cbind(price, rooms) ~ area' january.csv march.csv", equals: ["87.4316", "0.0290902"])
    try row("fixest::feols(price ~ area | zip, homes, vcov = 'iid')", "linreg fit 'price ~ area | zip' january.csv march.csv", equals: ["area   8.40146      0.3322  25.29"])
    try row("fixest::fixef(fixest::feols(price ~ area | zip, homes))", "linreg fit 'price ~ area | zip' january.csv march.csv --effects zip.csv && cat zip.csv", equals: ["8001,185.498822419", "8003,-17.94583127", "8005,-60.50945465"])
    try row("big <- biglm::biglm(price ~ area, january)", "linreg accumulate 'price ~ area' january.csv -o january.share", equals: [])
    try row("big <- update(big, march)", "linreg accumulate 'price ~ area' march.csv -o march.share && linreg merge january.share march.share -o big.share", equals: ["32 rows"])
    try row("coef(big)", "linreg solve big.share", equals: ["87.4316", "8.0628"])
  }

  @Test func theArticleHasTheseLines() throws {
    let article = "Sources/TabularRegression/TabularRegression.docc/ComingFromR.md"
    let found = try difference(article: article, tables: "| R | command |", test: #filePath)
    #expect(found == nil)
  }

  private func row(_ R: String, _ command: String, equals printed: [String]) throws {
    let outcome = try shell(command, in: URL(fileURLWithPath: folder.path("")))
    #expect(outcome.status == 0, "\(R): \(outcome.error)")
    for text in printed { #expect((outcome.output + outcome.error).contains(text), "\(R): \(outcome.output)") }
  }
}
