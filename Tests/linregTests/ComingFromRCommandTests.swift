// swift-format-ignore-file
// A line for each row of the table.

import Foundation
import TestSupport
import Testing

/// The commands of the article "Coming from R": each runs and prints what R 4.2 gives, and the article has the same
/// lines. The numbers of biglm are those of lm for all rows.
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
    try row("lmtest::coeftest(fit, sandwich::vcovHC(fit, 'HC3'))", "linreg vcov homes.model january.csv march.csv --vcov HC3", equals: ["(Intercept)   185.499       39.94", "standard errors HC3"])
    try row("predict(fit, new, interval = 'prediction')", "linreg predict homes.model new.csv --interval prediction", equals: ["317.5563155746", "199.8282539981", "435.2843771512"])
    try row("mean(abs(february$price - predict(fit, february)))", "linreg evaluate homes.model february.csv", equals: ["mean absolute error      34.8405"])
    try row("summary(march)", "linreg check march.csv", equals: [])
    try row("lm(price ~ area + rooms, february, na.action = na.omit)", "linreg fit 'price ~ area + rooms' february.csv --missing drop", equals: ["area          10.5183", "rooms        -48.445"])
    try row("lm(price ~ area, homes, weights = rooms)", "linreg fit 'price ~ area' january.csv march.csv --weights rooms", equals: ["(Intercept)  80.585", "area          8.15068"])
    try row("MASS::lm.ridge(price ~ area + rooms, homes, lambda = 10)", "linreg fit 'price ~ area + rooms' january.csv march.csv --ridge 10", equals: ["(Intercept)  189.462", "area           4.22209"])
    try row("lm(cbind(price, rooms) ~ area, homes)", "linreg fit 'cbind(price, rooms) ~ area' january.csv march.csv", equals: ["87.4316", "0.0290902"])
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
