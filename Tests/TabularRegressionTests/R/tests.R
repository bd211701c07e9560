#!/usr/bin/env -S LC_ALL=C.UTF-8 Rscript
# Makes tests.json: what car's linearHypothesis, R's anova, and lmtest's dwtest, bptest and resettest make of some fits.
# Needs r-base-core, r-cran-car, r-cran-lmtest and r-cran-sandwich; run in this folder, after diagnostics.R.
suppressMessages({library(car); library(lmtest); library(sandwich)})
number <- function(x) if (is.finite(x)) sprintf("%.17g", x) else "null"
numbers <- function(x) paste0("[", paste(sapply(x, number), collapse = ", "), "]")
cars <- read.csv("mtcars.csv")
fit <- function(formula, weights = NULL) {
  data <- cars
  data$weight_of_row <- if (is.null(weights)) 1 else data[[weights]]
  lm(as.formula(formula), data, weights = weight_of_row)
}
hypotheses <- list(
  list("mpg ~ wt + hp + qsec", NULL, "wt = hp, qsec = 0", c("wt = hp", "qsec = 0")),
  list("mpg ~ wt + hp + qsec", NULL, "2*wt + 3*hp = -1", "2*wt + 3*hp = -1"),
  list("mpg ~ wt + hp + qsec", "hp", "(Intercept) = 30, wt + qsec/2 = -4, hp", c("(Intercept) = 30", "wt + 0.5*qsec = -4", "hp = 0")),
  list("mpg ~ 0 + wt + hp", NULL, "wt = hp = 0", c("wt = hp", "hp = 0")),
  list("mpg ~ log(wt) + hp * qsec", NULL, "log(wt) = 10*hp:qsec, hp = 0", c("log(wt) = 10*hp:qsec", "hp = 0")),
  list("mpg ~ wt + hp + qsec", NULL, "wt = hp, qsec = 0", c("wt = hp", "qsec = 0"), "HC3"),
  list("mpg ~ wt + hp + qsec", "hp", "wt = 2, qsec = 0", c("wt = 2", "qsec = 0"), "HC1"))
lines <- sapply(hypotheses, function(h) {
  m <- fit(h[[1]], h[[2]]); type <- if (length(h) > 4) h[[5]] else NULL
  V <- if (is.null(type)) vcov(m) else vcovHC(m, type = type)
  t <- linearHypothesis(m, h[[4]], vcov. = V)
  sprintf(
    '{"formula": "%s", "weights": %s, "hypothesis": "%s", "covariance": %s, "estimates": %s, "standardErrors": %s, "f": %s, "p": %s, "restrictions": %d}',
    h[[1]], if (is.null(h[[2]])) "null" else paste0('"', h[[2]], '"'), h[[3]],
    if (is.null(type)) "null" else paste0('"', type, '"'), numbers(attr(t, "value")),
    numbers(sqrt(diag(attr(t, "vcov")))), number(t$F[2]), number(t[["Pr(>F)"]][2]), t$Df[2])
})
nested <- list(
  list(c("mpg ~ wt", "mpg ~ wt + hp", "mpg ~ wt + hp + qsec + am"), NULL),
  list(c("mpg ~ wt + hp", "mpg ~ wt * hp + factor(cyl)"), "qsec"),
  list(c("mpg ~ 1", "mpg ~ wt"), NULL))
tables <- sapply(nested, function(n) {
  models <- lapply(n[[1]], fit, weights = n[[2]])
  a <- do.call(anova, models)
  sprintf(
    '{"formulas": [%s], "weights": %s, "rss": %s, "freedom": %s, "difference": %s, "sumOfSquares": %s, "f": %s, "p": %s, "aic": %s, "bic": %s}',
    paste(sprintf('"%s"', gsub("factor", "C", n[[1]])), collapse = ", "),
    if (is.null(n[[2]])) "null" else paste0('"', n[[2]], '"'), numbers(a$RSS), numbers(a$Res.Df),
    numbers(a$Df[-1]), numbers(a[["Sum of Sq"]][-1]), numbers(a$F[-1]), numbers(a[["Pr(>F)"]][-1]),
    numbers(sapply(models, AIC)), numbers(sapply(models, BIC)))
})
# Of weighted fits, of their residuals times the roots of the weights; lmtest has those of fits without weights.
residual <- list(
  list("mpg ~ wt + hp", NULL), list("mpg ~ wt + qsec + am", "hp"), list("mpg ~ 0 + wt + hp", NULL),
  list("log(mpg) ~ log(wt) + factor(cyl)", NULL))
sums <- sapply(residual, function(r) {
  m <- fit(r[[1]], r[[2]]); w <- weights(m); n <- nobs(m); X <- model.matrix(m)
  e <- residuals(m) * sqrt(w); y <- fitted(m)
  wide <- lm(model.response(model.frame(m)) ~ 0 + X + I(y^2) + I(y^3), weights = w)
  a <- anova(lm(model.response(model.frame(m)) ~ 0 + X, weights = w), wide)
  s2 <- sum(e^2) / n
  f <- lm.fit(X, e^2 / s2 - 1)$fitted.values
  bp <- sum(f^2) / 2; koenker <- n * sum(f^2) / sum((e^2 / s2 - 1)^2); df <- m$rank - 1
  S <- mean((e - mean(e))^3) / mean((e - mean(e))^2)^1.5; K <- mean((e - mean(e))^4) / mean((e - mean(e))^2)^2
  jb <- n / 6 * (S^2 + (K - 3)^2 / 4)
  # The fit of the rows times the roots of their weights has weights of 1.
  plain <- lm(I(model.response(model.frame(m)) * sqrt(w)) ~ 0 + I(X * sqrt(w)))
  dw <- dwtest(plain, exact = FALSE)
  if (is.null(r[[2]])) stopifnot(
    all.equal(unname(bptest(m)$statistic), koenker), all.equal(unname(bptest(m, studentize = FALSE)$statistic), bp),
    all.equal(unname(dwtest(m, exact = FALSE)$p.value), unname(dw$p.value)))
  if (is.null(r[[2]]) && !grepl("0 +", r[[1]], fixed = TRUE))
    stopifnot(all.equal(unname(resettest(m)$statistic), a$F[2]))
  sprintf(
    '{"formula": "%s", "weights": %s, "durbinWatson": %s, "breuschPagan": %s, "koenker": %s, "reset": %s, "jarqueBera": %s}',
    gsub("factor", "C", r[[1]]), if (is.null(r[[2]])) "null" else paste0('"', r[[2]], '"'),
    numbers(c(dw$statistic, dw$p.value)), numbers(c(bp, pchisq(bp, df, lower.tail = FALSE))),
    numbers(c(koenker, pchisq(koenker, df, lower.tail = FALSE))), numbers(c(a$F[2], a[["Pr(>F)"]][2])),
    numbers(c(jb, pchisq(jb, 2, lower.tail = FALSE))))
})
intervals <- sapply(list(list("mpg ~ wt + hp + qsec", NULL), list("mpg ~ wt + qsec + am", "hp")), function(s) {
  m <- fit(s[[1]], s[[2]]); ci <- confint(m, level = 0.9)
  sprintf(
    '{"formula": "%s", "weights": %s, "lower": %s, "upper": %s, "inflation": %s, "logLikelihood": %s, "aic": %s, "bic": %s}',
    s[[1]], if (is.null(s[[2]])) "null" else paste0('"', s[[2]], '"'), numbers(ci[, 1]), numbers(ci[, 2]),
    numbers(vif(m)), number(logLik(m)), number(AIC(m)), number(BIC(m)))
})
block <- function(name, lines) sprintf('"%s": [\n%s]', name, paste(lines, collapse = ",\n"))
writeLines(c("{", paste(c(
  block("hypotheses", lines), block("nested", tables), block("residuals", sums), block("intervals", intervals)),
  collapse = ",\n"), "}"), "tests.json")
