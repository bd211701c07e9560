"""What is compared: the works, who does them, and the reference that every answer is held against."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

import numpy as np

import contestant
import data
import inference

TINY_EPOCHS = contestant.TINY_EPOCHS


@dataclass
class Work:
    name: str
    title: str
    problem: str
    # (key of contestant.py, contestant.R or the Swift contestant; what stands in the table)
    contestants: list[tuple[str, str]]
    reference: Callable[[Path], np.ndarray]
    # Largest allowed max |answer − reference| / max |reference|.
    tolerance: float
    unit: str = "call"
    # Contestants whose answer is held against the exact fit, with a tolerance of their own.
    loose: dict[str, float] = field(default_factory=dict)
    # Seconds that a turn of all contestants takes, roughly, for the estimate at the start.
    seconds: float = 1


def arrays(folder):
    """X and y in double, y always with columns."""
    X, y = np.load(folder / "X.npy"), np.load(folder / "y.npy")
    return X.astype(np.float64), y.reshape(len(y), -1).astype(np.float64)


def gradient(folder):
    X, y = arrays(folder)
    w, b = contestant.start_weights(np.load(folder / "X.npy", mmap_mode="r"), np.load(folder / "y.npy", mmap_mode="r"))
    errors = X @ w.astype(np.float64) + b.astype(np.float64) - y
    return np.concatenate([errors.sum(axis=0)[None, :], X.T @ errors])


def exact(folder):
    """The least-squares solution: Cholesky on centred columns, refined twice with residuals from the data.

    Sums over the rows are formed in extended precision: NumPy's own, one after the other, lose five digits here.
    """
    X, y = arrays(folder)
    means, mean = (a.mean(axis=0, dtype=np.longdouble).astype(np.float64) for a in (X, y))
    X -= means
    cross = X.T @ X
    w, b = np.zeros((X.shape[1], y.shape[1])), mean.copy()
    for _ in range(3):
        residual = y - X @ w - b
        w += np.linalg.solve(cross, X.T @ residual)
        b += residual.mean(axis=0, dtype=np.longdouble).astype(np.float64)
    return np.concatenate([(b - means @ w)[None, :], w])


def effects(folder):
    """The coefficients where the effects of all levels are found to the last digits."""
    import pandas
    import pyfixest

    X, y = arrays(folder)
    levels = np.load(folder / "levels.npy").astype(np.int64)
    frame = pandas.DataFrame({"x1": X[:, 0], "x2": X[:, 1], "y": y[:, 0]})
    for j in range(levels.shape[1]):
        frame[f"g{j}"] = levels[:, j]
    model = pyfixest.feols(
        f"y ~ x1 + x2 | {' + '.join(f'g{j}' for j in range(levels.shape[1]))}", frame, vcov="iid",
        demeaner=pyfixest.LsmrDemeaner(fixef_atol=1e-13, fixef_btol=1e-13))
    return np.concatenate([[0], model.coef()])[:, None]


def epochs(batch, rate, count):
    """Minibatch SGD from zero weights, rows in order, in double."""

    def reference(folder):
        X, y = arrays(folder)
        w, b = np.zeros((X.shape[1], y.shape[1])), np.zeros(y.shape[1])
        for _ in range(count):
            for start in range(0, len(X), batch):
                batch_X = X[start : start + batch]
                errors = batch_X @ w + b - y[start : start + batch]
                w -= rate / len(batch_X) * (batch_X.T @ errors)
                b -= rate / len(batch_X) * errors.sum(axis=0)
        return np.concatenate([b[None, :], w])

    return reference


def predictions(rows):
    def reference(folder):
        X, _ = arrays(folder)
        w, b = contestant.start_weights(np.load(folder / "X.npy", mmap_mode="r"), np.zeros(1))
        return X[:rows] @ w.astype(np.float64) + b.astype(np.float64)

    return reference


def square(kind):
    """The answer of NumPy itself: what is compared is the speed."""

    def reference(folder):
        work, _ = contestant.numpy_square(kind)(folder)
        return work()()

    return reference


TORCH = [("torch", "PyTorch, formulas, tensors sliced"), ("torch-autograd", "PyTorch, autograd and optim.SGD")]
EXACT = [
    ("swift", "this package, LeastSquares"),
    ("onedal", "oneDAL (sklearnex LinearRegression)"),
    ("sklearn-ridge", "scikit-learn Ridge(solver=cholesky)"),
    ("sklearn", "scikit-learn LinearRegression"),
    ("torch", "PyTorch lstsq(driver=gels)"),
    ("numpy", "NumPy lstsq"),
]
R = [("r-.lm.fit", "R .lm.fit"), ("r-lm.fit", "R lm.fit")]

WORKS = [
    Work(
        "gradient", "Full-batch gradient, 10⁶ × 100 Float", "float",
        [("swift", "this package, gradient"), ("numpy", "NumPy"), ("torch", "PyTorch, formulas")],
        gradient, 1e-4,
    ),
    Work(
        "gradient64", "Gradient with 64 targets, 10⁶ × 100 Float", "targets",
        [("swift", "this package, gradient"), ("numpy", "NumPy"), ("torch", "PyTorch, formulas")],
        gradient, 1e-4, seconds=2,
    ),
    Work(
        "epoch", "SGD epoch in order, batch 256, 10⁶ × 100 Float", "float",
        [("swift", "this package, SGD.train")] + TORCH + [("sklearn", "scikit-learn SGDRegressor, batch 1")],
        epochs(contestant.BATCH, contestant.RATE, 1), 1e-3, "epoch", {"sklearn": 0.1}, seconds=4,
    ),
    Work(
        "epoch-shuffled", "SGD epoch shuffled, batch 256, 10⁶ × 100 Float", "float",
        [("swift", "this package, SGD.train")] + TORCH + [("sklearn", "scikit-learn SGDRegressor, batch 1")],
        exact, 0.1, "epoch", {}, seconds=5,
    ),
    Work(
        "epoch-blocks", "SGD epoch in shuffled blocks (PyTorch: fully shuffled), batch 256, 10⁶ × 100 Float", "float",
        [("swift", "this package, SGD.train")] + TORCH, exact, 0.1, "epoch", {}, seconds=4,
    ),
    Work(
        "epoch64", "SGD epoch in order with 64 targets, batch 256, 10⁶ × 100 Float", "targets",
        [("swift", "this package, SGD.train")] + TORCH, epochs(contestant.BATCH, contestant.RATE, 1), 1e-3, "epoch", {},
        seconds=8,
    ),
    Work(
        "automatic", "SGD to the exact solution, no setting, 10⁶ × 100 Float", "float",
        [("swift", "this package, SGD().train")], exact, 1e-9, "fit", {}, seconds=8,
    ),
    Work(
        "step", "SGD step, batch 10, 1000 × 2 Float", "tiny", [("swift", "this package, SGD.train")] + TORCH,
        epochs(contestant.TINY_BATCH, contestant.TINY_RATE, TINY_EPOCHS), 1e-4, "step",
    ),
    Work("exact-float", "Exact fit, 10⁶ × 100 Float", "float", EXACT, exact, 1e-4, seconds=20),
    Work("exact-double", "Exact fit, 10⁶ × 100 Double", "double", EXACT + R, exact, 1e-8, seconds=40),
    Work("exact-wide", "Exact fit, 10⁵ × 1000 Double", "wide", EXACT, exact, 1e-8, seconds=45),
    Work(
        "csv", "CSV file to coefficients, 10⁶ × 21", "csv",
        [
            ("swift", "this package, FittedModel with statistics"),
            ("polars", "polars, then normal equations in NumPy"),
            ("duckdb", "DuckDB, reading only"),
        ],
        exact, 1e-8, "file", seconds=8,
    ),
    Work(
        "predict", "Prediction of 10⁶ rows, 100 columns, Float", "float",
        [
            ("swift", "this package, LinearModel.predict"), ("sklearn", "scikit-learn predict"), ("numpy", "NumPy"),
            ("torch", "PyTorch"),
        ],
        predictions(None), 1e-5,
    ),
    Work(
        "predict-one", "Prediction of one row, 100 columns, Float", "float",
        [
            ("swift", "this package, LinearModel.predict"), ("sklearn", "scikit-learn predict"), ("numpy", "NumPy"),
            ("torch", "PyTorch"),
        ],
        predictions(1), 1e-5, "row",
    ),
]

ERRORS = [
    ("swift", "this package, LeastSquares"), ("statsmodels", "statsmodels OLS"), ("pyfixest", "pyfixest feols"),
    ("r-sandwich", "R lm and sandwich"),
]
WORKS += [
    Work(name, f"Fit and standard errors, {title}, 10⁶ × 20 Double", "clusters", ERRORS, inference.reference(kind), 1e-9,
         "fit", seconds=20)
    for (name, kind), title in zip(
        inference.KINDS.items(), ["classical", "HC1", "clusters of 10⁵ levels"], strict=True)
]
EFFECTS = [
    ("swift", "this package, FittedModel with statistics and effects"), ("pyfixest-rust", "pyfixest, rust"),
    ("pyfixest-numba", "pyfixest, numba"), ("pyfixest-within", "pyfixest, within"),
]
WORKS += [
    Work(
        "effects", "Fixed effects of 10⁵ × 100 levels, 10⁷ × 2 Double", "effects", EFFECTS, effects, 1e-6, seconds=40),
    Work(
        "effects-difficult", "Fixed effects of poorly connected levels, three ways, 10⁶ × 2 Double", "effects-difficult",
        [EFFECTS[0], EFFECTS[1], EFFECTS[3]], effects, 1e-6, seconds=30),
]

SQUARE_TITLES = {
    "product": "A B", "solve": "Solution of A x = b", "cholesky": "Cholesky factor", "qr": "QR, Q and R formed",
    "svd": "Singular value decomposition, thin", "eigh": "Symmetric eigenvalues and vectors",
}
WORKS += [
    Work(
        f"{kind}-{n}", f"{SQUARE_TITLES[kind]}, order {n}, Double", f"square-{n}",
        [("swift", "this package, LinearAlgebra"), ("numpy", "NumPy")], square(kind), 1e-9,
        seconds=8 if n == 2000 else 1,
    )
    for kind in contestant.SQUARE_WORKS
    for n in data.SQUARES
]
