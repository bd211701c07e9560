#!/usr/bin/env -S LC_ALL=C.UTF-8 Rscript
# Makes selection.json: the steps of R's step() on some data sets, and the coefficients of the models that it chooses.
# Needs r-base-core; run in this folder. The tables of R's datasets stand in the file as numbers and words.
invisible(Sys.setlocale("LC_COLLATE", "C"))
number <- function(x) sprintf("%.17g", x)
quoted <- function(x) paste0("\"", x, "\"")
list_of <- function(x) paste0("[", paste(if (is.numeric(x)) number(x) else quoted(as.character(x)), collapse = ", "), "]")

i <- 1:90
noise <- function(k) (i * k %% 1009) %% 211 / 211 - 0.5
homes <- data.frame(
  zip = c("A", "B", "C", "A", "D")[1 + (i * 13) %% 5], kind = c("flat", "house")[1 + (i * 7) %% 3 %/% 2],
  area = 40 + (i * 37) %% 101, rooms = 1 + (i * 17) %% 7, age = (i * 29) %% 60, w = 1 + (i * 5) %% 4)
homes$price <- round(
  30 + 2 * homes$area + ifelse(homes$kind == "house", 0.5 * homes$area, 0) + 6 * (homes$zip == "B") -
    0.01 * (homes$age - 30)^2 + 24 * noise(761), 4)
tables <- list(mtcars = mtcars, swiss = swiss, attitude = attitude, warpbreaks = warpbreaks, homes = homes)
tables$warpbreaks[] <- lapply(tables$warpbreaks, function(x) if (is.factor(x)) as.character(x) else x)

cases <- list(
  list("mtcars", "mpg ~ cyl + disp + hp + drat + wt + qsec + vs + am + gear + carb"),
  list("mtcars", "mpg ~ (wt + hp + am)^2 + factor(cyl) + qsec"),
  list("mtcars", "mpg ~ wt*factor(cyl) + factor(gear)*hp"),
  list("swiss", "Fertility ~ Agriculture + Examination + Education + Catholic + Infant.Mortality"),
  list("swiss", "Fertility ~ (Agriculture + Examination + Education + Catholic + Infant.Mortality)^2"),
  list("attitude", "rating ~ complaints + privileges + learning + raises + critical + advance"),
  list("attitude", "rating ~ complaints + privileges + learning + raises + critical + advance - 1"),
  list("warpbreaks", "breaks ~ wool*tension"),
  list("homes", "price ~ area*kind + zip*kind + rooms + poly(age, 2, raw = TRUE)"),
  list("homes", "price ~ (area + kind + rooms)^3 + zip + poly(age, 2, raw = TRUE)", weights = "w"),
  list("homes", "price ~ area*kind + zip + rooms + age", keep = "zip"),
  list("mtcars", "mpg ~ cyl + disp + hp + drat + wt + qsec + vs + am + gear + carb", keep = "gear"))

lines <- c()
for (case in cases) for (criterion in c("AIC", "BIC")) for (direction in c("both", "backward", "forward")) {
  data <- tables[[case[[1]]]]
  data$weight_of_row <- if (is.null(case$weights)) 1 else data[[case$weights]]
  full <- lm(as.formula(case[[2]]), data, weights = weight_of_row)
  if (attr(terms(full), "intercept") == 0 && direction == "forward") next
  right <- c("1", case$keep)
  lower <- reformulate(right, intercept = attr(terms(full), "intercept") == 1)
  start <- if (direction == "forward") update(full, paste(". ~", paste(right, collapse = " + "))) else full
  k <- if (criterion == "AIC") 2 else log(nrow(data))
  chosen <- step(start, list(lower = lower, upper = formula(full)), direction = direction, k = k, trace = 0)
  steps <- chosen$anova
  named <- coef(chosen)
  lines <- c(lines, sprintf(
    '{"data": "%s", "formula": "%s", "weights": %s, "keep": %s, "by": "%s", "direction": "%s",\n  "changes": %s,\n  "df": %s,\n  "rss": %s,\n  "residualDf": %s,\n  "criterion": %s,\n  "names": %s,\n  "estimates": %s}',
    case[[1]], case[[2]], if (is.null(case$weights)) "null" else quoted(case$weights),
    if (is.null(case$keep)) "[]" else list_of(case$keep), criterion, direction,
    list_of(as.character(steps$Step)), list_of(ifelse(is.na(steps$Df), 0, abs(steps$Df))), list_of(steps[["Resid. Dev"]]),
    list_of(steps[["Resid. Df"]]), list_of(steps$AIC), list_of(names(named)), list_of(unname(named))))
}
data <- sapply(names(tables), function(name) {
  table <- tables[[name]]
  columns <- sapply(names(table), function(column) sprintf('    "%s": %s', column, list_of(table[[column]])))
  sprintf('  "%s": {\n%s}', name, paste(columns, collapse = ",\n"))
})
writeLines(c('{"tables": {', paste(data, collapse = ",\n"), '},\n"selections": [', paste(lines, collapse = ",\n"), "]}"),
  "selection.json")
