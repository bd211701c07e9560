"""Results as text, Markdown and a picture."""

from importlib import metadata
import shutil
import subprocess

import numpy as np


def duration(seconds):
    for unit, size in [("s", 1), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)]:
        if seconds >= 0.9995 * size or unit == "ns":
            return f"{seconds / size:.3g} {unit}" if seconds / size < 999.5 else f"{seconds / size:.0f} {unit}"


def reason(error):
    """Why a contestant is not there, in a few words."""
    text = str(error)
    if "No module named" in text or "not installed" in text:
        return "not installed"
    return text[:60]


def cells(rows):
    """Label, median, spread, ratio to ours, error, note."""
    ours = next((row for row in rows if row.contestant == "swift" and row.times), None)
    for row in rows:
        if not row.times:
            yield [row.label, "", "", "", "", row.note]
            continue
        ratio = f"{row.median / ours.median:.2f}" if ours else ""
        error = "" if row.error is None else f"{row.error:.0e}"
        spread = f"{duration(min(row.times))} … {duration(max(row.times))}"
        yield [row.label, duration(row.median), spread, ratio, error, row.note]


HEADINGS = ["", "median", "spread", "times ours", "error", ""]


def text_table(title, unit, rows):
    body = [[*HEADINGS[:1], f"per {unit}", *HEADINGS[2:]], *cells(rows)]
    widths = [max(len(row[column]) for row in body) for column in range(6)]
    lines = [title]
    for row in body:
        left = row[0].ljust(widths[0])
        rest = [cell.rjust(width) for cell, width in zip(row[1:5], widths[1:5])]
        lines.append("  ".join([left, *rest, row[5]]).rstrip())
    return "\n".join(lines) + "\n"


def markdown_table(title, unit, rows):
    lines = [f"### {title}", "", f"| | median per {unit} | spread | times ours | error | |", "|---|---:|---:|---:|---:|---|"]
    lines += ["| " + " | ".join(row) + " |" for row in cells(rows)]
    return "\n".join(lines) + "\n"


def versions():
    names = ["torch", "scikit-learn", "scikit-learn-intelex", "numpy", "scipy", "polars", "duckdb"]
    found = []
    for name in names:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            found.append(f"{name} not installed")
    if shutil.which("R"):
        text = subprocess.run(["R", "--version"], capture_output=True, text=True).stdout
        found.append(" ".join(text.split()[:3]))
    else:
        found.append("R not installed")
    return ", ".join(found)


def slopes(points):
    """Slope of log time over log size for each work and variable, from the larger half of the sizes."""
    result = {}
    for work, variable in dict.fromkeys((work, variable) for work, variable, _, _ in points):
        series = sorted((size, seconds) for w, v, size, seconds in points if (w, v) == (work, variable))
        tail = series[len(series) // 2 :]
        sizes, times = np.log([s for s, _ in tail]), np.log([t for _, t in tail])
        result[work, variable] = (series, float(np.polyfit(sizes, times, 1)[0]))
    return result


def write(folder, tables, points, machine, runs):
    growth = slopes(points)
    lines = [
        "# Results",
        "",
        "Written by `make peers`. All contestants read the same files and use two threads. Each is a process of its own that has",
        f"read its data; they take turns; a time is the median of {runs} runs after a warm-up, with the smallest and largest beside it.",
        "The error is max |answer − reference| / max |reference|, the reference being formed in double. \"times ours\" below 1 means",
        "that the other is faster. A contestant whose error is above its bound is marked WRONG ANSWER.",
        "",
        "```",
        machine.strip(),
        f"peers     {versions()}",
        "```",
        "",
        "![medians relative to ours, and how our cost grows](RESULTS.svg)",
        "",
    ]
    lines += [markdown_table(*table) for table in tables]
    if growth:
        lines += ["### How our cost grows", "", "Slope of the logarithm of time over the logarithm of size, larger half of the sizes.", ""]
        lines += ["| work | over | sizes | slope |", "|---|---|---|---:|"]
        for (work, variable), (series, slope) in growth.items():
            fixed = "p = 100" if variable == "n" else "n = 10⁵"
            lines.append(f"| {work} | {variable}, {fixed} | {series[0][0]} … {series[-1][0]} | {slope:.2f} |")
        lines.append("")
    (folder / "RESULTS.md").write_text("\n".join(lines))
    picture(folder / "RESULTS.svg", tables, growth)


def picture(path, tables, growth):
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    matplotlib.rcParams["svg.hashsalt"] = "linreg"
    figure = plt.figure(figsize=(11, 12), layout="constrained")
    parts = figure.subfigures(2, 1, height_ratios=[3, 1.3])
    axis = parts[0].subplots()
    names, position, ticks = [], 0, []
    for title, _, rows in tables:
        ours = next((row for row in rows if row.contestant == "swift" and row.times), None)
        if ours is None:
            continue
        axis.text(1.02e-2, position, title, fontsize=8, weight="bold", va="center")
        position += 1
        for row in rows:
            if row.contestant == "swift" or not row.times:
                continue
            ratio = row.median / ours.median
            color = "0.6" if row.failed else "tab:green" if ratio >= 1 else "tab:red"
            axis.barh(position, ratio, left=0, color=color, height=0.7)
            axis.text(max(ratio, 0.02) * 1.08, position, f"{ratio:.2g}", fontsize=7, va="center")
            names.append(row.label)
            ticks.append(position)
            position += 1
    axis.set_xscale("log")
    axis.set_xlim(1e-2, None)
    axis.axvline(1, color="black", linewidth=0.8)
    axis.set_yticks(ticks, names, fontsize=7)
    axis.invert_yaxis()
    axis.set_xlabel("time of the peer / time of this package (green: this package is faster, red: slower, grey: wrong answer)")
    if growth:
        for axis, variable, title in zip(
            parts[1].subplots(1, 2), ["n", "p"], ["over n, p = 100", "over p, n = 100,000"]
        ):
            for (work, v), (series, slope) in growth.items():
                if v == variable:
                    axis.loglog(*zip(*series), marker=".", label=f"{work} (slope {slope:.2f})")
            axis.set_title(title, fontsize=9)
            axis.set_xlabel(variable)
            axis.set_ylabel("seconds")
            axis.legend(fontsize=7)
            axis.grid(True, which="major", linewidth=0.3)
    figure.savefig(path, metadata={"Date": None})
