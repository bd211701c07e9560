import ArgumentParser

/// The language of formulas.
struct FormulaTopic: HelpTopic {
  static let configuration = CommandConfiguration(
    commandName: "formula",
    abstract: "What is predicted from what: formulas in R's language.",
    discussion: """
      y ~ a + b          y from the columns a and b
      y ~ .              from all other columns; not from one that stands in a C()
      y ~ . - a          from all other columns but a
      - 1, + 0           no intercept
      y ~ 1              nothing but the intercept: the mean of y
      a:b                the product
      a*b                both and their product
      (a + b + c)^2      all three and the products of two; ** is ^
      log(y) ~ a         the target may be an expression
      cbind(y1, y2) ~ a  several targets

      y ~ a | firm       an effect for each level of firm, in place of the intercept
      y ~ a | firm + year
                         of both; firm^year has one for each combination

      Columns are formed from others by

      I(a^2)             arithmetic
      I(a > 3)           true or false; also >= < <= == != & | !
      I(z == "b"), I(z %in% c("b", "c"))
                         the same of words
      log(a), log(a, base), log2, log10, log1p, exp, sqrt, abs
                         functions
      scale(a)           less the mean of the fit's rows, in standard deviations
      center(a)          less the mean of the fit's rows
      poly(x, k)         x, x², … xᵏ: raw powers
      poly(x, k, raw = FALSE)
                         orthogonal polynomials, which are R's default
      ns(x, 4)           natural cubic splines of 4 degrees of freedom: knots at
                         quantiles of x over the fit's rows, straight lines outside
      bs(x, 5)           B-splines; both take knots = c(2, 5), intercept = TRUE,
                         Boundary.knots = c(0, 9), and bs degree = 2
      offset(x)          x with the coefficient 1
      C(z), factor(z)    a column of numbers as a category, as words are without it
      C(z, reference = "b"), factor(z, levels = c("b", "a"))
                         the level that others are compared with; all in order
      C(z, SAS)          compared with the last level and not the first
      C(z, sum), C(z, helmert), C(z, poly)
                         other contrasts; C(factor(z, levels = c("b", "a")), poly)
      `living area`      a name with other characters, in backticks

      A category becomes a column for each of its levels but the first, in the order
      of their bytes. True and false in any case are a category of these two levels.

      A formula is one argument: put it in single quotes, for the shell has uses of
      its own for ~, * and parentheses. --target y is short for 'y ~ .', with
      --features or --exclude for columns; there --no-intercept is "- 1".

      Without an intercept R² compares with zero and not with the mean of the target,
      as in R.

      Example: linreg fit 'log(price) ~ area*C(zip) + poly(rooms, 2)' homes.csv
      """,
    shouldDisplay: false)
}
