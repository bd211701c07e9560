#!/usr/bin/env -S LC_ALL=C.UTF-8 Rscript
# Makes mtcars.csv and diagnostics.json: what R's hatvalues, rstandard, rstudent, cooks.distance and qqnorm make of some
# fits, and tests of their residuals. Needs r-base-core; run in this folder.
numbers <- function(x) paste0("[", paste(sprintf("%.17g", x), collapse = ", "), "]")
write.csv(cbind(car = rownames(mtcars), mtcars), "mtcars.csv", row.names = FALSE, quote = FALSE)
diabetes <- read.csv("../../../Examples/Diabetes/diabetes.csv")
messy <- read.csv("messy.csv", check.names = FALSE, na.strings = c("NA", ""))
messy$zip <- as.character(messy$zip)
fits <- list(
  list("diabetes", "progression ~ .", NULL, diabetes),
  list("mtcars", "mpg ~ wt + hp", NULL, mtcars),
  list("mtcars", "mpg ~ wt", NULL, mtcars),
  list("mtcars", "mpg ~ wt + qsec + am", "hp", mtcars),
  list("mtcars", "mpg ~ 0 + wt + hp + C(cyl)", NULL, mtcars),
  list("messy", "price ~ area + rooms + zip", "w", messy))
lines <- sapply(fits, function(f) {
  data <- f[[4]]
  data$weight_of_row <- if (is.null(f[[3]])) 1 else data[[f[[3]]]]
  fit <- lm(as.formula(gsub("C\\(", "factor(", f[[2]])), data, weights = weight_of_row)
  kept <- if (is.null(fit$na.action)) seq_len(nrow(data)) else seq_len(nrow(data))[-fit$na.action]
  h <- hatvalues(fit); r <- rstandard(fit); t <- rstudent(fit); d <- cooks.distance(fit)
  top <- order(-d)[1:20]
  e <- residuals(fit) * sqrt(weights(fit)); n <- length(e)
  z <- sort(r); q <- qnorm(ppoints(n))
  powers <- if (f[[2]] == "mpg ~ wt") {
    wider <- lm(mpg ~ wt + I(fitted(fit)^2) + I(fitted(fit)^3), data)
    anova(fit, wider)$F[2]
  } else NA
  sprintf(
    '{"data": "%s", "formula": "%s", "weights": %s,\n  "rows": [%s],\n  "leverages": %s,\n  "standardized": %s,\n  "studentized": %s,\n  "cooks": %s,\n  "quantiles": %s,\n  "normal": %s,\n  "koenker": %.17g, "koenkerStandardized": %.17g, "durbinWatson": %.17g, "reset": %s}',
    f[[1]], f[[2]], if (is.null(f[[3]])) "null" else paste0('"', f[[3]], '"'), paste(kept[top], collapse = ", "),
    numbers(h[top]), numbers(r[top]), numbers(t[top]), numbers(d[top]), numbers(z), numbers(q),
    n * cor(e^2, fitted(fit))^2, n * cor(r^2, fitted(fit))^2, sum(diff(e)^2) / sum(e^2),
    if (is.na(powers)) "null" else sprintf("%.17g", powers))
})
writeLines(c("[", paste(lines, collapse = ",\n"), "]"), "diagnostics.json")
