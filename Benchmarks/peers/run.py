#!/usr/bin/env python3
"""Compares this package with its peers: same files, same precision, same two threads, runs in turn, answers first.

    run.py [--runs N] [--only WORK ...] [--no-sweeps]

Every contestant is a process of its own (contestant.py, contestant.R, or the Swift program `contestant`) that has read
its data and waits. They take turns; each turn is one run. Afterwards each hands over its answer, which is held against a
reference in double. Writes Benchmarks/RESULTS.md and Benchmarks/RESULTS.svg.
"""

import argparse
import os
import select
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

import data
import report
from works import WORKS, exact

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DATA = HERE / ".data"
SWIFT = HERE.parent / ".build/release/contestant"
COMMAND = ROOT / ".build/release/linreg"
THREADS = "2"
# OpenBLAS and OpenMP threads spin for a while after their work; the next contestant waits until they sleep.
PAUSE = 0.2
TIMEOUT = 900


@dataclass
class Row:
    """One contestant at one work."""

    contestant: str
    label: str
    times: list[float] = field(default_factory=list)
    error: float | None = None
    note: str = ""
    failed: bool = False

    @property
    def median(self):
        return statistics.median(self.times)


class Contestant:
    """A waiting process."""

    def __init__(self, key, work, folder):
        environment = {
            **os.environ, "OMP_NUM_THREADS": THREADS, "OPENBLAS_NUM_THREADS": THREADS, "MKL_NUM_THREADS": THREADS,
            "POLARS_MAX_THREADS": THREADS,
        }
        if key == "swift":
            command = [str(SWIFT), work, str(folder)]
        elif key.startswith("r-"):
            if not shutil.which("Rscript"):
                raise FileNotFoundError("R is not installed")
            command = ["Rscript", str(HERE / "contestant.R"), key, work, str(folder)]
        else:
            command = [sys.executable, str(HERE / "contestant.py"), key, work, str(folder)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        self.expect("ready")

    def line(self):
        """The next line; what went wrong where there is none."""
        ready, _, _ = select.select([self.process.stdout], [], [], TIMEOUT)
        text = self.process.stdout.readline() if ready else ""
        if not text:
            self.process.kill()
            errors = self.process.stderr.read().strip().splitlines()
            raise RuntimeError(errors[-1] if errors else "no answer" if ready else f"no answer in {TIMEOUT} s")
        return text.strip()

    def expect(self, word):
        text = self.line()
        if text != word:
            raise RuntimeError(f"said {text!r} instead of {word!r}")

    def tell(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def run(self):
        self.tell("run")
        return float(self.line())

    def answer(self, path):
        self.tell(f"answer {path}")
        self.expect("written")
        return np.fromfile(path, dtype="<f8")

    def stop(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()


def progress(text):
    print(text, file=sys.stderr, flush=True)


def compare(work, runs):
    """All rows of a work."""
    folder = data.prepare(DATA, work.problem)
    references = {}
    rows, waiting = [], []
    for key, label in work.contestants:
        row = Row(key, label)
        rows.append(row)
        try:
            waiting.append((row, Contestant(key, work.name, folder)))
        except (FileNotFoundError, RuntimeError) as error:
            row.failed, row.note = True, report.reason(error)
    for turn in range(runs + 1):
        for row, contestant in waiting:
            if row.failed:
                continue
            try:
                seconds = contestant.run()
            except (RuntimeError, BrokenPipeError) as error:
                row.failed, row.note = True, report.reason(error)
                continue
            if turn > 0:  # the first is a warm-up
                row.times.append(seconds)
            time.sleep(PAUSE)
        progress(f"  {work.name}: {'warm-up' if turn == 0 else f'run {turn} of {runs}'}")
    for row, contestant in waiting:
        if not row.failed:
            loose = row.contestant in work.loose
            reference = exact if loose else work.reference
            if reference not in references:
                references[reference] = reference(folder).ravel()
            expected = references[reference]
            actual = contestant.answer(DATA / "answer.bin")
            if actual.shape == expected.shape:
                row.error = float(np.max(np.abs(actual - expected)) / np.max(np.abs(expected)))
            else:
                row.error = float("nan")
            if not row.error <= work.loose.get(row.contestant, work.tolerance):
                row.failed, row.note = True, "WRONG ANSWER"
        contestant.stop()
    return rows


def startup_commands():
    return [
        ("swift", "this package, linreg --version", [COMMAND, "--version"]),
        ("sklearn", "Python, import sklearn.linear_model", [sys.executable, "-c", "import sklearn.linear_model"]),
        ("polars", "Python, import polars", [sys.executable, "-c", "import polars"]),
        ("torch", "Python, import torch", [sys.executable, "-c", "import torch"]),
        ("r", "R, Rscript -e 1", ["Rscript", "-e", "1"]),
    ]


def table_commands(verb):
    """Fitting a CSV file, or predicting its rows with that model into another file."""

    def commands():
        folder = data.prepare(DATA, "csv")
        table, model = folder / "table.csv", folder / "table.model"
        fit = [COMMAND, "fit", "y ~ .", table, "--threads", THREADS, "-m", model]
        if verb == "fit":
            ours = fit
        else:
            subprocess.run(list(map(str, fit)), check=True, stdout=subprocess.DEVNULL)
            ours = [COMMAND, "predict", model, table, "--threads", THREADS, "-o", folder / "predictions.csv"]
        polars = [sys.executable, HERE / "polars_table.py", verb, table, folder / "polars.npy", folder / "polars.csv"]
        rows = [("swift", f"this package, linreg {verb}", ours)]
        if verb == "fit":
            piped = f"cat '{table}' | '{COMMAND}' fit 'y ~ .' - --threads {THREADS}"
            rows.append(("pipe", "this package, linreg fit from a pipe", ["sh", "-c", piped]))
        return rows + [("polars", "Python, polars and NumPy", polars)]

    return commands


def level_commands():
    """Fitting a table with a category of many levels, and one with a number in its place."""
    folder = data.prepare_levels(DATA)
    return [
        ("swift", "this package, 10⁴ levels", [COMMAND, "fit", "y ~ .", folder / "levels.csv", "--threads", THREADS]),
        ("number", "this package, a number instead", [COMMAND, "fit", "y ~ .", folder / "numbers.csv", "--threads", THREADS]),
    ]


# Whole processes from start to end: name, title, commands.
PROCESSES = [
    ("startup", "Start-up, whole process", startup_commands),
    ("fit-csv", "CSV file to coefficients, whole process, 10⁶ × 21", table_commands("fit")),
    ("fit-levels", "CSV file with a category to coefficients, whole process, 10⁶ × 7", level_commands),
    ("predict-csv", "CSV file to predictions in a CSV file, whole process, 10⁶ × 21", table_commands("predict")),
]


def processes(commands, runs):
    """Times of whole processes."""
    commands = commands()
    environment = {**os.environ, "OMP_NUM_THREADS": THREADS, "OPENBLAS_NUM_THREADS": THREADS, "POLARS_MAX_THREADS": THREADS}
    rows = [Row(key, label) for key, label, _ in commands]
    for turn in range(runs + 1):
        for row, (_, _, command) in zip(rows, commands):
            if row.failed:
                continue
            begin = time.perf_counter()
            try:
                subprocess.run(
                    list(map(str, command)), check=True, env=environment, stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL)
            except FileNotFoundError:
                row.failed, row.note = True, "not installed"
                continue
            except subprocess.CalledProcessError as error:
                row.failed, row.note = True, f"not installed (exit {error.returncode})"
                continue
            if turn > 0:
                row.times.append(time.perf_counter() - begin)
    return rows


def sweeps():
    """How our own cost grows: (work, variable, size, seconds) from the Swift contestant."""
    points = []
    with subprocess.Popen([str(SWIFT), "sweep"], stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            work, variable, size, seconds = line.split(",")
            points.append((work, variable, int(size), float(seconds)))
            progress(f"  sweep: {line.strip()}")
    if process.returncode != 0:
        raise SystemExit(f"run.py: the sweep ended with exit code {process.returncode}")
    return points


def main():
    parser = argparse.ArgumentParser(description="Compare this package with its peers.")
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each contestant (default 5)")
    parser.add_argument("--only", nargs="+", metavar="WORK", choices=[work.name for work in WORKS] + [name for name, _, _ in PROCESSES])
    parser.add_argument("--no-sweeps", action="store_true", help="leave the sweeps over n and p out")
    arguments = parser.parse_args()
    works = [work for work in WORKS if not arguments.only or work.name in arguments.only]
    for program in [SWIFT, COMMAND]:
        if not program.exists():
            raise SystemExit(f"run.py: {program.relative_to(ROOT)} is not built; use make peers")
    # Twenty seconds to start the contestants of a work, a minute and a half for the sweeps.
    estimate = sum(20 + (arguments.runs + 1) * work.seconds for work in works) + (0 if arguments.no_sweeps else 90)
    progress(f"{len(works)} works, {arguments.runs} runs each: about {estimate / 60:.0f} minutes, more the first time")
    tables = []
    for index, work in enumerate(works, 1):
        progress(f"{index}/{len(works)} {work.title}")
        rows = compare(work, arguments.runs)
        tables.append((work.title, work.unit, rows))
        print(report.text_table(work.title, work.unit, rows), flush=True)
    for name, title, commands in PROCESSES:
        if arguments.only and name not in arguments.only:
            continue
        progress(title)
        rows = processes(commands, arguments.runs)
        tables.append((title, "process", rows))
        print(report.text_table(title, "process", rows), flush=True)
    points = [] if arguments.no_sweeps or arguments.only else sweeps()
    machine = subprocess.run([str(SWIFT), "machine"], capture_output=True, text=True, check=True).stdout
    if not arguments.only:  # a part of the works would overwrite the rest
        report.write(HERE.parent, tables, points, machine, arguments.runs)
    wrong = [row for _, _, rows in tables for row in rows if row.note == "WRONG ANSWER"]
    for row in wrong:
        progress(f"wrong answer: {row.label}, error {row.error:.1e}")
    sys.exit(1 if any(row.contestant == "swift" for row in wrong) else 0)


if __name__ == "__main__":
    main()
