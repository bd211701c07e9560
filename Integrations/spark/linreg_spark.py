"""Exact linear regression on the rows of a Spark DataFrame, by the command linreg.

Each partition's rows are written as CSV into a process "linreg accumulate", which reduces them to a share of some
kilobytes; the shares are merged in the order of the partitions and solved on the driver. Rows never leave their
executor, and tasks are independent: one that is tried again makes the same bytes.
"""

import contextlib
import functools
import io
import itertools
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
from pyarrow import csv
from pyspark import TaskContext, cloudpickle
from pyspark.sql import DataFrame, functions as F, types as T

FAN_IN = 16  # shares that one task merges
# What a task returns: the first partition it stands for, and the bytes of a share or survey with what linreg printed.
# Without bytes the text is an error; without either there were no rows.
RESULT = "id int, bytes binary, text string"

# Executors need linreg and pyarrow but not this file: its functions travel in the tasks.
cloudpickle.register_pickle_by_value(sys.modules[__name__])


class Fit(NamedTuple):
    """A fitted model: `model` has the bytes of linreg's model file, `json` what "linreg solve --json" prints."""

    model: bytes
    json: dict


def fit(df: DataFrame, formula: str, weights=None, missing="refuse", linreg="linreg", options=()) -> Fit:
    """Fits a formula such as "y ~ a + C(b)" by least squares.

    Null and NaN are missing values, and so is an empty string; `missing` is "refuse", "drop", "mean" or a number.
    `weights` names a column. `linreg` is the command's name or absolute path, on the driver and on executors.
    `options` are those of "linreg solve", such as ["--ridge", "10"].

    Reads df once, and a second time where the formula depends on all rows (several categories, scale(), means) or
    a partition cannot be reduced without the others; persist it if its rows are costly or change their order.

    Raises RuntimeError with linreg's message and the partition, ValueError for a column that it cannot read.
    """
    names, columns = _readable(df, lambda name: name == weights or _uses(formula, name))
    rows = df.select(*columns)
    arguments = [formula, f"--missing={missing}"] + ([] if weights is None else [f"--weights={weights}"])

    def reduce(rows, verb, *options, **files):
        return _reduce(rows, names, [linreg, verb, *arguments, *options], files)

    share = None
    head = rows.limit(1000).coalesce(1)  # one partition, also where limit leaves out nothing and is optimized away
    survey, message = _merge(sorted(reduce(head, "survey").collect()), linreg)
    if survey and not json.loads(message)["needed"]:
        share, _ = _merge_tree(reduce(rows, "accumulate"), linreg)
    if share is None:
        survey, _ = _checked(_merge_tree(reduce(rows, "survey"), linreg))
        share, _ = _checked(_merge_tree(reduce(rows, "accumulate", "--survey", "survey", survey=survey), linreg))
    solve = [linreg, "solve", "share", "--json", "-m", "result", *options]
    model, text = _checked(_run(solve, {"share": share}))
    fitted = Fit(model, json.loads(text))
    for name in (source["name"] for source in _sources(fitted) if source["kind"] == "numbers"):
        if isinstance(df.schema[name].dataType, T.StringType):
            raise ValueError(f'column "{name}" has strings that are numbers; write C({name}), or cast it to double')
    return fitted


def predict(df: DataFrame, fitted: Fit, linreg="linreg", options=()) -> DataFrame:
    """The columns of df and `prediction`, or one such as `prediction_y1` for each of several targets.

    The prediction is null where linreg leaves it empty. `options` are those of "linreg predict" that add no columns,
    such as ["--unseen", "missing"]. Errors are raised when the result is computed, by the task that meets them.
    """
    targets = [model["target"] for model in _models(fitted)]
    added = ["prediction"] if len(targets) == 1 else [f"prediction_{target}" for target in targets]
    for name in set(added) & set(df.columns):
        raise ValueError(f'the DataFrame has a column "{name}" already; rename or drop it')
    width, sources = len(df.columns), {source["name"] for source in _sources(fitted)}
    names, columns = _readable(df, lambda name: name in sources)
    model, all_names = fitted.model, df.columns + added
    command = [linreg, "predict", "model", "-o", "result", "--null-value", "", "--threads", "1", *options]
    read = csv.ReadOptions(column_names=added, skip_rows=1)
    convert = csv.ConvertOptions(column_types={name: pa.float64() for name in added})

    def add(batches):
        source = place = f"partition {TaskContext.get().partitionId()}"
        count = 0
        for batch in batches:
            if batch.num_rows > 0:
                features = pa.RecordBatch.from_arrays(batch.columns[width:], names)
                text, _ = _checked(_run(command, {"model": model}, source, [features]))
                count += batch.num_rows
                source = f"{place} after {count} rows"
                predictions = csv.read_csv(io.BytesIO(text), read, convert_options=convert)
                arrays = batch.columns[:width] + [column.combine_chunks() for column in predictions.columns]
                yield pa.RecordBatch.from_arrays(arrays, all_names)

    schema = T.StructType(df.schema.fields + [T.StructField(name, T.DoubleType()) for name in added])
    rows = df.select("*", *columns)
    return rows.toDF(*map(str, range(len(rows.columns)))).mapInArrow(add, schema)


def _models(fitted):
    return fitted.json.get("targets", [fitted.json])


def _sources(fitted):
    """The columns that the model reads, as dictionaries of name and kind."""
    return [source for model in _models(fitted) for source in model["design"]["sources"]]


def _uses(formula, name):
    """Whether the formula may use the column: it has its name, or a dot for all columns."""
    return any(re.search(rf"(?<![\w.]){re.escape(text)}(?![\w.])", formula) for text in (name, "."))


def _readable(df, is_used):
    """Names and columns of df that are used, as what CSV holds: decimals and floats as doubles, NaN as null.

    The columns are called 0, 1 and so on, since mapInArrow does not find a name that has a dot.
    """
    names, columns = [], []
    for field in (field for field in df.schema if is_used(field.name)):
        column, type = F.col("`" + field.name.replace("`", "``") + "`"), field.dataType
        if isinstance(type, T.FractionalType):
            column = F.nanvl(column.cast("double"), F.lit(None).cast("double"))
        elif not isinstance(type, (T.IntegralType, T.BooleanType, T.StringType)):
            raise ValueError(f'column "{field.name}" is of type {type.simpleString()}; cast it to double, or drop it')
        columns.append(column.alias(str(len(names))))
        names.append(field.name)
    return names or ["row"], columns or [F.lit(0).alias("0")]  # a row without fields is no row


def _reduce(rows, names, command, files):
    """What the command finds in each partition: a DataFrame of RESULT."""
    command = [*command, "--null-value", "", "--json", "-o", "result"]

    def reduce(batches):
        batches = (pa.RecordBatch.from_arrays(batch.columns, names) for batch in batches if batch.num_rows > 0)
        context, first, result = TaskContext.get(), next(batches, None), (None, None)
        id = context.partitionId()
        if first is not None:
            threads = ["--threads", str(context.cpus())]
            result = _run(command + threads, files, f"partition {id}", itertools.chain([first], batches))
        yield _batch([(id, *result)])

    return rows.mapInArrow(reduce, RESULT)


def _merge_tree(results, linreg):
    """Bytes and text of all results, merged in order: by tasks until few are left, then on the driver."""

    def merge(batches, size):
        results = sorted(tuple(row.values()) for batch in batches for row in batch.to_pylist())
        groups = itertools.groupby(results, lambda result: result[0] // size)
        yield _batch([(id * size, *_merge(list(group), linreg)) for id, group in groups])

    results, size = results.persist(), 1
    try:
        level, count = results, results.count()
        while count > FAN_IN:
            size, count = size * FAN_IN, -(-count // FAN_IN)
            level = level.repartition(count, F.expr(f"id div {size}"))
            level = level.mapInArrow(functools.partial(merge, size=size), RESULT)
        return _merge(sorted(level.collect()), linreg)
    finally:
        results.unpersist()


def _merge(results, linreg):
    """Bytes and text of consecutive results; the first error where there is one."""
    failed = [(data, text) for _, data, text in results if data is None and text is not None]
    found = [(data, text) for _, data, text in results if data is not None]
    if failed or len(found) < 2:
        return (failed or found or [(None, None)])[0]
    files = {f"partition {id}": data for id, data, _ in results if data is not None}
    return _run([linreg, "merge", *files, "--json", "-o", "result"], files)


def _batch(results):
    """Results as RESULT says."""
    ids, data, texts = zip(*results) if results else ((), (), ())
    return pa.RecordBatch.from_arrays(
        [pa.array(ids, pa.int32()), pa.array(data, pa.binary()), pa.array(texts, pa.string())], ["id", "bytes", "text"])


def _checked(result):
    """The result; raises its text where there are no bytes."""
    data, text = result
    if data is None:
        raise RuntimeError(text or "there are no rows")
    return result


def _run(command, files, source=None, batches=()):
    """Runs linreg on batches, as the CSV file that is called source, in a folder that has these files.

    Returns the bytes of its file "result" and what it printed; None and its message where the data are at fault.
    A process that something else ends raises, so that Spark tries the task again.
    """
    with tempfile.TemporaryDirectory() as folder:
        for file, data in files.items():
            Path(folder, file).write_bytes(data)
        if source:
            Path(folder, source).symlink_to("/dev/stdin")
            command = [*command, source]
        with open(f"{folder}/output", "wb") as output, open(f"{folder}/errors", "wb") as errors:
            process = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=output, stderr=errors)
        try:
            # A process that ends before it has read all says why.
            with contextlib.suppress(BrokenPipeError), process.stdin as rows:
                for index, batch in enumerate(batches):
                    csv.write_csv(batch, rows, csv.WriteOptions(include_header=index == 0))
        except BaseException:
            process.kill()
            raise
        finally:
            process.wait()
        lines = Path(folder, "errors").read_text("utf-8").splitlines() or [""]
        if process.returncode == 0:
            return Path(folder, "result").read_bytes(), Path(folder, "output").read_text("utf-8")
        if process.returncode < 0:
            raise RuntimeError(f"{command[0]} was ended by signal {-process.returncode}")
        return None, lines[0] if process.returncode == 2 else lines[-1]  # after the first line there is help
