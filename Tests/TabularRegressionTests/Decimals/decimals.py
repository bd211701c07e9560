"""Makes far.csv and decimals.json: a table of numbers far from zero that have more decimals than a double, and what
least squares makes of it in rational numbers, with roots of 60 digits.

Needs the standard library alone; run in this folder. Numbers are formed without randomness.
"""

import csv
import json
from decimal import Decimal, getcontext
from fractions import Fraction

getcontext().prec = 60


def noise(i, k):
    return Fraction(i * k % 1009 * 7 % 211, 211) - Fraction(1, 2)


def decimals(value, digits):
    scaled = round(value * 10**digits)
    whole, rest = divmod(scaled, 10**digits)
    return f"{whole}.{rest:0{digits}}" if scaled >= 0 else f"-{decimals(-value, digits)}"


def rows():
    for i in range(1, 97):
        firm, year, team = i * 37 % 6, i * 17 % 5, i % 9
        x, z = noise(i, 577) + Fraction(firm, 20), noise(i, 761) + noise(i, 577) / 3
        error = noise(i, 101 + 2 * (i % 7)) * (1 + 4 * abs(x)) + noise(team + 1, 353) / 2
        y = 10**9 + Fraction(1, 100) * (x / 2 - z / 5 + error + Fraction(firm, 9) - Fraction(year, 7))
        yield [decimals(y, 15), decimals(10**8 + x, 14), decimals(z, 9), f"f{firm}", f"t{year}", f"c{team}"]


with open("far.csv", "w") as file:
    file.write("y,x,z,firm,year,team\n")
    for row in rows():
        file.write(",".join(row) + "\n")
table = list(csv.DictReader(open("far.csv")))


def root(value):
    return float((Decimal(value.numerator) / Decimal(value.denominator)).sqrt())


def inverse(a):
    k = len(a)
    a = [row[:] + [Fraction(i == j) for j in range(k)] for i, row in enumerate(a)]
    for i in range(k):
        pivot = next(j for j in range(i, k) if a[j][i] != 0)
        a[i], a[pivot] = a[pivot], a[i]
        a[i] = [value / a[i][i] for value in a[i]]
        for j in range(k):
            if j != i and a[j][i] != 0:
                a[j] = [p - a[j][i] * q for p, q in zip(a[j], a[i])]
    return [row[k:] for row in a]


def product(a, b):
    return [[sum(p * q for p, q in zip(row, column)) for column in zip(*b)] for row in a]


def fit(table, dummies=(), intercept=True):
    """Coefficients of 1, x and z, and their standard errors; dummies of further columns come behind them."""
    y = [Fraction(row["y"]) for row in table]
    X = [([Fraction(1)] if intercept else []) + [Fraction(row["x"]), Fraction(row["z"])] for row in table]
    shown = len(X[0])
    for name in dummies:
        for level in sorted({row[name] for row in table})[1:]:
            for row, values in zip(table, X):
                values.append(Fraction(row[name] == level))
    n, k = len(X), len(X[0])
    V = inverse(product(list(zip(*X)), X))
    b = [row[0] for row in product(V, product(list(zip(*X)), [[value] for value in y]))]
    e = [value - sum(p * q for p, q in zip(row, b)) for row, value in zip(X, y)]
    s = sum(value * value for value in e) / (n - k)
    scores = [[value * error for value in row] for row, error in zip(X, e)]

    def errors(meat, factor=1):
        W = product(product(V, meat), V)
        return [root(W[j][j] * factor) for j in range(shown)]

    def squares(scores):
        return product(list(zip(*scores)), scores)

    def weighed(factors):
        return squares([[value * factor for value in row] for row, factor in zip(scores, factors)])

    h = [product([row], product(V, [[value] for value in row]))[0][0] for row in X]
    # The factors of HC2, 1/(1 - h), have roots that are not rational: one of two scores takes both.
    hc2 = product([[row[j] / (1 - leverage) for row, leverage in zip(scores, h)] for j in range(k)], scores)
    teams = sorted({row["team"] for row in table})
    clusters = [[sum(score[j] for score, row in zip(scores, table) if row["team"] == team) for j in range(k)]
                for team in teams]
    hac = squares(scores)
    for lag in range(1, 4):
        between = product(list(zip(*scores[lag:])), scores[:-lag])
        for i in range(k):
            for j in range(k):
                hac[i][j] += (1 - Fraction(lag, 4)) * (between[i][j] + between[j][i])
    g = len(teams)
    return {
        "estimates": [float(value) for value in b[:shown]],
        "classical": [root(s * V[j][j]) for j in range(shown)],
        "HC0": errors(squares(scores)),
        "HC1": errors(squares(scores), Fraction(n, n - k)),
        "HC2": errors(hc2),
        "HC3": errors(weighed([1 / (1 - leverage) for leverage in h])),
        "team": errors(squares(clusters), Fraction(g, g - 1) * Fraction(n - 1, n - k)),
        "hac": errors(hac, Fraction(n, n - k)),
    }


results = {
    "y ~ x + z": fit(table),
    "y ~ x + z - 1": fit(table, intercept=False),
    "y ~ x + z | firm": fit(table, ["firm"]),
    "y ~ x + z | firm + year": fit(table, ["firm", "year"]),
}
for firm in sorted({row["firm"] for row in table}):
    results[firm] = fit([row for row in table if row["firm"] == firm])
with open("decimals.json", "w") as file:
    json.dump(results, file, indent=1)
    file.write("\n")
