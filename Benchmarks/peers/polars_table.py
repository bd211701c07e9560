"""What a user of polars and NumPy writes: `polars_table.py fit TABLE COEFFICIENTS PREDICTIONS`, or predict."""

import sys

import numpy as np
import polars

verb, table_path, coefficients_path, predictions_path = sys.argv[1:]
table = polars.read_csv(table_path).to_numpy()
X, y = table[:, :-1], table[:, -1]
if verb == "fit":
    means, mean = X.mean(axis=0), y.mean()
    X = X - means
    w = np.linalg.solve(X.T @ X, X.T @ (y - mean))
    np.save(coefficients_path, np.concatenate([[mean - means @ w], w]))
else:
    coefficients = np.load(coefficients_path)
    predictions = X @ coefficients[1:] + coefficients[0]
    polars.DataFrame({"prediction": predictions}).write_csv(predictions_path)
