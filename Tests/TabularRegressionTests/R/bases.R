#!/usr/bin/env -S LC_ALL=C.UTF-8 Rscript
# Makes bases.csv, bases-new.csv and bases.json: what R's lm makes of splines, contrasts, orthogonal polynomials, offsets
# and comparisons, and what it predicts for new rows. Needs r-base-core; run in this folder. The numbers are formed
# without randomness, so that the files come out the same every time.
suppressPackageStartupMessages(library(splines))
invisible(Sys.setlocale("LC_COLLATE", "C"))
rows <- function(n, start) {
  i <- start + 1:n
  x <- 10 + (i * 37) %% 61 + 0.25 * (i %% 3)
  u <- 1 + (i * 17) %% 8 + 0.5 * (i %% 2)
  z <- c("a", "b", "c", "d", "a")[1 + (i * 13) %% 5]
  k <- c(2L, 10L, 9L)[1 + (i * 7) %% 3]
  flag <- (i * 29) %% 11 < 5
  w <- 1 + (i * 5) %% 4
  e <- round(2 + sin(i), 4)
  data.frame(x, u, z, k, flag, w, e, stringsAsFactors = TRUE)
}
n <- 90
d <- rows(n, 0)
noise <- ((1:n) * 577 %% 1009) %% 211 / 211 - 0.5
d$y <- round(
  20 + 6 * sin(d$x / 9) + 0.2 * d$x + d$u + 3 * (d$z == "b") - 2 * (d$z == "d") + d$flag + 0.5 * d$k + d$e + 4 * noise, 4)
# Rows that are left out, though x is there, count for its knots; so does none where u is missing for those of u.
d$u[c(5, 40, 77)] <- NA
d$y[c(9, 63)] <- NA
new <- rows(24, 500)
# Outside the boundary.
new$x[c(1, 2, 3, 4)] <- c(4, 7.5, 78, 95)
new$u[c(5, 6)] <- c(0.25, 11)
write.table(d, "bases.csv", sep = ",", row.names = FALSE, quote = FALSE, na = "")
write.table(new, "bases-new.csv", sep = ",", row.names = FALSE, quote = FALSE)

# Comparisons are of columns without missing fields: R counts TRUE | NA as true, and NA %in% c(1, 2) as false.
formulas <- list(
  ns = c(
    "y ~ ns(x, 4)",
    "y ~ ns(x, df = 3) + z",
    "y ~ ns(u, 3)",
    "y ~ ns(x, knots = c(20, 40, 55))",
    "y ~ ns(x, df = 4, intercept = TRUE) - 1",
    "y ~ ns(log(x), 3) + u",
    "y ~ z * ns(x, 2)",
    "y ~ ns(x, df = 5, Boundary.knots = c(15, 60))",
    "y ~ ns(x) + ns(u, 2)",
    "y ~ 0 + z:ns(x, 2) + k",
    "y ~ ns(x, knots = 30, Boundary.knots = c(0, 100), intercept = F)"),
  bs = c(
    "y ~ bs(x)",
    "y ~ bs(x, 5)",
    "y ~ bs(x, df = 6) + z",
    "y ~ bs(u, degree = 2L, knots = c(3, 6.5))",
    "y ~ bs(x, df = 5, degree = 1)",
    "y ~ bs(x, 5, intercept = TRUE) - 1",
    "y ~ bs(x, knots = c(25, 50), Boundary.knots = c(0, 100))",
    "y ~ bs(sqrt(x), 4) * z",
    "y ~ bs(x, df = 4, degree = 2, Boundary.knots = c(15, 68))",
    "y ~ bs(x, 7) + bs(u, 4)",
    "y ~ bs(x, degree = 4)"),
  contrasts = c(
    "y ~ C(z, sum)",
    "y ~ C(z, helmert)",
    "y ~ C(z, poly)",
    "y ~ C(z, contr.sum) * x",
    "y ~ C(z, sum) - 1 + C(factor(k), helmert)",
    "y ~ C(z, poly):x",
    "y ~ C(z, sum):C(factor(k), poly)",
    "y ~ C(factor(z, levels = c(\"d\", \"a\", \"c\", \"b\")), poly) + x",
    "y ~ C(z, treatment) + factor(k, levels = c(9, 2, 10))",
    "y ~ C(z, \"contr.helmert\") * C(factor(k), sum) * x",
    "y ~ x + C(z, sum):flag",
    "y ~ C(z, contr = sum) + I(z %in% c(\"a\", \"b\")):x",
    "y ~ C(factor(w), poly) + C(as.factor(k), sum)",
    "y ~ C(z, SAS)",
    "y ~ C(z, SAS) * x",
    "y ~ C(z, SAS):x + flag",
    "y ~ 0 + C(z, SAS) + C(factor(k), SAS)",
    "y ~ C(factor(z, levels = c(\"d\", \"a\", \"c\", \"b\")), \"contr.SAS\") + u"),
  poly = c(
    "y ~ poly(x, 2, raw = FALSE)",
    "y ~ poly(x, 3, raw = FALSE) + z",
    "y ~ poly(x, 5, raw = FALSE)",
    "y ~ poly(log(x), 2, raw = FALSE) * z",
    "y ~ poly(x, 1, raw = FALSE) + u",
    "y ~ 0 + poly(x, 2, raw = FALSE)",
    "y ~ poly(x, 4, raw = FALSE):flag + flag",
    "y ~ poly(w, 2, raw = FALSE) + poly(x, 2, raw = FALSE)",
    "y ~ poly(x, 6, raw = FALSE)",
    "y ~ poly(sqrt(x), 3, raw = FALSE) + I(u > 4)"),
  offset = c(
    "y ~ x + offset(e)",
    "y ~ x + offset(e) + offset(2 * u)",
    "y ~ offset(e)",
    "y ~ z + offset(log(x))",
    "y ~ ns(x, 3) + offset(e)",
    "y ~ 0 + x + offset(e)",
    "y ~ x + offset(e) + offset(e)",
    "y ~ poly(x, 2, raw = FALSE) + z + offset(e/2 + u)",
    "y ~ z * x + offset(-e)",
    "log(y) ~ x + offset(log(e))"),
  logic = c(
    "y ~ I(z == \"a\") + x",
    "y ~ I(z != \"b\"):x",
    "y ~ I(x > 30 & z == \"a\")",
    "y ~ I(x < 20 | w >= 3) + flag",
    "y ~ I(!(z == \"a\")) - 1",
    "y ~ I(!z == \"a\" & !(x > 40 | w < 2))",
    "y ~ I(z %in% c(\"a\", \"c\")) * x",
    "y ~ I(k %in% c(2, 9)) + I(e %in% 2.1411 | x %in% 23.5)",
    "y ~ z == \"a\"",
    "y ~ (x > 30) + (z == \"d\")",
    "y ~ I((x + 1) * (z == \"a\")) + z",
    "I(y > 30) ~ x + as.factor(k)"),
  target = c(
    "I(y^2) ~ x + z",
    "y^2/100 ~ x",
    "I(1/y) ~ ns(x, 3)",
    "I((y - e) * w) ~ z"))

response <- c(
  "log(y) ~ x + z", "log(y) ~ 0 + x", "log2(y) ~ ns(x, 3)", "log10(y) ~ x + offset(e/10)", "log(y, 3) ~ x", "log1p(y) ~ x * z",
  "sqrt(y) ~ x + z", "sqrt(y) ~ 0 + x", "y ~ x")
inverses <- list(
  log = exp, log2 = function(t) 2^t, log10 = function(t) 10^t, log3 = function(t) 3^t, log1p = expm1, sqrt = function(t) pmax(t, 0)^2,
  y = identity)
inverse <- function(formula) {
  name <- if (grepl("y, 3", formula, fixed = TRUE)) "log3" else sub("[( ].*", "", formula)
  inverses[[name]]
}

number <- function(x) ifelse(is.na(x), "null", sprintf("%.17g", x))
array <- function(x) paste0("[", paste(x, collapse = ", "), "]")
json <- function(x) paste0("\"", gsub("\"", "\\\\\"", x), "\"")
fit <- function(group, formula, weights = FALSE) {
  f <- as.formula(formula, env = globalenv())
  m <- if (weights) lm(f, d, weights = w) else lm(f, d)
  p <- suppressWarnings(predict(m, new))
  # Rows of a rank-deficient fit are compared elsewhere.
  if (anyNA(coef(m))) p[] <- NA
  r <- rep(NA, length(p))
  if (group == "response") {
    g <- inverse(formula)
    v <- if (weights) weights(m) else rep(1, length(residuals(m)))
    r <- sapply(p, function(p) sum(v * g(p + residuals(m))) / sum(v))
  }
  paste0(
    "{\"group\": ", json(group), ", \"formula\": ", json(formula), ", \"weights\": ", if (weights) "\"w\"" else "null",
    ",\n  \"names\": ", array(json(names(coef(m)))), ",\n  \"estimates\": ", array(number(coef(m))),
    ",\n  \"predictions\": ", array(number(p)), ",\n  \"responses\": ", array(number(r)), "}")
}
fits <- c()
for (group in names(formulas)) for (formula in formulas[[group]]) fits <- c(fits, fit(group, formula))
for (formula in c("y ~ ns(x, 4)", "y ~ bs(x, 5) + C(z, sum)")) fits <- c(fits, fit("ns", formula, TRUE))
for (weights in c(FALSE, TRUE)) for (formula in response) fits <- c(fits, fit("response", formula, weights))
writeLines(paste0("[\n", paste(fits, collapse = ",\n"), "\n]"), "bases.json", useBytes = TRUE)
