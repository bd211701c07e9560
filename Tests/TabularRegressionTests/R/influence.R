#!/usr/bin/env -S LC_ALL=C.UTF-8 Rscript
# Makes influence.json: what R's hatvalues, rstandard, rstudent, cooks.distance, dffits and dfbetas make of some fits.
# Needs r-base-core; run in this folder, after diagnostics.R.
numbers <- function(x) paste0("[", paste(ifelse(is.finite(x), sprintf("%.17g", x), "null"), collapse = ", "), "]")
texts <- function(x) paste0("[", paste(sprintf('"%s"', x), collapse = ", "), "]")
cars <- read.csv("mtcars.csv")
cars$power <- 2 * cars$hp - cars$wt
# A level of one row has leverage 1; some rows have weight 0, and some fields are missing.
cars$make <- c("a", rep(c("b", "c", "d"), length.out = 31))
cars$w <- ifelse(seq_len(32) %% 7 == 3, 0, cars$carb + 0.5)
cars$gap <- ifelse(seq_len(32) %% 5 == 2, NA, cars$disp)
fits <- list(
  list("mpg ~ wt + hp", NULL), list("mpg ~ wt + qsec + am", "hp"), list("mpg ~ 0 + wt + hp", NULL),
  list("mpg ~ hp + power + wt + qsec", NULL), list("mpg ~ wt + make", NULL), list("mpg ~ wt + gap", NULL),
  list("mpg ~ wt + hp*qsec", "w"), list("log(mpg) ~ log(wt) + make", "w"), list("mpg ~ 1", NULL))
lines <- sapply(fits, function(f) {
  data <- cars
  data$weight_of_row <- if (is.null(f[[2]])) 1 else data[[f[[2]]]]
  fit <- lm(as.formula(f[[1]]), data, weights = weight_of_row)
  rows <- if (is.null(fit$na.action)) seq_len(nrow(data)) else seq_len(nrow(data))[-fit$na.action]
  used <- rows[weights(fit) > 0]
  place <- function(x, at) { all <- rep(NA, nrow(data)); all[at] <- x; all }
  b <- dfbetas(fit); e <- residuals(fit); full <- which(place(hatvalues(fit), used) > 1 - 1e-10)
  # R leaves rounding where a row has leverage 1.
  e <- place(e, rows); e[full] <- NA
  clear <- function(x) { x <- place(x, used); x[full] <- NA; x }
  sprintf(
    '{"formula": "%s", "weights": %s, "fitted": %s, "residual": %s,\n  "leverage": %s,\n  "standardized": %s,\n  "studentized": %s,\n  "cooks_distance": %s,\n  "dffits": %s,\n  "terms": %s,\n  "dfbetas": [%s]}',
    f[[1]], if (is.null(f[[2]])) "null" else paste0('"', f[[2]], '"'), numbers(place(fitted(fit), rows)), numbers(e),
    numbers(place(hatvalues(fit), used)), numbers(clear(rstandard(fit))), numbers(clear(rstudent(fit))),
    numbers(clear(cooks.distance(fit))), numbers(clear(dffits(fit))), texts(colnames(b)),
    paste(apply(b, 2, function(x) numbers(clear(x))), collapse = ",\n    "))
})
# Numbers of the columns that the file does not have.
columns <- sprintf('"power": %s,\n "w": %s,\n "gap": %s,\n "make": %s', numbers(cars$power), numbers(cars$w),
  numbers(cars$gap), texts(cars$make))
writeLines(c("{", columns, ', "fits": [', paste(lines, collapse = ",\n"), "]}"), "influence.json")
