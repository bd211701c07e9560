"""Standard errors by Python libraries: see contestant.py."""

import numpy as np


def clustered_arrays(folder):
    X, y = np.load(folder / "X.npy"), np.load(folder / "y.npy")
    return X, y, np.load(folder / "clusters.npy").astype(np.int64)


def statsmodels_errors(kind):
    def start(folder):
        import statsmodels.api as sm

        X, y, clusters = clustered_arrays(folder)
        A = sm.add_constant(X)

        def work():
            if kind == "classical":
                return sm.OLS(y, A).fit().bse
            if kind == "HC1":
                return sm.OLS(y, A).fit(cov_type="HC1").bse
            return sm.OLS(y, A).fit(cov_type="cluster", cov_kwds={"groups": clusters}).bse

        return work, 1

    return start


def pyfixest_errors(kind):
    def start(folder):
        import pandas as pd
        import pyfixest

        X, y, clusters = clustered_arrays(folder)
        names = [f"x{j}" for j in range(X.shape[1])]
        table = pd.DataFrame(X, columns=names).assign(y=y, g=clusters)
        formula = "y ~ " + " + ".join(names)
        vcov = {"classical": "iid", "HC1": "HC1", "clustered": {"CRV1": "g"}}[kind]

        def work():
            return pyfixest.feols(formula, table, vcov=vcov).se().to_numpy()

        return work, 1

    return start


def reference(kind):
    """Standard errors from their definition, with sums in double."""

    def errors(folder):
        X, y, clusters = clustered_arrays(folder)
        y = y.reshape(len(y))
        n, k = X.shape[0], X.shape[1] + 1
        means = X.mean(axis=0, dtype=np.longdouble).astype(np.float64)
        A = np.concatenate([np.ones((n, 1)), X - means], axis=1)
        bread = np.linalg.inv(A.T @ A)
        w = bread @ (A.T @ y)
        residual = y - A @ w
        if kind == "classical":
            V = bread * (residual @ residual / (n - k))
        else:
            scores, factor = A * residual[:, None], n / (n - k)
            if kind == "clustered":
                count = int(clusters.max()) + 1
                sums = np.stack([np.bincount(clusters, weights=scores[:, j], minlength=count) for j in range(k)], axis=1)
                groups = len(np.unique(clusters))
                scores, factor = sums, groups / (groups - 1) * (n - 1) / (n - k)
            V = factor * bread @ (scores.T @ scores) @ bread
        # The intercept where columns are not centred.
        L = np.eye(k)
        L[0, 1:] = -means
        return np.sqrt(np.diag(L @ V @ L.T))[:, None]

    return errors


KINDS = {"errors": "classical", "errors-hc1": "HC1", "errors-clustered": "clustered"}
WORKS = {}
for name, kind in KINDS.items():
    WORKS["statsmodels", name] = statsmodels_errors(kind)
    WORKS["pyfixest", name] = pyfixest_errors(kind)
