#!/usr/bin/env -S LC_ALL=C.UTF-8 Rscript
# Makes messy.csv and formulas.json: a table with everything that tables have, and what R's lm makes of formulas on it.
# Needs r-base-core; run in this folder. The numbers are formed without randomness, so that the files come out the same every time.
invisible(Sys.setlocale("LC_COLLATE", "C"))
n <- 120
i <- 1:n
noise <- function(k) (i * k %% 1009) %% 211 / 211 - 0.5
area <- 40 + (i * 37) %% 101 + 0.25 * (i %% 3)
rooms <- 1 + (i * 17) %% 7
living <- round(0.7 * area + 10 * noise(577), 3)
zip <- c("B", "A", "b", "a c", "A")[1 + (i * 13) %% 5]
zip[(n - 4):n] <- c("\u00d6, 9", "A", "\u00d6, 9", "\u00d6, 9", "B") # a level of the last rows only
flag <- (i * 29) %% 11 < 5
k <- c(2L, 10L, 9L)[1 + (i * 7) %% 3]
w <- 1 + (i * 5) %% 4
price <- round(
  30 + 2 * area + 9 * rooms + 12 * (zip == "B") - 8 * (zip == "b") + 0.3 * area * flag + 20 * noise(761), 4)
size <- round(5 + 0.5 * area - rooms + 4 * noise(353), 4)
rooms[c(5, 40, 77)] <- NA
living[c(9, 41)] <- NA
zip[c(20, 77)] <- NA
flag[33] <- NA
price[60] <- NA
d <- data.frame(area, rooms, zip, flag, k, w, price, size, stringsAsFactors = FALSE)
d[["living area"]] <- living
d$note <- ifelse(i %% 10 == 0, "says \"no\",\nthen yes", "-")
d <- d[c("area", "rooms", "living area", "zip", "flag", "k", "w", "note", "price", "size")]

# The file: quotes where a field needs them and in other places, blanks and NA, true in any case, a column of notes.
quoted <- function(x) paste0("\"", gsub("\"", "\"\"", x), "\"")
text <- function(x) ifelse(is.na(x), ifelse(i %% 2 == 0, "", "NA"), sprintf("%.15g", x))
words <- ifelse(is.na(zip), "", ifelse(grepl(",", zip) | i %% 4 == 0, quoted(zip), zip))
flags <- ifelse(is.na(flag), "", ifelse(flag, c("true", "TRUE", "True")[1 + i %% 3], c("false", "False")[1 + i %% 2]))
lines <- paste(
  text(area), text(rooms), text(living), words, flags, k, w, quoted(d$note), text(price), text(size), sep = ",")
writeLines(c("area,rooms,living area,zip,flag,k,w,note,price,size", lines), "messy.csv", useBytes = TRUE)

# What stands in formulas here under other names than in R.
C <- function(x, reference = NULL) {
  f <- factor(x)
  if (is.null(reference)) f else relevel(f, ref = reference)
}
poly <- function(x, degree, raw = TRUE) stats::poly(x, degree, raw = raw, simple = TRUE)
center <- function(x) scale(x, scale = FALSE)

formulas <- c(
  "price ~ area + rooms + zip",
  "price ~ . - size - k - w - note",
  "price ~ area*zip - area",
  "price ~ 0 + zip + flag + area",
  "price ~ area:zip + flag",
  "price ~ (area + rooms + flag)^2 - rooms:flag",
  "log(price) ~ log(area) + sqrt(rooms) + I(area^2/1000) + exp(-0.01 * area) + abs(area - 60) + log1p(rooms)",
  "price ~ poly(area, 3) + C(k)",
  "price ~ scale(area) + center(rooms):flag + scale(log(rooms))",
  "price ~ C(zip, reference = \"b\") + `living area` %in% flag",
  "price ~ zip:flag + rooms - 1",
  "price ~ zip/area + log10(`living area`) + log2(area)",
  "price ~ C(k)*flag*rooms - C(k):flag:rooms",
  "price ~ C(zip):C(k) + I(-area + 2 * (rooms - 1)^2)",
  "cbind(price, log(size)) ~ area + zip*flag",
  "price ~ rooms + zip + offset(log(size)) + offset(2 * area)",
  "cbind(price, size) ~ 0 + area + flag + offset(rooms)",
  "price ~ factor(k) + as.factor(rooms) + log(area, 3)",
  "price ~ I(area > 90)*zip + I((rooms >= 4) * area) + I(k == 9) + I(rooms != 2)",
  "price ~ 0 + I(area <= 90) + rooms",
  "price ~ I(rooms < 3):area + flag",
  "price ~ poly(area, 3, raw = FALSE)*flag + rooms + poly(w, 1, raw = FALSE)")

number <- function(x) ifelse(is.na(x), "null", sprintf("%.17g", x))
array <- function(x) paste0("[", paste(x, collapse = ", "), "]")
json <- function(x) paste0("\"", gsub("\"", "\\\\\"", x), "\"")
fits <- c()
weighted <- c(1, 2, which(grepl("offset", formulas, fixed = TRUE))[1])
for (weights in c(FALSE, TRUE)) for (formula in if (weights) formulas[weighted] else formulas) {
  f <- as.formula(formula, env = globalenv())
  m <- if (weights) lm(f, d, weights = w) else lm(f, d)
  # From R 4.3 on summary.lm() takes the offset from the fitted values; earlier ones took F and R-squared of both together.
  if (getRversion() < "4.3" && !is.null(m$offset)) m$fitted.values <- m$fitted.values - m$offset
  s <- summary(m)
  responses <- if (inherits(m, "mlm")) colnames(coef(m)) else NULL
  for (t in seq_len(max(1, length(responses)))) {
    r <- if (is.null(responses)) s else s[[t]]
    estimates <- if (is.null(responses)) coef(m) else coef(m)[, t]
    errors <- r$coefficients[, 2][match(names(estimates), rownames(r$coefficients))]
    fits <- c(fits, paste0(
      "{\"formula\": ", json(formula), ", \"weights\": ", if (weights) "\"w\"" else "null", ", \"response\": ", t - 1,
      ",\n  \"names\": ", array(json(names(estimates))), ",\n  \"estimates\": ", array(number(estimates)),
      ",\n  \"standardErrors\": ", array(number(errors)), ",\n  \"residualStandardError\": ", number(r$sigma),
      ", \"rSquared\": ", number(r$r.squared), ", \"adjustedRSquared\": ", number(r$adj.r.squared),
      ", \"degreesOfFreedom\": ", r$df[2], "}"))
  }
}
writeLines(paste0("[\n", paste(fits, collapse = ",\n"), "\n]"), "formulas.json", useBytes = TRUE)
