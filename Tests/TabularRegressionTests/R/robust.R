#!/usr/bin/env -S LC_ALL=C.UTF-8 Rscript
# Makes robust.json and its tables: standard errors by R's packages sandwich and lmtest of fits to R's own data sets, the
# diabetes data and a messy table. Needs r-cran-sandwich and r-cran-lmtest; run in this folder.
invisible(Sys.setlocale("LC_COLLATE", "C"))
suppressMessages({library(sandwich); library(lmtest)})
write.csv(cbind(car = rownames(mtcars), mtcars), "mtcars.csv", row.names = FALSE, quote = FALSE)
write.csv(ChickWeight, "ChickWeight.csv", row.names = FALSE, quote = FALSE)
write.csv(airquality, "airquality.csv", row.names = FALSE, quote = FALSE)
redundant <- transform(swiss, Both = Agriculture + Education, Group = rep(c("a", "b", "c", "a", "d", "b", "e"), length.out = 47))
write.csv(redundant, "swiss.csv", row.names = FALSE, quote = FALSE)
diabetes <- read.csv("../../../Examples/Diabetes/diabetes.csv")
messy <- read.csv("messy.csv", check.names = FALSE, na.strings = c("NA", ""))
messy$zip <- as.character(messy$zip)
numbers <- function(x) paste0("[", paste(ifelse(is.na(x), "null", sprintf("%.17g", x)), collapse = ", "), "]")
fits <- list(
  list("mtcars", "mpg ~ wt + hp + qsec", "disp", mtcars, c("carb", "hp"), 3),
  list("mtcars", "mpg ~ 0 + wt + hp + C(cyl)", NULL, mtcars, c("carb", "qsec"), 1),
  list("ChickWeight", "weight ~ Time + C(Diet)", NULL, ChickWeight, c("Chick", "Time"), 5),
  list("airquality", "Ozone ~ Solar.R + Wind + Temp", NULL, airquality, c("Day", "Month"), 4),
  list("swiss", "Fertility ~ Agriculture + Education + Both + Catholic", NULL, redundant, c("Group", "Examination"), 2),
  list("diabetes", "progression ~ .", NULL, diabetes, c("age", "bmi"), 0),
  list("messy", "price ~ area + rooms + zip", "w", messy, c("zip", "rooms"), 6))
lines <- sapply(fits, function(f) {
  data <- f[[4]]
  formula <- as.formula(gsub("C\\(", "factor(", f[[2]]))
  fit <- if (is.null(f[[3]])) lm(formula, data) else do.call(lm, list(formula, data, weights = data[[f[[3]]]]))
  used <- if (is.null(fit$na.action)) data else data[-fit$na.action, ]
  n <- nobs(fit); k <- fit$rank; kept <- !is.na(coef(fit))
  spread <- function(v) { e <- rep(NA, length(kept)); e[kept] <- suppressWarnings(sqrt(diag(v)))[seq_len(sum(kept))]; numbers(e) }
  f_of <- function(v) {
    slopes <- names(coef(fit))[kept & names(coef(fit)) != "(Intercept)"]
    b <- coef(fit)[slopes]
    sum(b * solve(v[slopes, slopes], b)) / length(b)
  }
  one <- used[[f[[5]][1]]]; two <- used[[f[[5]][2]]]
  least <- min(length(unique(one)), length(unique(two)))
  both <- vcovCL(fit, list(one, two), type = "HC0", cadjust = FALSE) * least / (least - 1) * (n - 1) / (n - k)
  scale <- sqrt(diag(vcovHC(fit, type = "HC1")))
  positive <- min(eigen(both / outer(scale, scale), only.values = TRUE)$values) > 0
  parts <- c(
    sprintf('"HC%d": %s', 0:3, sapply(0:3, function(i) spread(vcovHC(fit, type = paste0("HC", i))))),
    sprintf('"cluster": %s', spread(vcovCL(fit, one))),
    sprintf('"clusters": %s', if (positive) spread(both) else "null"),
    sprintf('"hac": %s', spread(NeweyWest(fit, lag = f[[6]], prewhite = FALSE, adjust = TRUE))),
    sprintf('"fOfHC1": %.17g', f_of(vcovHC(fit, type = "HC1"))),
    sprintf('"countOfClusters": %d, "lags": %d', length(unique(one)), f[[6]]))
  sprintf('{"data": "%s", "formula": "%s", "weights": %s, "columns": ["%s", "%s"],\n  %s}',
    f[[1]], f[[2]], if (is.null(f[[3]])) "null" else paste0('"', f[[3]], '"'), f[[5]][1], f[[5]][2],
    paste(parts, collapse = ",\n  "))
})
writeLines(c("[", paste(lines, collapse = ",\n"), "]"), "robust.json")
