"""Writes the NPY files of the tests with NumPy: element (i, j) of a 4 x 3 matrix is 3 i + j, less 2 in signed types."""
import numpy as np

rows = np.arange(12).reshape(4, 3)
for order in "CF":
    for byte_order, word in (("<", "little"), (">", "big")):
        for type in ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"):
            if type[1] == "1" and byte_order == ">":
                continue
            array = (rows if type[0] == "u" else rows - 2).astype(byte_order + type)
            np.save(f"{type}-{word}-{order}.npy", np.array(array, order=order))
    np.save(f"b1-little-{order}.npy", np.array(rows % 2 == 1, order=order))

# Records: without gaps, with gaps, some fields of others, with titles, with names of other letters. Row i has the number
# i in each field, negative where its type has a sign.
types = [("a", "<i4"), ("y", ">f8"), ("h", "<f2"), ("b", "?"), ("n", "u1")]
records = np.zeros(3, types)
for name, _ in types:
    records[name] = np.arange(3) * (1 if name in "bn" else -1)
np.save("Records/packed.npy", records)
np.save("Records/aligned.npy", records.astype(np.dtype(types, align=True)))
np.save("Records/some.npy", records[["a", "h"]])
np.save("Records/titles.npy", records.astype([(("the first", "a"), "<i4"), (("the second", "y"), "<f8")] + types[2:]))
np.save("Records/latin.npy", np.array([(0, 0), (-1, -1), (-2, -2)], [("größe", "<i4"), ("y", "<f8")]))
np.save("Records/letters.npy", np.array([(0, 0), (-1, -1), (-2, -2)], [("長さ", "<i4"), ("y", "<f8")]))
np.save("Records/text.npy", np.array([(1, "x")], [("a", "<i4"), ("word", "<U5")]))
