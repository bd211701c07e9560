"""Results as text, Markdown and a picture."""

from importlib import metadata
import json
from pathlib import Path
import shutil
import subprocess

import numpy as np

PICTURES = Path(__file__).resolve().parent.parent.parent / ".build/release/pictures"
WIDTH = 800


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
    """Draws the medians relative to ours, and how our cost grows, by Scripts/Pictures."""
    charts = [relative_times(tables)]
    for variable, fixed in [("n", "p = 100"), ("p", "n = 100,000")]:
        series = [(work, *values) for (work, v), values in growth.items() if v == variable]
        if series:
            charts.append(cost_over(variable, fixed, series))
    description = {
        "title": "Time of the peers relative to this package",
        "summary": "For each work a bar for each peer: its median time over that of this package. Below, how the time of this package"
        " grows with the number of rows and of columns.",
        "charts": charts,
    }
    drawn = subprocess.run([PICTURES], input=json.dumps(description), stdout=subprocess.PIPE, text=True, check=True)
    path.write_text(drawn.stdout)


def relative_times(tables):
    """One bar for each peer, from 1 to its time over ours, below the name of the work."""
    names, headings, bars = [], [], {"second": [], "warning": [], "muted": []}
    for title, _, rows in tables:
        ours = next((row for row in rows if row.contestant == "swift" and row.times), None)
        peers = [row for row in rows if row.contestant != "swift" and row.times]
        if ours is None or not peers:
            continue
        headings.append((len(names), title))
        names.append("")
        for row in peers:
            ratio = row.median / ours.median
            ink = "muted" if row.failed else "second" if ratio >= 1 else "warning"
            bars[ink].append((ratio, len(names)))
            names.append(row.label)
    ratios = [ratio for each in bars.values() for ratio, _ in each] + [1]
    low, high = min(ratios) / 3, max(ratios) * 3
    layers = [
        {"kind": "rule", "ink": "muted", "x": 1},
        {"kind": "labels", "ink": "muted", "points": [[low, y] for y, _ in headings], "texts": [t for _, t in headings]},
    ]
    for ink, points in bars.items():
        texts = [f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}" for ratio, _ in points]
        # A number is at the end of its bar, that of a bar to the left at its beginning.
        ends = [[max(ratio, 1), y] for ratio, y in points]
        layers.append({"kind": "horizontalBars", "ink": ink, "points": points})
        layers.append({"kind": "labels", "ink": ink, "points": ends, "texts": texts})
    return {
        "title": "Time of the peer / time of this package",
        "x": {"label": "green: this package is faster, red: slower, grey: wrong answer", "range": [low, high], "scale": "log"},
        "y": {"label": "", "categories": names},
        "layers": layers, "width": WIDTH, "height": 90 + 16 * len(names),
    }


def cost_over(variable, fixed, series):
    """Seconds over size, a line for each work with its slope at its end."""
    layers = []
    for ink, (work, points, slope) in zip(["data", "fit", "second", "third"], series):
        layers += [
            {"kind": "line", "ink": ink, "points": points},
            {"kind": "points", "ink": ink, "points": points},
            {"kind": "labels", "ink": ink, "points": points[-1:], "texts": [f"{work} (slope {slope:.2f})"]},
        ]
    sizes = [size for _, points, _ in series for size, _ in points]
    times = [seconds for _, points, _ in series for _, seconds in points]
    # Room for the names at the ends of the lines.
    room = (max(sizes) / min(sizes)) ** 0.4
    return {
        "title": f"Seconds over {variable}, {fixed}",
        "x": {"label": variable, "range": [min(sizes), max(sizes) * room], "scale": "log"},
        "y": {"label": "seconds", "range": [min(times), max(times)], "scale": "log"},
        "layers": layers, "width": WIDTH, "height": 320,
    }
