# R as a contestant: see contestant.py. Rscript contestant.R LIBRARY WORK FOLDER

arguments <- commandArgs(trailingOnly = TRUE)
library_name <- arguments[1]
folder <- arguments[3]

# A .npy file of version 1 with little-endian doubles in C order, as a column-major matrix.
read_npy <- function(path) {
  file <- file(path, "rb")
  on.exit(close(file))
  readBin(file, "raw", 8)
  header <- rawToChar(readBin(file, "raw", readBin(file, "integer", 1, size = 2, signed = FALSE, endian = "little")))
  stopifnot(grepl("'descr': '<f8'", header, fixed = TRUE), grepl("'fortran_order': False", header, fixed = TRUE))
  shape <- as.numeric(strsplit(sub(".*\\(([^)]*)\\).*", "\\1", header), ",[ ]*")[[1]])
  values <- readBin(file, "double", prod(shape), size = 8, endian = "little")
  if (length(shape) == 1) values else matrix(values, shape[1], shape[2], byrow = TRUE)
}

X <- cbind(1, read_npy(file.path(folder, "X.npy")))
y <- read_npy(file.path(folder, "y.npy"))
work <- switch(library_name,
  "r-lm.fit" = function() lm.fit(X, y)$coefficients,
  "r-.lm.fit" = function() .lm.fit(X, y)$coefficients,
  "r-sandwich" = {
    clusters <- if (arguments[2] == "errors-clustered") read_npy(file.path(folder, "clusters.npy"))
    table <- data.frame(y = y, X[, -1])
    function() {
      fit <- lm(y ~ ., table)
      sqrt(diag(switch(arguments[2],
        "errors" = vcov(fit), "errors-hc1" = sandwich::vcovHC(fit, type = "HC1"),
        "errors-clustered" = sandwich::vcovCL(fit, clusters))))
    }
  }
)

cat("ready\n")
flush(stdout())
input <- file("stdin", "r")
while (length(line <- readLines(input, 1)) == 1) {
  if (line == "run") {
    begin <- proc.time()[["elapsed"]]
    result <- work()
    cat(proc.time()[["elapsed"]] - begin, "\n", sep = "")
  } else {
    writeBin(as.double(result), sub("^answer ", "", line), size = 8, endian = "little")
    cat("written\n")
  }
  flush(stdout())
}
