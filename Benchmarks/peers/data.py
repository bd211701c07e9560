"""The data that all contestants read, made from a seed: .npy files and one CSV file."""

import hashlib
from pathlib import Path

import numpy as np

SEED = 20260701

# A matrix's name, its rows, columns, targets and type; y = X w + b + noise.
PROBLEMS = {
    "float": (1_000_000, 100, 1, np.float32),
    "double": (1_000_000, 100, 1, np.float64),
    "targets": (1_000_000, 100, 64, np.float32),
    "wide": (100_000, 1000, 1, np.float64),
    "tiny": (1000, 2, 1, np.float32),
    "csv": (1_000_000, 20, 1, np.float64),
    "clusters": (1_000_000, 20, 1, np.float64),
}
# Square matrices, and a symmetric positive definite S beside each.
SQUARES = [100, 500, 2000]
PROBLEMS |= {f"square-{n}": (n, n, 1, np.float64) for n in SQUARES}
NOISE = 0.1
CLUSTERS = 100_000


def prepare(folder: Path, name: str) -> Path:
    """Makes a problem's files where they are not there yet; returns their folder."""
    if name in EFFECTS:
        return prepare_effects(folder, name)
    rows, columns, targets, scalar = PROBLEMS[name]
    fingerprint = hashlib.sha256(repr((SEED, PROBLEMS[name], NOISE, 1)).encode()).hexdigest()[:12]
    place = folder / f"{name}-{fingerprint}"
    if (place / "done").exists():
        return place
    place.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(SEED)
    X = random.standard_normal((rows, columns), dtype=np.float32).astype(scalar)
    if scalar is np.float64:
        # All 53 bits, and small offsets, as real columns have.
        X += random.standard_normal(columns) + 1e-9 * random.standard_normal(columns)
    w = random.standard_normal((columns, targets)) / np.sqrt(columns)
    b = random.standard_normal(targets)
    y = X @ w + b + NOISE * random.standard_normal((rows, targets))
    if name == "clusters":
        # Errors that grow with a column, and an error that the rows of a cluster have in common.
        clusters = random.integers(0, CLUSTERS, rows)
        y += NOISE * (X[:, :1] * random.standard_normal((rows, 1)) + random.standard_normal((CLUSTERS, 1))[clusters])
        np.save(place / "clusters.npy", clusters.astype(np.float64))
    y = y.astype(scalar)
    if name == "csv":
        # Ten decimals, as a table of measurements; what is read back is the data.
        header = ",".join([f"x{j}" for j in range(columns)] + ["y"])
        with open(place / "table.csv", "w") as file:
            file.write(header + "\n")
            for row in np.concatenate([X, y], axis=1):
                file.write(",".join(["%.8f" % value for value in row]) + "\n")
        table = np.loadtxt(place / "table.csv", delimiter=",", skiprows=1)
        X, y = np.ascontiguousarray(table[:, :-1]), np.ascontiguousarray(table[:, -1:])
    np.save(place / "X.npy", X)
    if name.startswith("square"):
        np.save(place / "S.npy", X @ X.T / rows + np.eye(rows))
    np.save(place / "y.npy", y if targets > 1 else y[:, 0])
    (place / "done").touch()
    return place


# Rows of the problems with fixed effects.
EFFECTS = {"effects": 10_000_000, "effects-difficult": 1_000_000}


def prepare_effects(folder: Path, name: str) -> Path:
    """Two features, a target, and the levels of the categories in levels.npy.

    The simple problem has 10⁵ × 100 levels that meet at random; the difficult one is fixest's: persons of ten years each,
    at firms that come one after the other, so that levels are poorly connected.
    """
    rows = EFFECTS[name]
    place = folder / f"{name}-{rows}-{SEED}"
    if (place / "done").exists():
        return place
    place.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(SEED)
    if name == "effects":
        levels = [random.integers(0, 100_000, rows), random.integers(0, 100, rows)]
    else:
        row = np.arange(rows)
        levels = [row // 10, row % 10, row % (rows // 160)]
    x1 = random.standard_normal(rows)
    x2 = x1**2 + random.standard_normal(rows)
    y = x1 + 0.05 * x2 + random.standard_normal(rows)
    for level in levels:
        y += random.standard_normal(level.max() + 1)[level]
    np.save(place / "X.npy", np.column_stack([x1, x2]))
    np.save(place / "y.npy", y)
    np.save(place / "levels.npy", np.column_stack(levels).astype(np.float64))
    (place / "done").touch()
    return place


LEVELS = 10_000


def prepare_levels(folder: Path) -> Path:
    """Makes two tables of 10⁶ × 7: `levels.csv` with a category of 10⁴ levels, `numbers.csv` with a number of as many bytes in its place."""
    rows, columns = 1_000_000, 5
    place = folder / f"levels-{SEED}"
    if (place / "done").exists():
        return place
    place.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(SEED)
    X = random.standard_normal((rows, columns))
    level = random.integers(0, LEVELS, rows)
    number = random.standard_normal(rows)
    y = X.sum(axis=1) + random.standard_normal(LEVELS)[level] + random.standard_normal(rows)
    header = ",".join([f"x{j}" for j in range(columns)] + ["z", "y"]) + "\n"
    with open(place / "levels.csv", "w") as levels, open(place / "numbers.csv", "w") as numbers:
        levels.write(header)
        numbers.write(header)
        for i in range(rows):
            start, end = ",".join(["%.8f" % value for value in X[i]]), "%.8f" % y[i]
            levels.write(f"{start},level{level[i]:05d},{end}\n")
            numbers.write(f"{start},{number[i]:.8f},{end}\n")
    (place / "done").touch()
    return place
