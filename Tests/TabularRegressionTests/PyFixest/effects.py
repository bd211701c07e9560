"""Makes effects.json: tables of numbers, formulas with fixed effects, and what pyfixest makes of them.

Needs pyfixest 0.60 with within-py; run in this folder. Numbers are formed without randomness, so that the tables come
out the same every time.
"""

import json
import warnings

import numpy as np
import pandas as pd
import pyfixest as pf

warnings.simplefilter("ignore")


def noise(i, k):
    return (i * k % 1009) * 7 % 211 / 211 - 0.5


def table(a, b, c=None):
    """A target and two regressors that are related to the levels; w weighs the rows."""
    a, b = np.asarray(a), np.asarray(b)
    i = np.arange(1, len(a) + 1)
    x1 = np.round(noise(i, 577) + 0.05 * a, 6)
    x2 = np.round(3 * noise(i, 761) - 0.02 * b + 0.4 * x1, 6)
    y = np.round(
        1.5 * x1 - 0.7 * x2 + noise(a + 1, 353) + 2 * noise(b + 1, 419) + 0.5 * noise(i, 101 + 2 * (i % 7)), 6)
    d = {"y": y, "x1": x1, "x2": x2, "a": a, "b": b, "w": 1 + i * 5 % 4 / 2}
    if c is not None:
        d["c"] = np.asarray(c)
    return pd.DataFrame(d)


i = np.arange(360)
connected = table(i * 37 % 23, i * 17 % 11)
disconnected = table((i * 37 + i // 11) % 20 + 20 * (i % 3), (i * 17 + i // 5) % 5 + 5 * (i % 3))
step = np.repeat(np.arange(60), 6)
chain = table(step, step + np.tile([0, 1, 0, 1, 1, 0], 60))
# The row 48 is a singleton once 47 is left out.
lonely = (np.where(i % 40 == 7, 200 + i, i * 37 % 23), np.where((i == 47) | (i == 48), 90, i * 17 % 11))
singletons = table(*lonely)
three = table(i * 37 % 23, i * i % 13, (i * 29 + i // 7) % 7)
holes = connected.copy()
holes.loc[[5, 77, 140], "x1"] = np.nan
holes.loc[[11, 78], "y"] = np.nan
constant = connected.copy()
constant["x3"] = constant["a"] % 4 + 0.5

CASES = [
    ("connected", connected, "y ~ x1 + x2 | a + b", None),
    ("one category", connected, "y ~ x1 + x2 | a", None),
    ("weights", connected, "y ~ x1 + x2 | a + b", "w"),
    ("disconnected", disconnected, "y ~ x1 + x2 | a + b", None),
    ("chain", chain, "y ~ x1 + x2 | a + b", None),
    ("singletons", singletons, "y ~ x1 + x2 | a + b", None),
    ("three ways", three, "y ~ x1 + x2 | a + b + c", None),
    ("combinations", three, "y ~ x1 + x2 | a + b^c", None),
    ("missing fields", holes, "y ~ x1 + x2 | a + b", None),
    ("a constant regressor", constant, "y ~ x1 + x2 + x3 | a + b", None),
]

results = []
for name, data, formula, weights in CASES:
    fit = pf.feols(
        formula, data, vcov="iid", weights=weights, demeaner=pf.LsmrDemeaner(fixef_atol=1e-13, fixef_btol=1e-13))
    terms = list(fit.coef().index)
    results.append({
        "name": name,
        "formula": formula,
        "weights": weights,
        "columns": {c: [None if np.isnan(v) else float(v) for v in data[c]] for c in data.columns},
        "terms": terms,
        "estimates": [float(v) for v in fit.coef()],
        "standardErrors": [float(v) for v in fit.se()],
        "observations": int(fit._N),
        "degreesOfFreedom": int(fit._df_t),
        "withinRSquared": float(fit._r2_within),
        "rSquared": float(fit._r2),
    })
    print(name, results[-1]["estimates"], results[-1]["observations"], results[-1]["degreesOfFreedom"])
with open("effects.json", "w") as file:
    json.dump(results, file)
    file.write("\n")
