#!/usr/bin/env python3
"""Fits a matrix file four times as large as the memory allowed: `large_file.py [--rows N]`.

Makes 10⁷ × 101 Float (4 GB) once. Then, each time with the file out of the cache: reads it from end to end, and fits it by
`linreg fit` under `ulimit -v` of 1 GB. Prints both rates, their ratio and the peak of memory.
"""

import argparse
import os
import resource
import subprocess
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
COMMAND = HERE.parent.parent / ".build/release/linreg"
LIMIT = 1 << 30
COLUMNS = 101


def make(path, rows):
    """Random columns; the last is a combination of the others and noise."""
    if path.exists():
        return
    random = np.random.default_rng(1)
    w = random.standard_normal(COLUMNS - 1)
    matrix = np.lib.format.open_memmap(path, "w+", np.float32, (rows, COLUMNS))
    for start in range(0, rows, 100_000):
        X = random.standard_normal((min(100_000, rows - start), COLUMNS - 1), dtype=np.float32)
        matrix[start : start + len(X), :-1] = X
        matrix[start : start + len(X), -1] = X @ w + random.standard_normal(len(X))
    matrix.flush()


def evict(path):
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def read(path):
    buffer = bytearray(1 << 20)
    with open(path, "rb", buffering=0) as file:
        while file.readinto(buffer):
            pass


def fit(path):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    result = subprocess.run(
        [COMMAND, "fit", "--target", f"V{COLUMNS}", path], capture_output=True, text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT)))
    if result.returncode != 0:
        raise SystemExit(f"large_file.py: {result.stderr.strip()}")
    return max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss), result.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=1)
    arguments = parser.parse_args()
    folder = HERE / ".data"
    folder.mkdir(exist_ok=True)
    path = folder / f"large-{arguments.rows}.npy"
    make(path, arguments.rows)
    size = path.stat().st_size
    for _ in range(arguments.runs):
        evict(path)
        begin = time.perf_counter()
        read(path)
        reading = time.perf_counter() - begin
        evict(path)
        begin = time.perf_counter()
        peak, text = fit(path)
        fitting = time.perf_counter() - begin
        begin = time.perf_counter()
        fit(path)
        cached = time.perf_counter() - begin
        print(
            f"{size / 1e9:.2f} GB: read {size / reading / 1e9:.2f} GB/s, fit {size / fitting / 1e9:.2f} GB/s, "
            f"ratio {reading / fitting:.2f}, peak {peak / 1024:.0f} MB; out of the cache {size / cached / 1e9:.2f} GB/s",
            flush=True)
    print("\n".join(text.splitlines()[-6:]))


if __name__ == "__main__":
    main()
