"""Evaluates the lines of scikit-learn in ComingFromScikitLearnTests.swift and compares them with the numbers there.

    Benchmarks/peers/.venv/bin/python Benchmarks/peers/coming_from.py
"""
import pathlib, pickle, re, sys

import numpy as np
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import (
    max_error, mean_absolute_error, mean_squared_error, r2_score, root_mean_squared_error)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

TEST = pathlib.Path(__file__).resolve().parents[2] / "Tests/LinearRegressionTests/ComingFromScikitLearnTests.swift"

X = np.array([[1, 5], [2, 3], [3, 8], [4, 1], [5, 9], [6, 2.0]])
y = np.array([3.9, 7.1, 6.2, 11.8, 10.1, 15.2])
Y = np.column_stack([y, [1, 4, 1, 5, 9, 2.0]])
v = np.array([1, 2, 1, 0.5, 1, 3])
Xn = np.array([[2, 2], [7, 4.0]])
model = LinearRegression().fit(X, y)


def numbers(value):
    """The numbers of a value in the order of the test: a model's intercept is the first."""
    return np.r_[value.intercept_, np.ravel(value.coef_)] if hasattr(value, "coef_") else np.ravel(value)


rows = re.findall(r'^ +row\("(.*?)", .*, equals: \[(.*)\]\)$', TEST.read_text(encoding="utf-8"), flags=re.M)
wrong = [
    line for line, stored in rows
    if not np.allclose(numbers(eval(line)), [float(number) for number in stored.split(",")], rtol=1e-12, atol=1e-14)]
print(*(f"{line}: scikit-learn gives {numbers(eval(line))}" for line in wrong), sep="\n", end="\n" if wrong else "")
print(f"{len(rows)} lines, {len(wrong)} with other values than scikit-learn's")
sys.exit(1 if wrong else 0)
