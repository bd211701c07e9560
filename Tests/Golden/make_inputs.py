"""The inputs of the sessions: those that are stored, and those too large for it, by formulas that never change."""
import pathlib, random, shutil, struct

GOLDEN = pathlib.Path(__file__).resolve().parent
ROOT = GOLDEN.parent.parent


def npy(path, rows, kind, order="C", names=None, times=1):
    """NumPy's format, version 1.0, the rows so many times; `kind` is "<f8", "<f4", ">f8" or ">f4"."""
    shape = (times * len(rows), len(rows[0]))
    header = f"{{'descr': '{kind}', 'fortran_order': {order == 'F'}, 'shape': {shape}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    values = [v for row in (rows if order == "C" else zip(*rows)) for v in row]
    numbers = struct.pack(f"{kind[0]}{len(values)}{'d' if kind[2] == '8' else 'f'}", *values)
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + numbers * times)
    if names:
        path.with_suffix(".names").write_text("\n".join(names) + "\n")


def large(folder):
    """60 000 rows; the notes make it more text than is kept in memory."""
    draw = random.Random(1).random
    note = "a note that nobody reads, which takes its place in the file; " * 3 + "and ends"
    rows, lines = [], ["y,a,b,c,w,kind,zip,note"]
    for i in range(60_000):
        a, b, c, noise = draw() - 0.5, 100 + 10 * draw(), 1e-3 * draw(), draw() - 0.5
        y = 3 + 2 * a - 0.25 * b + 500 * c + noise + (i % 3)
        rows.append([y, a, b, c])
        lines.append(f"{y},{a},{b},{c},{i * 7 % 4},{'abc'[i % 3]},L{i * 31 % 300},\"{note}\"")
    (folder / "large.csv").write_text("\n".join(lines) + "\n")
    npy(folder / "large.npy", rows, "<f8", times=10, names=["y", "a", "b", "c"])
    npy(folder / "large4.npy", rows, "<f4", names=["y", "a", "b", "c"])
    npy(folder / "large-big-F.npy", rows[:2000], ">f8", order="F", names=["y", "a", "b", "c"])


def levels(folder):
    """A category of 250 levels as words and as numbers, one of three, and weights; with missing fields and without."""
    draw = random.Random(2).random
    effects = [4 * draw() - 2 for _ in range(250)]
    for name, missing in (("levels.csv", False), ("levels-missing.csv", True)):
        lines = ["y,x,zip,z,kind,code,w"]
        for i in range(2000):
            level = i // 2 if i < 500 else int(250 * draw())
            x, z, kind = 2 * draw() - 1, draw() + effects[level], i * 7 % 3
            y = 2 * x - z + effects[level] + kind + draw()
            zip_code = "" if missing and i % 41 == 7 else f"L{level}"
            shown = "" if missing and i % 97 == 50 else f"{x:.6f}"
            lines.append(f"{y:.6f},{shown},{zip_code},{z:.6f},{'abc'[kind]},{1000 - level},{i * 5 % 3}")
        (folder / name).write_text("\n".join(lines) + "\n")


def wide(folder):
    """More columns than rows, and columns of very different sizes."""
    draw = random.Random(3).random
    rows = [[f"{draw():.5f}" for _ in range(9)] for _ in range(6)]
    (folder / "wide.csv").write_text("\n".join(",".join(r) for r in [[*"yabcdefgh"], *rows]) + "\n")
    rows = [(1e12 * (1 + 1e-6 * draw()), 1e-9 * draw(), 40 + draw()) for _ in range(60)]
    text = "".join(f"{a:.3f},{b:.6e},{c:.6f},{c + 1e-12 * a + 1e8 * b:.6f}\n" for a, b, c in rows)
    (folder / "scales.csv").write_text("big,small,usual,y\n" + text)


def messy(folder):
    """Sixty rows with everything that `check` says of a column."""
    lines = ["id,colour,area,sameArea,zip,constant,flag,mixed,empty,price,cents,copy"]
    for i in range(1, 61):
        area = "" if i == 3 else f"{40 + i * 7 % 50}.5"
        lines.append(
            f"name{i},{'blue' if i % 2 else 'red'},{area},{area},{1000 + i % 3},5,{int(i % 7 == 0)},"
            f"{'x' if i == 50 else i},,{3 * i},{6 * i + 1},{3 * i}")
    (folder / "findings.csv").write_text("\n".join(lines) + "\n")


def make(folder):
    """Puts all inputs into a new folder."""
    folder.mkdir()
    stored = [file for file in (GOLDEN / "inputs").rglob("*") if file.is_file()]
    stored += [ROOT / "Examples/Diabetes/diabetes.csv", ROOT / "Tests/TabularRegressionTests/R/messy.csv"]
    for file in stored:
        shutil.copy(file, folder)
    for kind in ("f8-little-C", "f4-big-F", "i2-big-C", "u1-little-F", "b1-little-C"):
        shutil.copy(ROOT / f"Tests/TabularRegressionTests/Fixtures/{kind}.npy", folder)
    for form in (large, levels, wide, messy):
        form(folder)
    for file in folder.iterdir():
        file.chmod(0o444)


if __name__ == "__main__":
    import sys

    make(pathlib.Path(sys.argv[1]))
