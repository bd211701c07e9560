# Evaluates the lines of R in ComingFromRTests.swift and compares them with the numbers that stand there:
#
#     Rscript Tests/TabularRegressionTests/R/coming-from.R
#
# MASS::lm.ridge is written down here; r-cran-sandwich is needed beside R.
script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
tests <- dirname(dirname(normalizePath(script)))
home <- function(name) {
  read.csv(file.path(tests, "../../Examples/Homes", name), colClasses = c(zip = "factor"))
}
homes <- rbind(home("january.csv"), home("march.csv"))
february <- home("february.csv")
new <- home("new.csv")
fit <- lm(price ~ area + zip, homes)
small <- lm(price ~ area, homes)

# Columns less their means, over their deviations with divisor n; the penalty is on their weights.
ridge <- function(formula, data, lambda) {
  X <- model.matrix(formula, data)[, -1]
  y <- model.response(model.frame(formula, data))
  means <- colMeans(X)
  Z <- sweep(X, 2, means)
  scales <- sqrt(colMeans(Z^2))
  Z <- sweep(Z, 2, scales, "/")
  weights <- solve(crossprod(Z) + lambda * diag(ncol(Z)), crossprod(Z, y - mean(y)))[, 1] / scales
  c(mean(y) - sum(weights * means), weights)
}

# The numbers of a value in the order of the tests: coefficients of models, tables row by row.
numbers <- function(value) {
  if (inherits(value, "lm")) return(as.numeric(coef(value)))
  if (is.matrix(value)) return(as.numeric(t(value)))
  if (is.character(value)) value else as.numeric(value)
}

wrong <- 0
rows <- grep("^ +row\\(\"", readLines(file.path(tests, "ComingFrom/ComingFromRTests.swift")), value = TRUE)
for (row in rows) {
  line <- sub("^ +row\\(\"(.*?)\", .*", "\\1", row, perl = TRUE)
  stored <- sub(".*, equals: \\[(.*)\\]\\)$", "\\1", row)
  stored <- eval(parse(text = paste0("c(", gsub(".nan", "NA_real_", stored, fixed = TRUE), ")")))
  value <- numbers(eval(parse(text = sub("MASS::lm.ridge", "ridge", line, fixed = TRUE))))
  if (!isTRUE(all.equal(value, stored, tolerance = 1e-12))) {
    wrong <- wrong + 1
    cat(line, ": R gives", format(value, digits = 16), "\n")
  }
}
cat(length(rows), "lines,", wrong, "with other values than R's\n")
quit(status = as.integer(wrong > 0))
