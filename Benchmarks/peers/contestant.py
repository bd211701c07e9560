"""One contestant: a Python library at one work.

Called as `contestant.py LIBRARY WORK FOLDER`, it reads its data, says "ready", and then obeys lines on standard input:
"run" does the work once and prints the seconds per unit of work; "answer FILE" writes the last result as raw
little-endian doubles. What is timed is the work alone: imports and reading arrays are done before (except where
reading is the work).
"""

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "2")

import numpy as np

import inference

THREADS = 2
BATCH = 256
RATE = 0.05
TINY_BATCH = 10
TINY_RATE = 0.03
TINY_EPOCHS = 20
SEED = 1


def arrays(folder):
    """X and y, and the columns of X with ones in front for the libraries that have no intercept."""
    return np.load(folder / "X.npy"), np.load(folder / "y.npy")


def with_ones(X):
    return np.concatenate([np.ones((len(X), 1), X.dtype), X], axis=1)


def coefficients(intercept, weights):
    """Intercept first, then weights; for several targets one row of each per target."""
    return np.concatenate([np.atleast_1d(intercept)[None, :].reshape(1, -1), np.asarray(weights)], axis=0)


def flat(model):
    return coefficients(np.ravel(model.intercept_), np.reshape(model.coef_, (1, -1)).T)


# --- full-batch gradient at given weights --------------------------------------------------------------------------


def start_weights(X, y):
    """The weights at which gradients are taken: the same for everybody."""
    targets = 1 if y.ndim == 1 else y.shape[1]
    w = (np.arange(X.shape[1] * targets) % 7 - 3).astype(X.dtype).reshape(X.shape[1], targets) / 10
    return w, np.full(targets, 0.5, X.dtype)


def numpy_gradient(folder):
    X, y = arrays(folder)
    w, b = start_weights(X, y)
    if y.ndim == 1:
        w, b = w[:, 0], b[0]

    def work():
        errors = X @ w
        errors += b
        errors -= y
        return np.concatenate([np.reshape(errors.sum(axis=0), (1, -1)), np.reshape(X.T @ errors, (len(w), -1))])

    return work, 1


def torch_arrays(folder):
    import torch

    torch.set_num_threads(THREADS)
    return torch, *map(torch.from_numpy, arrays(folder))


def torch_gradient(folder):
    torch, X, y = torch_arrays(folder)
    w, b = map(torch.from_numpy, start_weights(X.numpy(), y.numpy()))
    single = y.ndim == 1

    def work():
        with torch.inference_mode():
            if single:
                errors = torch.mv(X, w[:, 0]).add_(b).sub_(y)
                return torch.cat([errors.sum().reshape(1, 1), torch.mv(X.T, errors)[:, None]]).numpy()
            errors = torch.addmm(b, X, w).sub_(y)
            return torch.cat([errors.sum(0, keepdim=True), X.T @ errors]).numpy()

    return work, 1


# --- SGD ------------------------------------------------------------------------------------------------------------


def torch_sgd(folder, batch, rate, shuffled, autograd, epochs=1):
    """Epochs from zero weights, over slices of tensors (a DataLoader is slower by far)."""
    torch, X, y = torch_arrays(folder)
    y = y.reshape(len(y), -1)
    (n, p), k = X.shape, y.shape[1]

    def formulas(order):
        w, b = torch.zeros(p, k), torch.zeros(k)
        with torch.inference_mode():
            for start in list(range(0, n, batch)) * epochs:
                rows = slice(start, start + batch) if order is None else order[start : start + batch]
                batch_X, batch_y = X[rows], y[rows]
                step = rate / len(batch_y)
                if k == 1:
                    errors = torch.mv(batch_X, w[:, 0]).add_(b).sub_(batch_y[:, 0])
                    w[:, 0].addmv_(batch_X.T, errors, alpha=-step)
                else:
                    errors = torch.addmm(b, batch_X, w).sub_(batch_y)
                    w.addmm_(batch_X.T, errors, alpha=-step)
                b.sub_(errors.sum(0), alpha=step)
        return coefficients(b.numpy(), w.numpy())

    def automatic(order):
        w = torch.zeros(p, k, requires_grad=True)
        b = torch.zeros(k, requires_grad=True)
        optimizer = torch.optim.SGD([w, b], lr=rate)
        for start in list(range(0, n, batch)) * epochs:
            rows = slice(start, start + batch) if order is None else order[start : start + batch]
            # The sum over targets, the mean over rows: the same steps as everybody's.
            loss = (X[rows] @ w + b - y[rows]).square().sum() / (2 * len(y[rows]))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return coefficients(b.detach().numpy(), w.detach().numpy())

    generator = torch.Generator().manual_seed(SEED)

    def work():
        order = torch.randperm(n, generator=generator) if shuffled else None
        return (automatic if autograd else formulas)(order)

    return work, epochs * ((n + batch - 1) // batch) if epochs > 1 else 1


def sklearn_sgd(folder, rate, shuffled):
    """One epoch; scikit-learn's batches have one row. Its y must be double; X is taken as it is."""
    from sklearn.linear_model import SGDRegressor

    X, y = arrays(folder)

    def work():
        model = SGDRegressor(
            alpha=0, penalty=None, learning_rate="constant", eta0=rate, max_iter=1, tol=None, shuffle=shuffled,
            random_state=SEED,
        )
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(X, y)
        return flat(model)

    return work, 1


# --- exact fits -----------------------------------------------------------------------------------------------------


def sklearn_model(make):
    def start(folder):
        X, y = arrays(folder)

        def work():
            return flat(make().fit(X, y))

        return work, 1

    return start


def linear_regression():
    from sklearn.linear_model import LinearRegression

    return LinearRegression()


def ridge_cholesky():
    from sklearn.linear_model import Ridge

    return Ridge(alpha=0.0, solver="cholesky")


def onedal():
    from sklearnex.linear_model import LinearRegression

    return LinearRegression()


def numpy_lstsq(folder):
    X, y = arrays(folder)
    A = with_ones(X)
    return lambda: np.linalg.lstsq(A, y, rcond=None)[0][:, None], 1


SQUARE_WORKS = ["product", "solve", "cholesky", "qr", "svd", "eigh"]


def numpy_square(kind):
    """Products and factorizations of square matrices; what is returned does not depend on signs of vectors."""

    def start(folder):
        A, b, S = np.load(folder / "X.npy"), np.load(folder / "y.npy"), np.load(folder / "S.npy")
        works = {
            "product": lambda: A @ A,
            "solve": lambda: np.linalg.solve(A, b),
            "cholesky": lambda: np.linalg.cholesky(S),
            "qr": lambda: np.linalg.qr(A),
            "svd": lambda: np.linalg.svd(A, full_matrices=False),
            "eigh": lambda: np.linalg.eigh(S),
        }
        answers = {"qr": lambda r: np.abs(r.R), "svd": lambda r: r.S, "eigh": lambda r: r.eigenvalues}
        work, answer = works[kind], answers.get(kind, lambda r: r)

        def run():
            result = work()
            return lambda: answer(result)

        return run, 1

    return start


def torch_lstsq(folder):
    torch, X, y = torch_arrays(folder)
    A = torch.from_numpy(with_ones(X.numpy()))
    return lambda: torch.linalg.lstsq(A, y[:, None], driver="gels").solution.numpy(), 1


def polars_csv(folder):
    """Reading a CSV file and solving the normal equations."""
    import polars

    path = folder / "table.csv"

    def work():
        table = polars.read_csv(path).to_numpy()
        X, y = table[:, :-1], table[:, -1]
        means, mean = X.mean(axis=0), y.mean()
        X = X - means
        w = np.linalg.solve(X.T @ X, X.T @ (y - mean))
        return coefficients(mean - means @ w, w[:, None])

    return work, 1


def duckdb_csv(folder):
    """Reading a CSV file into a table in memory; the coefficients are formed when the answer is asked for."""
    import duckdb

    path = folder / "table.csv"
    connection = duckdb.connect(config={"threads": THREADS})

    def answer():
        columns = connection.sql("SELECT * FROM t").fetchnumpy()
        table = np.column_stack(list(columns.values()))
        return np.linalg.lstsq(with_ones(table[:, :-1]), table[:, -1], rcond=None)[0][:, None]

    def work():
        connection.sql(f"CREATE OR REPLACE TABLE t AS SELECT * FROM read_csv('{path}')")
        return answer

    return work, 1


# --- prediction -----------------------------------------------------------------------------------------------------


def sklearn_predict(rows):
    def start(folder):
        from sklearn.linear_model import LinearRegression

        X, y = arrays(folder)
        model = LinearRegression()
        w, b = start_weights(X, y)
        model.coef_, model.intercept_ = w[:, 0], float(b[0])
        one = X[:1]
        if rows == 1:
            return lambda: model.predict(one), 1
        return lambda: model.predict(X), 1

    return start


def numpy_predict(rows):
    def start(folder):
        X, y = arrays(folder)
        w, b = start_weights(X, y)
        w, b = w[:, 0], b[0]
        one = X[0]
        if rows == 1:
            return lambda: np.atleast_1d(one @ w + b), 1
        return lambda: X @ w + b, 1

    return start


def torch_predict(rows):
    def start(folder):
        torch, X, y = torch_arrays(folder)
        w, b = start_weights(X.numpy(), y.numpy())
        w, b = torch.from_numpy(w[:, 0].copy()), torch.tensor(b[0])
        X = X[:1] if rows == 1 else X

        def work():
            with torch.inference_mode():
                return torch.mv(X, w).add_(b).numpy()

        return work, 1

    return start


WORKS = {
    ("numpy", "gradient"): numpy_gradient,
    ("torch", "gradient"): torch_gradient,
    ("numpy", "gradient64"): numpy_gradient,
    ("torch", "gradient64"): torch_gradient,
    ("torch", "epoch"): lambda folder: torch_sgd(folder, BATCH, RATE, False, False),
    ("torch-autograd", "epoch"): lambda folder: torch_sgd(folder, BATCH, RATE, False, True),
    ("torch", "epoch-shuffled"): lambda folder: torch_sgd(folder, BATCH, RATE, True, False),
    ("torch-autograd", "epoch-shuffled"): lambda folder: torch_sgd(folder, BATCH, RATE, True, True),
    ("torch", "epoch64"): lambda folder: torch_sgd(folder, BATCH, RATE, False, False),
    ("torch-autograd", "epoch64"): lambda folder: torch_sgd(folder, BATCH, RATE, False, True),
    ("torch", "epoch-blocks"): lambda folder: torch_sgd(folder, BATCH, RATE, True, False),
    ("torch-autograd", "epoch-blocks"): lambda folder: torch_sgd(folder, BATCH, RATE, True, True),
    ("sklearn", "epoch"): lambda folder: sklearn_sgd(folder, 0.0005, False),
    ("sklearn", "epoch-shuffled"): lambda folder: sklearn_sgd(folder, 0.0005, True),
    ("torch", "step"): lambda folder: torch_sgd(folder, TINY_BATCH, TINY_RATE, False, False, TINY_EPOCHS),
    ("torch-autograd", "step"): lambda folder: torch_sgd(folder, TINY_BATCH, TINY_RATE, False, True, TINY_EPOCHS),
    ("polars", "csv"): polars_csv,
    ("duckdb", "csv"): duckdb_csv,
    ("sklearn", "predict"): sklearn_predict(None),
    ("numpy", "predict"): numpy_predict(None),
    ("torch", "predict"): torch_predict(None),
    ("sklearn", "predict-one"): sklearn_predict(1),
    ("numpy", "predict-one"): numpy_predict(1),
    ("torch", "predict-one"): torch_predict(1),
}
for square in SQUARE_WORKS:
    for n in [100, 500, 2000]:
        WORKS["numpy", f"{square}-{n}"] = numpy_square(square)


def pyfixest(backend):
    """Coefficients of y ~ x1 + x2 | levels with classical standard errors, from a data frame in memory."""

    def setup(folder):
        import warnings

        import pandas
        import pyfixest

        warnings.simplefilter("ignore")
        X, y = arrays(folder)
        levels = np.load(folder / "levels.npy").astype(np.int64)
        frame = pandas.DataFrame({"x1": X[:, 0], "x2": X[:, 1], "y": y})
        names = [f"g{j}" for j in range(levels.shape[1])]
        for j, name in enumerate(names):
            frame[name] = levels[:, j]
        formula = f"y ~ x1 + x2 | {' + '.join(names)}"

        def fit():
            model = pyfixest.feols(
                formula, frame, vcov="iid", demeaner_backend=backend, copy_data=False, store_data=False)
            return np.concatenate([[0], model.coef()])[:, None]

        return fit, 1

    return setup


for effects in ["effects", "effects-difficult"]:
    for backend in ["rust", "numba", "within"]:
        WORKS[f"pyfixest-{backend}", effects] = pyfixest(backend)
for exact in ["exact-float", "exact-double", "exact-wide"]:
    WORKS["sklearn", exact] = sklearn_model(linear_regression)
    WORKS["sklearn-ridge", exact] = sklearn_model(ridge_cholesky)
    WORKS["onedal", exact] = sklearn_model(onedal)
    WORKS["numpy", exact] = numpy_lstsq
    WORKS["torch", exact] = torch_lstsq

WORKS |= inference.WORKS


def main():
    library, work_name, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    work, units = WORKS[library, work_name](folder)
    result = None
    print("ready", flush=True)
    for line in sys.stdin:
        command, *rest = line.split(maxsplit=1)
        if command == "run":
            # Short work is done often enough for the clock.
            calls, seconds = 1, 0.0
            while True:
                begin = time.perf_counter()
                for _ in range(calls):
                    result = work()
                seconds = time.perf_counter() - begin
                if seconds > 0.005:
                    break
                calls *= 4
            print(seconds / calls / units, flush=True)
        else:
            answer = result() if callable(result) else result
            np.ascontiguousarray(answer, dtype="<f8").tofile(rest[0].strip())
            print("written", flush=True)


if __name__ == "__main__":
    main()
