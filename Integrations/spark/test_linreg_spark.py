"""Fits on Spark's partitions against one process on the same rows. Run by ./check, which sets LINREG."""

import datetime
import decimal
import json
import math
import os
import random
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from pyspark.sql import SparkSession, types as T

from linreg_spark import fit, predict

LINREG = os.environ["LINREG"]
SCHEMA = "y double, a double, b double, c string, d string, w double"


def rows(count, seed=0, levels="uvx"):
    """Rows of SCHEMA: y depends on all columns, and on c's level."""
    random_ = random.Random(seed)
    for _ in range(count):
        a, b, c, d = random_.gauss(3, 1), random_.expovariate(1), random_.choice(levels), random_.choice("pq")
        y = 1 + 2 * a - b + len(levels) * ord(c) / 7 + (a if d == "p" else 0) + random_.gauss(0, 1)
        yield y, a, b, c, d, random_.random()


def cut(items, count):
    """The items in consecutive parts of about one size."""
    items = list(items)
    return [items[len(items) * part // count:len(items) * (part + 1) // count] for part in range(count)]


def with_column(part, index, value):
    return [row[:index] + (value,) + row[index + 1:] for row in part]


def setUpModule():
    SparkTest.folder = Path(tempfile.mkdtemp())
    builder = SparkSession.builder.master("local-cluster[2,1,1024]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.shuffle.partitions", 4).config("spark.task.maxFailures", 3)
    builder = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", 20)
    SparkTest.spark = builder.config("spark.executor.memory", "600m").getOrCreate()
    SparkTest.spark.sparkContext.setLogLevel("OFF")


def tearDownModule():
    SparkTest.spark.stop()
    shutil.rmtree(SparkTest.folder)


class SparkTest(unittest.TestCase):
    def frame(self, parts, schema=SCHEMA):
        """A DataFrame that has these partitions."""
        rdd = self.spark.sparkContext.parallelize(parts, len(parts)).flatMap(lambda part: part)
        return self.spark.createDataFrame(rdd, schema)

    def file(self, name, items, schema=SCHEMA):
        """A CSV file with the same rows."""
        def text(value):
            if value is None or value != value:
                return ""
            return f'"{value}"' if isinstance(value, str) else repr(value)
        header = ",".join(f'"{column.rsplit(" ", 1)[0]}"' for column in schema.split(", "))
        lines = [header] + [",".join(map(text, row)) for row in items]
        (self.folder / name).write_text("\n".join(lines) + "\n")
        return name

    def linreg(self, *arguments):
        return subprocess.run([LINREG, *arguments], cwd=self.folder, check=True, capture_output=True, text=True).stdout

    def assert_same_fit(self, parts, formula, schema=SCHEMA, options=(), **arguments):
        """The fit has the numbers of one process to 13 digits; returns it."""
        fitted = fit(self.frame(parts, schema), formula, linreg=LINREG, **arguments)
        file = self.file("all.csv", [row for part in parts for row in part], schema)
        expected = json.loads(self.linreg("fit", formula, file, "--json", *options))
        self.assertEqual([entry["term"] for entry in fitted.json["coefficients"]],
                         [entry["term"] for entry in expected["coefficients"]])
        self.assertEqual(fitted.json["observations"], expected["observations"])
        for found, known in zip(fitted.json["coefficients"], expected["coefficients"]):
            # A coefficient is known to within its standard error, in whose units a difference matters.
            scale = max(abs(known["estimate"]), known["standardError"])
            self.assertLessEqual(abs(found["estimate"] - known["estimate"]), 1e-13 * scale, known["term"])
            self.assertTrue(math.isclose(found["standardError"], known["standardError"], rel_tol=1e-13), known["term"])
        return fitted


class PartitionTests(SparkTest):
    def test_numbers_of_partitions(self):
        for count in (1, 5, 40):
            with self.subTest(partitions=count):
                self.assert_same_fit(cut(rows(600), count), "y ~ a + b")

    def test_bits_are_those_of_shares_merged_in_order(self):
        parts = cut(rows(600), 40)
        fitted = fit(self.frame(parts), "y ~ a + b", linreg=LINREG)
        names = [f"{index}.share" for index in range(len(parts))]
        for name, part in zip(names, parts):
            self.linreg("accumulate", "y ~ a + b", self.file("part.csv", part), "-o", name)
        self.linreg("merge", *names, "-o", "all.share")
        self.linreg("solve", "all.share", "-m", "all.model")
        self.assertEqual(fitted.model, (self.folder / "all.model").read_bytes())
        self.linreg("merge", *reversed(names), "-o", "all.share")
        self.linreg("solve", "all.share", "-m", "all.model")
        reversed_ = (self.folder / "all.model").read_bytes()
        self.assertNotEqual(fitted.model, reversed_, "the order does not show in the bits")

    def test_empty_short_and_constant_partitions(self):
        parts = cut(rows(200), 2)
        constant = with_column(rows(20, 1), 1, 4.25)
        few = [list(rows(1, 2)), list(rows(2, 3))]
        self.assert_same_fit([[], parts[0], [], *few, constant, parts[1], []], "y ~ a + b")

    def test_partition_of_weight_zero(self):
        parts = cut(rows(200), 3)
        parts[1] = with_column(parts[1], 5, 0.0)
        self.assert_same_fit(parts, "y ~ a + b", weights="w", options=["--weights", "w"])

    def test_no_rows(self):
        with self.assertRaisesRegex(RuntimeError, "^there are no rows$"):
            fit(self.frame([[], []]), "y ~ a", linreg=LINREG)

    def test_task_that_is_tried_again_makes_the_same_bytes(self):
        frame = self.frame(cut(rows(200), 5))
        killed, failing = self.folder / "killed", self.folder / "failing"
        failing.write_text(f'#!/bin/sh\n[ "$1" = accumulate ] && mkdir "{killed}" 2>/dev/null && kill -9 $$\n'
                           f'exec "{LINREG}" "$@"\n')
        failing.chmod(0o755)
        again = fit(frame, "y ~ a + b", linreg=str(failing))
        self.assertTrue(killed.exists(), "no task failed")
        self.assertEqual(again.model, fit(frame, "y ~ a + b", linreg=LINREG).model)


class CategoryTests(SparkTest):
    def test_one_category_with_other_levels_in_each_partition(self):
        parts = [list(rows(80, 1, "vx")), list(rows(80, 2, "u")), list(rows(80, 3, "zu")), list(rows(80, 4, "k"))]
        self.assert_same_fit(parts, "y ~ a + c")

    def test_products_and_several_categories(self):
        parts = [list(rows(80, 1, "vx")), [], list(rows(80, 2, "u")), list(rows(80, 3, "zuvx"))]
        self.assert_same_fit(parts, "y ~ a*c + d")

    def test_reference_that_the_first_partition_lacks(self):
        parts = [list(rows(80, 1, "vx")), list(rows(80, 2, "u"))]
        self.assert_same_fit(parts, 'y ~ a + C(c, reference = "u")')

    def test_second_category_beyond_the_first_rows(self):
        parts = [with_column(rows(1200, 1), 4, None), list(rows(80, 2))]
        self.assert_same_fit(parts, "y ~ a + c + d", missing="drop", options=["--missing", "drop"])

    def test_strings_that_are_numbers(self):
        parts = [list(rows(60, 1, "12")), list(rows(60, 2, "13"))]
        with self.assertRaisesRegex(ValueError, r'column "c" has strings that are numbers; write C\(c\)'):
            fit(self.frame(parts), "y ~ a + c", linreg=LINREG)
        self.assert_same_fit(parts, "y ~ a + C(c)")

    def test_words_that_look_like_missing_values(self):
        parts = cut([row[:3] + (row[3].replace("x", "NA"),) + row[4:] for row in rows(100)], 2)
        self.assert_same_fit(parts, "y ~ a + c", options=["--null-value", ""])


class MissingTests(SparkTest):
    parts = [list(rows(50, 1)), with_column(rows(20, 2), 1, None), with_column(rows(5, 3), 1, math.nan)]
    parts.append(list(rows(50, 4)))

    def test_drop(self):
        self.assert_same_fit(self.parts, "y ~ a + b", missing="drop", options=["--missing", "drop"])

    def test_mean(self):
        self.assert_same_fit(self.parts, "y ~ a + b", missing="mean", options=["--missing", "mean"])

    def test_number(self):
        self.assert_same_fit(self.parts, "y ~ a + b", missing=-1.5, options=["--missing=-1.5"])

    def test_column_on_its_own(self):
        parts = cut([(value,) for value in (1.5, None, 0.1, 2.25, None, 3.5)], 2)
        self.assert_same_fit(parts, "y ~ 1", "y double", ["--missing", "drop"], missing="drop")

    def test_refused(self):
        message = r'^partition 1:2:\d: column "a": a number is missing; fill it in, .*\)$'
        with self.assertRaisesRegex(RuntimeError, message):
            fit(self.frame(self.parts), "y ~ a + b", linreg=LINREG)

    def test_no_such_column(self):
        with self.assertRaisesRegex(RuntimeError, '^partition 0: there is no column "q"; the columns are y$'):
            fit(self.frame(self.parts), "y ~ q", linreg=LINREG)


class ColumnTests(SparkTest):
    def test_rows_are_read_again_only_where_that_is_needed(self):
        frame = self.frame(cut(rows(60), 2))
        verbs, noting = self.folder / "verbs", self.folder / "noting"
        noting.write_text(f'#!/bin/sh\necho "$1" >> "{verbs}"\nexec "{LINREG}" "$@"\n')
        noting.chmod(0o755)
        first_rows, once = ["survey"], ["accumulate", "accumulate", "merge", "solve"]
        for formula, expected in (("y ~ a + c", first_rows + once),
                                  ("y ~ a * c", first_rows + ["survey", "survey", "merge"] + once)):
            verbs.write_text("")
            fit(frame, formula, linreg=str(noting))
            self.assertEqual(verbs.read_text().split(), expected)

    def test_formula_that_depends_on_all_rows(self):
        self.assert_same_fit(cut(rows(300), 4), "y ~ scale(a) + poly(b, 2, raw = FALSE)")

    def test_names(self):
        schema = "living area double, a.b double, y double, a long, t boolean"
        parts = cut([(row[1], row[2], row[0], index, row[1] > 3) for index, row in enumerate(rows(60))], 3)
        texts = [[row[:4] + ("true" if row[4] else "false",) for row in part] for part in parts]
        schema_type = T.StructType([T.StructField(name, type) for name, type in zip(
            ("living area", "a.b", "y", "a", "t"), (T.DoubleType(),) * 3 + (T.LongType(), T.BooleanType()))])
        formula = "y ~ `living area` + a.b + t"
        fitted = fit(self.frame(parts, schema_type), formula, linreg=LINREG)
        self.file("all.csv", [row for part in texts for row in part], schema)
        expected = json.loads(self.linreg("fit", formula, "all.csv", "--json"))
        for found, known in zip(fitted.json["coefficients"], expected["coefficients"], strict=True):
            self.assertEqual(found["term"], known["term"])
            self.assertTrue(math.isclose(found["estimate"], known["estimate"], rel_tol=1e-13), known["term"])
        predictions = predict(self.frame(parts, schema_type), fitted, linreg=LINREG).collect()
        self.assertEqual(predictions[7]["living area"], parts[0][7][0])

    def test_types(self):
        parts = cut([(row[0], decimal.Decimal(f"{row[1]:.3f}"), row[2]) for row in rows(60)], 3)
        frame = self.frame(parts, "y double, a decimal(10,3), b float")
        fitted = fit(frame, "y ~ .", linreg=LINREG)
        wide = frame.selectExpr("y", "cast(a as double) a", "cast(b as double) b").collect()
        self.file("all.csv", wide, "y double, a double, b double")
        self.linreg("accumulate", "y ~ .", "all.csv", "-o", "all.share")
        expected = json.loads(self.linreg("solve", "all.share", "--json"))
        for found, known in zip(fitted.json["coefficients"], expected["coefficients"], strict=True):
            self.assertTrue(math.isclose(found["estimate"], known["estimate"], rel_tol=1e-13), known["term"])

    def test_type_that_is_refused(self):
        frame = self.frame([[(1.0, 2.0, datetime.date(2024, 1, 1))]], "y double, a double, t date")
        with self.assertRaisesRegex(ValueError, '^column "t" is of type date; cast it to double, or drop it$'):
            fit(frame, "y ~ .", linreg=LINREG)


class PredictionTests(SparkTest):
    def assert_same_predictions(self, formula, columns, missing="refuse"):
        filled = None if missing == "drop" else 2.5
        parts = [list(rows(50, 1)), [], with_column(rows(3, 2), 1, filled), list(rows(30, 3))]
        frame = self.frame(parts)
        fitted = fit(frame, formula, missing=missing, linreg=LINREG)
        found = predict(frame, fitted, linreg=LINREG).collect()
        items = [row for part in parts for row in part]
        self.assertEqual([tuple(row)[:6] for row in found], items)
        (self.folder / "one.model").write_bytes(fitted.model)
        lines = self.linreg("predict", "one.model", self.file("all.csv", items)).splitlines()
        self.assertEqual(lines[0], ",".join(columns))
        expected = [[None if field in ("", '""') else float(field) for field in line.split(",")] for line in lines[1:]]
        self.assertEqual([[row[name] for name in columns] for row in found], expected)

    def test_predictions(self):
        self.assert_same_predictions("y ~ a*c + offset(b)", ["prediction"])

    def test_rows_that_are_dropped(self):
        self.assert_same_predictions("y ~ a + c", ["prediction"], missing="drop")

    def test_several_targets(self):
        self.assert_same_predictions("cbind(y, b) ~ a", ["prediction_y", "prediction_b"])

    def test_no_features(self):
        self.assert_same_predictions("y ~ 1", ["prediction"])

    def test_columns_that_are_passed(self):
        fitted = fit(self.frame([list(rows(50))]), "y ~ a", linreg=LINREG)
        items = [(2.0, datetime.datetime(2024, 5, 1, 12), datetime.date(2024, 5, 1), [1, 2], {"k": None}, b"x", None)]
        schema = "a float, time timestamp, day date, list array<int>, map map<string,int>, bytes binary, `b.c` string"
        predictions = predict(self.frame([items], schema), fitted, linreg=LINREG)
        self.assertEqual([tuple(row)[:7] for row in predictions.collect()], items)
        self.assertEqual(predictions.columns, ["a", "time", "day", "list", "map", "bytes", "b.c", "prediction"])

    def test_errors(self):
        fitted = fit(self.frame([list(rows(50))]), "y ~ a + c", linreg=LINREG)
        with self.assertRaisesRegex(Exception, r'RuntimeError: partition 1 after 20 rows:12:\d: column "c": .*"k"'):
            frame = self.frame([list(rows(5)), list(rows(30)) + list(rows(5, 1, "k"))])
            predict(frame, fitted, linreg=LINREG).collect()


if __name__ == "__main__":
    unittest.main()
